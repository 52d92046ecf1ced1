package handlers

import "time"

// OwnPhone is a phone of a member of staff, which rings first when they call a patient.
type OwnPhone struct {
	User  string `json:"user"`
	Phone Phone  `json:"phone,omitzero"` // zero until they have shown that it is theirs
	// Asked is a phone that they say is theirs. It is rung, and Code, which they are shown, has to be
	// pressed on its keys until Until.
	Asked Phone     `json:"asked,omitzero"`
	Code  string    `json:"code,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

// CallEnd is what became of a call to a member of staff, or of its part to the patient.
type CallEnd struct {
	Row     string        // the id of the call's row in the ledger
	Patient bool          // it is the part to the patient
	State   string        // the carrier's word: completed, busy, no-answer, failed or canceled
	For     time.Duration // how long it lasted; of a part that nobody answered 0
}

// Answered reports whether somebody, or their machine, picked up.
func (c CallEnd) Answered() bool { return c.State == "completed" }
