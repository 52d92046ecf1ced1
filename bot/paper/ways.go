package paper

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// way is a text as it leaves: of a sentence that stands for a reminder, a broadcast or an offer, with
// who writes before it and the preparation in it. Label says when it leaves so.
type way struct {
	label, opening, body string
}

// ways returns how a sentence that nobody asked for leaves; none of a sentence that only answers.
func (s sample) ways(name string) (out []way) {
	switch {
	case strings.HasPrefix(name, replies.RemindPrefix):
		for _, step := range s.b.Clinic.Reminders.Plan {
			out = append(out, s.step(step, name)...)
		}
		return append(out, s.others(name)...)
	case name == replies.Offer, name == replies.OfferBasic, name == replies.OfferGone,
		name == replies.OfferLapsed, name == replies.BroadcastWeather,
		name == replies.BroadcastClosed:
		for _, first := range []bool{false, true} {
			basic := name == replies.OfferBasic
			body, err := s.b.Opened(s.word(name, s.fill(name)), s.lang, basic, first)
			if err == nil {
				out = append(out, way{firstText(first), s.b.Opening(basic), body})
			}
		}
	}
	return out
}

// firstText labels the first text that a number gets.
func firstText(first bool) string {
	if first {
		return "The same, as the first text that a number ever gets"
	}
	return "As it leaves"
}

// reminder is what the examples of a reminder are worded from.
func (s sample) reminder(kind string, visits ...time.Time) knowledge.Reminder {
	return knowledge.Reminder{
		Kind: kind, Name: pat, Starts: visits, Clock: s.clock, InPerson: true,
	}
}

// add words a reminder.
func (s sample) add(to []way, label string, r knowledge.Reminder) []way {
	body, _, err := s.b.Remind(r, s.lang)
	if err != nil || slices.ContainsFunc(to, func(w way) bool { return w.body == body }) {
		return to
	}
	return append(to, way{label, s.b.Opening(r.Basic), body})
}

// step words a step of the plan where a sentence is its own.
func (s sample) step(step settings.Step, name string) (out []way) {
	own, visit := replies.RemindPrefix+step.Kind, s.visit()
	both := []time.Time{visit, visit.Add(2 * time.Hour)}
	ahead := replies.NudgeAhead
	switch {
	case name == own+"_visits", name == own && step.Kind == kinds.Prepare:
		if name != own {
			return s.rules(step, both)
		}
		return s.rules(step, both[:1])
	case name == own:
		r := s.reminder(step.Kind, visit)
		out = s.add(out, firstText(false), r)
		r.Nth, r.Of = 3, 6
		if s.series() {
			out = s.add(out, "The same, for a visit of a series", r)
		}
		r.Nth, r.Of, r.First = 0, 0, true
		return s.add(out, firstText(true), r)
	case name == own+"_family":
		return s.family(step.Kind)
	case step.Kind == kinds.Nudge && (name == ahead || name == ahead+"_visits"):
		r := s.reminder(step.Kind, both[:1]...)
		if name != ahead {
			r.Starts = both
		}
		r.Ahead = true
		return s.add(out, firstText(false), r)
	case step.When == "booking" && name == replies.RemindPrefix+"moved":
		r := s.reminder(step.Kind, visit)
		r.Moved = true
		return s.add(out, firstText(false), r)
	}
	return nil
}

// rules words what is told of visits of one day: how to prepare for each type of visit that has
// something to prepare, or the same for all types.
func (s sample) rules(step settings.Step, visits []time.Time) (out []way) {
	if step.Kind != kinds.Prepare {
		return s.add(out, firstText(false), s.reminder(step.Kind, visits...))
	}
	c := s.b.Clinic
	for _, kind := range c.Types() {
		t := c.VisitTypes[kind]
		if !t.Prepares() {
			continue
		}
		types := slices.Repeat([]string{kind}, len(visits))
		r := s.reminder(step.Kind, visits...)
		r.Prepare, r.RideHome = c.LeaveOffs(types, visits, time.Time{}), t.RideHome
		r.AskRide, r.InPerson = t.RideHome, c.InPerson(kind)
		label := "For: " + s.label(kind)
		out = s.add(out, label, r)
		r.AskRide = false
		out = s.add(out, label+", once somebody is to take them home", r)
	}
	return out
}

// series reports whether any type of visits has a series.
func (s sample) series() bool {
	for _, t := range s.b.Clinic.VisitTypes {
		if t.Series != nil {
			return true
		}
	}
	return false
}

// others words what belongs to no step of the plan, or to any.
func (s sample) others(name string) (out []way) {
	kind := strings.TrimPrefix(name, replies.RemindPrefix)
	switch kind {
	case "basic", "basic_ask":
		r := s.reminder(kinds.Nudge, s.visit())
		r.Basic, r.Confirm = true, kind == "basic_ask"
		return s.add(out, firstText(false), r)
	case kinds.CheckIn, kinds.Missed, kinds.Recall:
		return s.add(out, firstText(false), s.reminder(kind, s.visit()))
	}
	r := s.reminder("booked", s.visits[:3]...)
	r.Days = true
	if name == replies.DaysFirst {
		r.Starts = nil
		for i, at := range s.visits { // at so many times of day that they have no room
			r.Starts = append(r.Starts, at.Add(time.Duration(i)*15*time.Minute))
		}
	}
	if name == replies.RemindDays || name == replies.DaysFirst {
		return s.add(out, firstText(false), r)
	}
	return nil
}

// family words a reminder of two patients with one phone.
func (s sample) family(kind string) []way {
	var kin []knowledge.Kin
	for i, name := range []string{pat, alex} {
		k := knowledge.Kin{
			Called: knowledge.First(name), When: s.when(s.visits[i]), InPerson: true,
		}
		if kind == kinds.Prepare {
			k.Prepare, k.AsksRide = s.leaveOffs(s.prepared()), true
		}
		kin = append(kin, k)
	}
	body, fits := s.b.RemindFamily(kind, kin, false, s.lang)
	if !fits {
		return []way{{"Where it fits: as these examples don't, each would get a text alone", "", body}}
	}
	return []way{{firstText(false), s.b.Opening(false), body}}
}
