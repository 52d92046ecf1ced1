package knowledge

import (
	"errors"
	"fmt"
	"regexp"
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
	c.Desk.settle(fault)
	return errors.Join(faults...)
}

// e164 is a number as it is called: ITU-T E.164.
var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

// settle checks the desk's rules and fills in what may be left out.
func (d *DeskRules) settle(fault report) {
	if d.OnCallPhone != "" && !e164.MatchString(d.OnCallPhone) {
		fault([]string{"desk", "oncall_phone"},
			"desk.oncall_phone: want a number with its country, like +12125550112, so that it can be rung")
	}
	if d.PersonHours == 0 {
		d.PersonHours = 4
	}
	if d.PersonHours < 0 || d.PersonHours > 7*24 {
		fault([]string{"desk", "person_hours"},
			"desk.person_hours: %g: want the hours that a person's talk lasts, up to 168; left out it is 4",
			d.PersonHours)
	}
	const day = 24 * 60
	for _, m := range []struct {
		name string
		is   *int
		or   int // where it is left out
		most int
		what string
	}{
		{"reply_minutes", &d.ReplyMinutes, 60, 7 * day, "within which a person answers"},
		{"nurse_minutes", &d.NurseMinutes, 60, 7 * day, "within which a nurse answers"},
		{"concern_minutes", &d.ConcernMinutes, 15, day, "in which somebody reads it"},
		{"page_minutes", &d.PageMinutes, 5, day, "after which the desk is paged again"},
		{"page_most_minutes", &d.PageMostMinutes, max(60, d.PageMinutes), day, "to which the pauses between pages grow"},
		{"oncall_minutes", &d.OnCallMinutes, 10, day, "after which the on-call phone is told"},
		{"stale_minutes", &d.StaleMinutes, 10, day, "after which a person answers in place of the bot"},
	} {
		if *m.is < 0 || *m.is > m.most {
			fault([]string{"desk", m.name}, "desk.%s: %d: want the minutes %s, 1 to %d; left out it is %d",
				m.name, *m.is, m.what, m.most, m.or)
		}
		if *m.is == 0 {
			*m.is = m.or
		}
	}
	if d.PageMostMinutes < d.PageMinutes {
		fault([]string{"desk", "page_most_minutes"},
			"desk.page_most_minutes: %d: want no less than desk.page_minutes (%d), from which the pauses grow",
			d.PageMostMinutes, d.PageMinutes)
	}
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
