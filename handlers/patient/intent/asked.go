package intent

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// asked returns the visits that a bare YES or NO can be about: those about which a question is
// open. Either a reminder asked whether they come and they haven't said, or the text that left
// last, after all that they wrote, reminds of the visit. If that last text was about a free slot,
// no visit is meant, and slot is true. A row for another start doesn't count: nobody has asked
// about the time that the visit has now.
func (k known) asked() (out []handlers.Visit, slot bool) {
	last, when := k.sentAt()
	asked, reminded := map[string]bool{}, map[string]bool{}
	for _, r := range k.Rows {
		at, step := when[r.ID], k.step(r.Kind)
		latest := at.Equal(last) && at.After(k.State.Conversation.At)
		if latest && r.Slot != "" {
			return nil, true
		}
		for _, v := range k.ahead {
			if at.IsZero() || r.Visit != v.ID || !r.Start.Equal(v.Start) {
				continue
			}
			asks := step.Only == settings.Unconfirmed || step.When == "booking" && moved(v)
			asked[v.ID] = asked[v.ID] || asks && v.Awaits(k.Now)
			reminded[v.ID] = reminded[v.ID] ||
				latest && (step.DaysBefore > 0 || step.HoursBefore > 0)
		}
	}
	for _, v := range k.ahead {
		if asked[v.ID] || reminded[v.ID] {
			out = append(out, v)
		}
	}
	return out, false
}

// moved reports whether a visit has been moved: the text that tells of it asks for C.
func moved(v handlers.Visit) bool { return !v.Was.IsZero() }

// open reports whether a question about a visit is open: a small word then may be its answer.
func (k known) open() bool {
	asked, _ := k.asked()
	return len(asked) > 0
}

// sentAt returns when each row was sent, by the row's id, and the last time of all: of a row or of
// what the patient wrote. Rows that have left after a fetched text was written aren't among them.
func (k known) sentAt() (last time.Time, when map[string]time.Time) {
	last, when = k.State.Conversation.At, map[string]time.Time{}
	for _, r := range k.Rows {
		at := left(r)
		if at.IsZero() || k.since(at) { // it can't be what they answer
			continue
		}
		when[r.ID] = at
		for _, row := range strings.Split(r.With, "\n") { // one text tells of all visits of a day
			when[row] = at
		}
		if at.After(last) {
			last = at
		}
	}
	return last, when
}

// step returns the step of the clinic's plan of a kind of reminder; the zero Step if it has none.
func (k known) step(kind string) settings.Step {
	for _, s := range k.Base.Clinic.Reminders.Plan {
		if s.Kind == kind {
			return s
		}
	}
	return settings.Step{}
}

// left returns when a row left for the patient; zero if it hasn't, or didn't arrive. A row that was
// retried after it had failed counts from the last try.
func left(r handlers.Record) (at time.Time) {
	for _, m := range r.History {
		switch m.State {
		case handlers.Sent, handlers.Delivered:
			if at.IsZero() {
				at = m.At
			}
		case handlers.Failed:
			at = time.Time{}
		}
	}
	return at
}
