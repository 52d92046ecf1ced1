package handlers

import (
	"errors"
	"time"
)

// WriteBack is what a patient answered of a visit that comes from another system, or that the desk
// took it off, to be written there. It waits in a queue until that system has it, or a person must enter it.
type WriteBack struct {
	ID    string `json:"id"` // the visit's: what the patient says later takes its place
	Phone Phone  `json:"phone"`
	// Feed and External are where the visit comes from, and its id there; Start is when it was to
	// start when the patient answered.
	Feed     string    `json:"feed"`
	External string    `json:"external"`
	Start    time.Time `json:"start"`
	State    string    `json:"state"` // Confirmed, Declined or Off
	At       time.Time `json:"at"`    // when the patient, or the desk, said so
	Due      time.Time `json:"due"`   // when it is written, or tried again
	Tries    int       `json:"-"`     // how often it was claimed before
	Token    string    `json:"-"`     // proves the claim when it is settled
}

// ErrOvertaken is the error of an answer that isn't written because somebody has changed the visit
// in the other system since: their word is the newer one. What wraps it says what was changed.
var ErrOvertaken = errors.New("it was changed there since")

// WriteBacks returns what is to be written to other systems of a turn that found a number in state
// s: the answer to each visit whose answer e changes. at is when it was given, and takes says
// of a feed whether its system wants it.
func WriteBacks(
	s State, e Effects, takes func(feed string) bool, at, now time.Time,
) (out []WriteBack) {
	was := map[string]string{}
	for _, v := range s.Visits {
		was[v.ID] = v.State
	}
	for _, v := range e.Visits {
		old, known := was[v.ID]
		said := v.State == Confirmed || v.State == Declined || v.State == Off
		if !known || old == v.State || !said || v.External == "" || !takes(v.Source) {
			continue
		}
		out = append(out, WriteBack{
			ID: v.ID, Phone: v.Phone, Feed: v.Source, External: v.External, Start: v.Start,
			State: v.State, At: at, Due: now,
		})
	}
	return out
}
