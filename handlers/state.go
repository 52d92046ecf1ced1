package handlers

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers/budget"
)

// State is what the store holds about a number at one moment.
type State struct {
	Phone        Phone
	Conversation Conversation
	Consent      Consent
	Visits       []Visit // those that start later than a day ago, soonest first
	Past         []Visit // those before, of the last LookBack, soonest first
	Cases        []Case  // the open ones
	Texted       bool    // it has been sent an unasked text before
	Reach        Reach
	Offers       []Slot // the slots that were offered to it lately
	// Used is how much of what answers may cost is used up, by the period's name: see Period.
	Used map[string]budget.Used

	// These are the store's own, for when it writes what was decided from this state.
	Version string    // of this state; "" if it wasn't read from the store
	Listed  time.Time // until when the number is found by its last digits
}

// LookBack is how long a past visit is part of a number's state: long enough for the place of a
// visit in its series, and to miss who doesn't come back.
const LookBack = 90 * 24 * time.Hour

// Urgent returns the number's open alarm, which pauses answers and reminders; nil if there is none.
// A concern is no alarm.
func (s State) Urgent() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Channel == UrgentChannel && !c.Concern() {
			return c
		}
	}
	return nil
}

// Concern returns the number's open concern; nil if there is none. See [Case.Concern].
func (s State) Concern() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Concern() {
			return c
		}
	}
	return nil
}

// InDanger reports whether the number has an open alarm or concern: its patient may be in danger.
func (s State) InDanger() bool { return s.Urgent() != nil || s.Concern() != nil }

// Talk returns the number's open case at the desk in whose thread the conversation is shown; nil if
// there is none.
func (s State) Talk() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Channel == DeskChannel && c.Matter == "" {
			return c
		}
	}
	return nil
}

// Stranger reports whether the clinic knows nothing of a number but what the number wrote: there is
// no visit, it was never sent a text that it hadn't asked for, and no person talks with it. An
// opt-in by text makes nobody known, for any machine can send one.
func (s State) Stranger() bool {
	return len(s.Visits) == 0 && !s.Texted && len(s.Offers) == 0 && s.Conversation.By == ""
}
