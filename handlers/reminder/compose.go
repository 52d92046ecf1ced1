package reminder

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// rule is one that a reminder must keep to when it leaves, and what it comes to.
type rule struct {
	name string
	no   string // why the reminder isn't sent; "" if the rule holds
	yes  string // what holds
	late bool   // of no: the reminder's time has passed
}

// rules are those that a reminder is held to at a time, from the visit as it stands, in the order in which they are looked at.
func (h *Handler) rules(s handlers.State, o handlers.Outgoing, now time.Time) (v handlers.Visit, out []rule) {
	c := h.Base.Clinic
	hold := func(name, yes string, broken bool, no string, late bool) {
		if !broken {
			no = ""
		}
		out = append(out, rule{name, no, yes, late})
	}
	v, ok := find(s.Visits, o.Visit)
	step, planned := step(c.Reminders.Plan, o.Kind)
	hold("visit", "the number has the visit", !ok, "there is no such visit any more", false)
	hold("plan", "the clinic's plan has it", !planned, "the clinic's plan has no such reminder any more", false)
	if !ok || !planned {
		return v, out
	}
	hold("time", "the visit stands as it was", !v.Start.Equal(o.Start), "the visit moved", false)
	hold("ahead", "the visit lies ahead", !v.Start.After(now), "the visit has begun", true)
	hold("coming", "the patient didn't say they can't come", v.State == handlers.Declined, "the patient said that they can't come", false)
	hold("day", "the patient didn't ask for another time", v.State == handlers.Reschedule, "the patient asked for another time", false)
	if step.Only == "unconfirmed" {
		hold("unconfirmed", "the patient hasn't confirmed", v.State == handlers.Confirmed, "the patient has confirmed", false)
	}
	hold("order", "no later reminder is due", overtaken(c, o, v, now), "its time has passed: the next reminder is due", true)
	return v, out
}

// Compose words a reminder that is due, from the visit as it stands now, or says by which rule it isn't sent.
func (h *Handler) Compose(s handlers.State, o handlers.Outgoing, now time.Time) handlers.Composed {
	c := h.Base.Clinic
	v, rules := h.rules(s, o, now)
	for _, r := range rules {
		if r.no != "" {
			return handlers.Composed{Skip: r.no, Late: r.late}
		}
	}
	if s.Urgent() != nil {
		return handlers.Composed{Wait: now.Add(time.Hour)} // nobody in danger is reminded of a visit
	}
	if in := Window(c, now, c.Zoned(v.Zone), false); in.After(now) {
		return handlers.Composed{Wait: in}
	}
	body, err := h.word(v, o.Kind, now, s)
	if err != nil {
		return handlers.Composed{Skip: err.Error()}
	}
	return handlers.Composed{Body: body}
}

func find(visits []handlers.Visit, id string) (handlers.Visit, bool) {
	for _, v := range visits {
		if v.ID == id {
			return v, true
		}
	}
	return handlers.Visit{}, false
}

func step(plan []knowledge.Step, kind string) (knowledge.Step, bool) {
	for _, s := range plan {
		if s.Kind == kind {
			return s, true
		}
	}
	return knowledge.Step{}, false
}

// overtaken says whether a later reminder of the same visit has fallen due, so that this one, held up, would come too late.
func overtaken(c *knowledge.Clinic, o handlers.Outgoing, v handlers.Visit, now time.Time) bool {
	zone, due := c.Zoned(v.Zone), map[string]time.Time{}
	for _, s := range c.Reminders.Plan {
		at := s.Due(v.Start, zone)
		if at.IsZero() || (s.Only == "unconfirmed" && v.State == handlers.Confirmed) {
			continue // it tells of the booking, or won't be sent
		}
		due[s.Kind] = Window(c, at, zone, s.DaysBefore > 0)
	}
	mine, planned := due[o.Kind]
	if !planned {
		mine = o.Due
	}
	for kind, at := range due {
		if kind != o.Kind && at.After(mine) && !at.After(now) {
			return true
		}
	}
	return false
}

// word is a reminder's text: with the name if that stays within one segment, and the opt-out line on the first that a number gets.
func (h *Handler) word(v handlers.Visit, kind string, now time.Time, s handlers.State) (string, error) {
	lang, start := knowledge.Language(v.Lang), v.Start.In(h.Base.Clinic.Zoned(v.Zone))
	prepare, err := h.prepare(v, lang, now)
	if err != nil {
		return "", err
	}
	stop, err := h.Base.Reply(knowledge.SayStopLine, lang, nil)
	if err != nil {
		return "", err
	}
	if s.Texted {
		stop = ""
	}
	if s.Consent.Basic {
		kind = discreet(h.Base.Clinic, kind)
	}
	var body string
	for _, try := range []struct{ name, stop string }{{v.Name, stop}, {"", stop}, {v.Name, ""}, {"", ""}} {
		body, err = h.Base.Reply(knowledge.RemindPrefix+kind, lang, knowledge.Fill{
			"first": knowledge.Greet(try.name), "when": knowledge.When(start, lang), "time": knowledge.Time(start), "prepare": prepare,
		})
		body = strings.TrimSpace(strings.TrimSpace(body) + " " + try.stop)
		if n, _ := knowledge.Segments(body); err != nil || n == 1 {
			return body, err
		}
	}
	return body, nil
}

// discreet is the reminder that says least: the day and time, and C where an answer is asked for.
func discreet(c *knowledge.Clinic, kind string) string {
	if s, _ := step(c.Reminders.Plan, kind); s.Only == "unconfirmed" {
		return "basic_ask"
	}
	return "basic"
}

// prepare says what must be left off before the visit, as clock times, each only while it can still be followed.
func (h *Handler) prepare(v handlers.Visit, lang string, now time.Time) (string, error) {
	t := h.Base.Clinic.VisitTypes[v.Type]
	zone := h.Base.Clinic.Zoned(v.Zone)
	var out []string
	add := func(name string, at time.Time) error {
		s, err := h.Base.Reply(name, lang, knowledge.Fill{"at": knowledge.Time(at.In(zone))})
		out = append(out, s)
		return err
	}
	for _, rule := range []struct {
		name  string
		hours float64
	}{{knowledge.SaySolids, t.Prepare.Solids}, {knowledge.SayLiquids, t.Prepare.Liquids}, {knowledge.SayNasal, t.Prepare.Nasal}} {
		at := v.Start.Add(-time.Duration(rule.hours * float64(time.Hour)))
		if rule.hours == 0 || !at.After(now) {
			continue
		}
		if err := add(rule.name, at); err != nil {
			return "", err
		}
	}
	if t.RideHome {
		if err := add(knowledge.SayRide, v.Start); err != nil {
			return "", err
		}
	}
	return strings.Join(out, " "), nil
}
