package handlers

import "time"

// CallEnd is what became of a call to a member of staff, or of its part to the patient.
type CallEnd struct {
	Row     string        // the id of the call's row in the ledger
	Patient bool          // it is the part to the patient
	State   string        // the carrier's word: completed, busy, no-answer, failed or canceled
	For     time.Duration // how long it lasted; of a part that nobody answered 0
}

// Answered reports whether somebody, or their machine, picked up.
func (c CallEnd) Answered() bool { return c.State == "completed" }
