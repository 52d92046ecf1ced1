package handlers

import (
	"cmp"
	"time"
)

// Said is an entry of a number's transcript: what one side said to the other.
type Said struct {
	// ID is that of the patient's text, of the row of the ledger by which ours left, or of the
	// reply to a webhook.
	ID    string    `json:"id"`
	At    time.Time `json:"at"`
	From  string    `json:"from"`            // FromPatient, FromBot or a member of staff
	Kind  string    `json:"kind,omitempty"`  // of the bot's reply, or of the row
	Entry string    `json:"entry,omitempty"` // that the bot answered with
	Text  string    `json:"text"`
}

// Who says something, besides staff.
const (
	FromPatient = "patient"
	FromBot     = "bot"
)

// Said returns what a row adds to its number's transcript; ok is false if it wasn't sent, or is no
// text to a patient.
func (o Outgoing) Said() (s Said, ok bool) {
	return Said{
		ID: o.ID, At: o.At, From: cmp.Or(o.By, FromBot), Kind: o.Kind, Text: o.Body,
	}, o.State == Sent && !o.Alarm && !o.Voice && !o.To.IsZero()
}

// Draft is what a member of staff wrote that the patient hasn't got: a note among colleagues, or a
// text that waits for a word of theirs. It is kept for a day, since no button may carry words.
type Draft struct {
	ID    string `json:"id"` // of the staff message, as a mark names it
	Phone Phone  `json:"phone"`
	Case  string `json:"case"` // in whose thread it was written
	User  string `json:"user"`
	Text  string `json:"text"`
	Note  string `json:"note"` // the post that asks what shall become of it
}
