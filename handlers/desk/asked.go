package desk

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Who is asked to see to a case, in words.
const (
	frontDesk  = "Front desk"
	clinicians = "Clinicians"
)

// Asked returns what is asked of whom by a case that waits; "" if its title says all there is to
// say, or nothing is left to do.
func Asked(c handlers.Case) (who, what string) {
	if !c.Open {
		return "", ""
	}
	if c.OptOut {
		return askedOf(c), "call them: no text may be sent."
	}
	answer := "answer in this thread. What you write goes to them as a text."
	if c.Phone.IsZero() {
		answer = ""
	}
	switch c.Kind {
	case kinds.Crisis, kinds.Emergency:
		return askedOf(c), "press \"I have this\" and reach them now."
	case kinds.Concern:
		return askedOf(c), "read it, and say whether it is danger."
	case kinds.Clinical, kinds.Handoff, kinds.Choices, kinds.Answer:
		what = answer
	case kinds.Broadcast:
		return ofSecond(c)
	case kinds.Decline:
		what = "settle with them whether they want another time, or come off the book."
	case kinds.Reschedule:
		what = "agree on another time, then move the visit."
	case kinds.Late:
		what = "say whether they can still be seen."
	case kinds.OptOut, kinds.Stop:
		what = "call them if a visit lies ahead: no text reminds them of it."
	case kinds.Ride:
		what = "make sure that somebody takes them home."
	case kinds.Unprepared:
		what = "call and tell them how to prepare."
	case kinds.Series:
		what = "book what is missing, or say that it is right so."
	}
	if what == "" {
		return "", ""
	}
	return askedOf(c), what
}

// askedOf returns whom a case is for.
func askedOf(c handlers.Case) string {
	switch {
	case c.Channel == handlers.UrgentChannel:
		return "Whoever reads this first"
	case c.Kind == kinds.Clinical:
		return clinicians
	}
	return frontDesk
}

// ofSecond returns what a broadcast asks of a second person.
func ofSecond(c handlers.Case) (who, what string) {
	if c.Broadcast != nil && c.Broadcast.State == handlers.BroadcastAsked {
		return "A second person", "read what it says and to whom, then agree or don't."
	}
	return "", ""
}
