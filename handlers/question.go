package handlers

import "time"

// Question is what a patient asked, without what names them, and what became of it. It is kept so
// that staff see what the bot can't answer, and what a new answer would change.
type Question struct {
	ID    string    `json:"id"` // that of the text
	Ask   string    `json:"ask"`
	Lang  string    `json:"lang"`
	Entry string    `json:"entry,omitempty"` // the entry that answered; "" if a person was to
	Near  string    `json:"near,omitempty"`  // the likeliest entry, if none was sure enough
	Case  string    `json:"case,omitempty"`  // in which a person was to see it
	At    time.Time `json:"at"`

	// Said is what staff wrote next. The store keeps it apart: effects that have nothing but ID and
	// Said add it to a question that is stored.
	Said string `json:"said,omitempty"`
}

// Missed reports whether a person was to answer it.
func (q Question) Missed() bool { return q.Entry == "" }
