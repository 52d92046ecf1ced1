package intent

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// asked are the visits that a YES or NO and nothing else can be about: those of which a question is
// open. It was asked whether they come, and they haven't said; or the text that went last, after
// all that they wrote, reminds of it. When that one was about a free time (slot), none is.
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
			asked[v.ID] = asked[v.ID] || step.Only == settings.Unconfirmed && v.Awaits(k.Now)
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

// open says whether a question about a visit is open: a small word then may be its answer.
func (k known) open() bool {
	asked, _ := k.asked()
	return len(asked) > 0
}

// sentAt is when what each row says was sent, by the row's id, and the last time of all: of a row
// or of what the patient wrote.
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

// step is that of the clinic's plan of a kind; the zero Step if it has none.
func (k known) step(kind string) settings.Step {
	for _, s := range k.Base.Clinic.Reminders.Plan {
		if s.Kind == kind {
			return s
		}
	}
	return settings.Step{}
}

// left is when a row left for the patient; zero if it hasn't, or didn't arrive.
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
