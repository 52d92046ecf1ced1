package handlers

import (
	"errors"
	"time"
)

// Answer is what a patient said of a visit that comes from another system, to be written there. It
// waits in a queue until that system has it, or a person must enter it.
type Answer struct {
	ID    string `json:"id"` // the visit's: what the patient says later takes its place
	Phone Phone  `json:"phone"`
	// Feed and External are where the visit comes from, and its id there; Start is when it was to
	// start when the patient answered.
	Feed     string    `json:"feed"`
	External string    `json:"external"`
	Start    time.Time `json:"start"`
	State    string    `json:"state"` // Confirmed or Declined
	At       time.Time `json:"at"`    // when the patient said so
	Due      time.Time `json:"due"`   // when it is written, or tried again
	Token    string    `json:"-"`     // proves the claim when it is settled
}

// ErrOvertaken is the error of an answer that isn't written because somebody has changed the visit
// in the other system since: their word is the newer one. What wraps it says what was changed.
var ErrOvertaken = errors.New("it was changed there since")

// Answered returns what is to be written to other systems of a turn that found a number in state s:
// for each visit whose answer e changes, the answer. takes says of a feed whether its system wants
// them.
func Answered(s State, e Effects, takes func(feed string) bool, now time.Time) (out []Answer) {
	was := map[string]string{}
	for _, v := range s.Visits {
		was[v.ID] = v.State
	}
	for _, v := range e.Visits {
		old, known := was[v.ID]
		if !known || old == v.State || v.State != Confirmed && v.State != Declined ||
			v.External == "" || !takes(v.Source) {
			continue
		}
		out = append(out, Answer{
			ID: v.ID, Phone: v.Phone, Feed: v.Source, External: v.External, Start: v.Start,
			State: v.State, At: now, Due: now,
		})
	}
	return out
}
