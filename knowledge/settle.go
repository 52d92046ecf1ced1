package knowledge

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// report takes what is wrong with the value that a path of keys and places leads to.
type report func(path []string, format string, args ...any)

// settle checks what decoding can't and fills in what may be left out.
func (c *Clinic) settle() error {
	var faults []error
	fault := func(path []string, format string, args ...any) {
		faults = append(faults, c.faulty(fmt.Errorf(format, args...), path...))
	}
	var err error
	if c.zone, err = time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		fault([]string{"zone"}, "zone %q: want an IANA name like America/New_York", c.Zone)
		c.zone = time.UTC
	}
	for day := range c.Hours {
		if !contains(weekdays[:], day) {
			fault([]string{"hours", day}, "hours: unknown day %q: want mon, tue, wed, thu, fri, sat or sun", day)
		}
	}
	for i, h := range c.Holidays {
		if _, err := time.Parse(time.DateOnly, h); err != nil {
			fault([]string{"holidays", strconv.Itoa(i)}, "holidays: %q: want a date like 2026-12-25", h)
		}
	}
	for _, need := range []struct{ name, value string }{{"name", c.Name}, {"phone", c.Phone}, {"urgent_phone", c.UrgentPhone}, {"lines.crisis", c.Lines.Crisis}, {"lines.emergency", c.Lines.Emergency}} {
		if need.value == "" {
			fault(strings.Split(need.name, "."), "%s is missing", need.name)
		}
	}
	c.checkTypes(fault)
	if p := c.Pace; p.PerSecond < 0 || p.PerDay < 0 || p.Reserve < 0 || p.PerDay > 0 && p.Reserve >= p.PerDay {
		fault([]string{"pace"}, "pace: want segments_per_second and segments_per_day of 0 (no limit) or more, and a reserve below segments_per_day")
	}
	if err := c.Waitlist.settle(); err != nil {
		fault([]string{"waitlist"}, "%w", err)
	}
	c.Reminders.settle(fault)
	if m := c.Desk.ConcernMinutes; m < 0 {
		fault([]string{"desk", "concern_minutes"}, "desk.concern_minutes: %d: want the minutes in which somebody reads it, 1 or more; left out it is 15", m)
	}
	if m := c.Desk.StaleMinutes; m < 0 || m > 24*60 {
		fault([]string{"desk", "stale_minutes"},
			"desk.stale_minutes: %d: want the minutes after which a person answers in place of the bot, "+
				"1 to 1440; left out it is 10", m)
	}
	if c.Desk.PersonHours == 0 {
		c.Desk.PersonHours = 4
	}
	for _, m := range []struct {
		is *int
		or int
	}{{&c.Desk.ReplyMinutes, 60}, {&c.Desk.NurseMinutes, 60}, {&c.Desk.ConcernMinutes, 15}, {&c.Desk.PageMinutes, 5}, {&c.Desk.PageMostMinutes, 60}, {&c.Desk.OnCallMinutes, 10}, {&c.Desk.StaleMinutes, 10}} {
		if *m.is == 0 {
			*m.is = m.or
		}
	}
	return errors.Join(faults...)
}

// checkTypes refuses what no visit can ask for: a preparation that ends after it begins.
func (c *Clinic) checkTypes(fault report) {
	for _, name := range c.Types() {
		t := c.VisitTypes[name]
		if t.Minutes < 0 {
			fault([]string{"visit_types", name, "minutes"}, "visit_types.%s.minutes: %d: want 0 or more", name, t.Minutes)
		}
		for _, rule := range []struct {
			name  string
			hours float64
		}{{"solids_hours", t.Prepare.Solids}, {"liquids_hours", t.Prepare.Liquids}, {"nasal_hours", t.Prepare.Nasal}} {
			if rule.hours < 0 {
				fault([]string{"visit_types", name, "prepare", rule.name}, "visit_types.%s.prepare.%s: %g: want hours before the visit, 0 (no rule) or more", name, rule.name, rule.hours)
			}
		}
	}
}

// settle checks the plan and fills in what may be left out.
func (r *Reminders) settle(fault report) {
	if r.RideBy == "" {
		r.RideBy = "12:00"
	}
	if _, err := minutes(r.RideBy); err != nil {
		fault([]string{"reminders", "ride_by"}, "reminders.ride_by: %q: want a time like 12:00", r.RideBy)
	}
	kinds := map[string]bool{}
	for i, s := range r.Plan {
		path := []string{"reminders", "plan", strconv.Itoa(i)}
		if err := s.check(); err != nil {
			fault(path, "reminders.plan[%d]: %w", i, err)
		}
		if kinds[s.Kind] {
			fault(path, "reminders.plan[%d]: kind %q stands twice: a visit gets one of each", i, s.Kind)
		}
		kinds[s.Kind] = true
	}
	if r.MaxPerDay == 0 {
		r.MaxPerDay = 1
	}
	if r.MaxPerWeek == 0 {
		r.MaxPerWeek = 3
	}
	if r.Window == (Span{}) {
		r.Window = Span{9 * 60, 20 * 60}
	}
}

func (s Step) check() error {
	_, at := minutes(s.At)
	switch {
	case s.Kind == "":
		return errors.New("kind is missing")
	case s.Only != "" && s.Only != "unconfirmed":
		return fmt.Errorf("only: %q: want unconfirmed, or leave it out", s.Only)
	case s.When == "booking" && s.DaysBefore == 0 && s.HoursBefore == 0,
		s.When == "" && s.DaysBefore > 0 && s.HoursBefore == 0 && at == nil,
		s.When == "" && s.DaysBefore == 0 && s.HoursBefore > 0:
		return nil
	}
	return errors.New(`want one of: when: booking; days_before: 3 with at: "10:00"; hours_before: 3`)
}

// line is where a value stands in clinic.yaml, by the keys and places that lead there; of one that isn't there, where what should hold it
// does. 0 if nothing of it is there.
func (c *Clinic) line(path ...string) (line int) {
	if c.doc == nil || len(c.doc.Content) == 0 {
		return 0
	}
	n := c.doc.Content[0]
	for _, step := range path {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		key, value := child(n, step)
		if key == nil {
			return line
		}
		line, n = key.Line, value
	}
	return line
}

// child is what a mapping or a list holds under a name or at a place, with what names it; nil if it holds nothing there.
func child(n *yaml.Node, step string) (key, value *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}

// faulty is something wrong with a value of clinic.yaml, with its line as far as that is known.
func (c *Clinic) faulty(what error, path ...string) error {
	if line := c.line(path...); line > 0 {
		return fmt.Errorf("line %d: %w", line, what)
	}
	return what
}
