package handlers

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"
)

// The states of a row in the ledger of texts. They move forward only.
const (
	Planned   = "planned"
	Claimed   = "claimed"
	Sent      = "sent"
	Delivered = "delivered"
	Failed    = "failed"
	// decided against, when it was planned or when it would leave; Why says by which rule
	Skipped = "skipped"
	Void    = "void" // the visit moved
)

// Outgoing is a row in the ledger of texts: one text to a phone, planned, on its way or done. A
// reminder is composed when it is due, from the visit as it then stands, so its row holds no body.
type Outgoing struct {
	ID string `json:"id"` // unique; the same id is never planned twice
	To Phone  `json:"to"`
	// that it answers on, as in Address; the gate has it leave as an SMS where that is closed
	Channel string `json:"channel,omitempty"`
	// staff, say, or a reminder's kind in clinic.yaml (booked, confirm, prepare, nudge)
	Kind  string    `json:"kind"`
	Body  string    `json:"body,omitempty"`
	Visit string    `json:"visit,omitempty"`
	Slot  string    `json:"slot,omitempty"` // that it offers, or tells of
	Start time.Time `json:"start,omitzero"` // of the visit when the row was planned
	Zone  string    `json:"zone,omitempty"` // the patient's; "" is the clinic's
	Case  string    `json:"case,omitempty"` // the desk thread that hears what became of it
	Mark  string    `json:"mark,omitempty"` // the staff message in that thread that is marked
	Due   time.Time `json:"due"`
	Until time.Time `json:"until,omitzero"` // of an answer: it isn't sent later than that
	// reminders: window, caps and discretion hold for them
	Unasked bool `json:"unasked"`
	// of unasked: it ends an exchange that another began, so the caps don't hold it back
	Sequel bool `json:"sequel,omitempty"`
	// to the clinic's on-call phone: only while nobody has Case; better twice than never
	Alarm bool `json:"alarm"`
	Voice bool `json:"voice"` // rung and spoken, not texted
	// no text: a look at the visit, which may come to a task at the desk
	Task bool `json:"task,omitempty"`
	// staff are to say it if it can't be sent: see gate.Wording
	Must  bool      `json:"must,omitempty"`
	Says  string    `json:"says,omitempty"` // of which visits it says what: Said, one a line
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"` // of failed and skipped
	SID   string    `json:"sid,omitempty"` // the carrier's id, once sent
	At    time.Time `json:"at,omitzero"`   // when the state was reached
	// ids of the rows that this text tells as well, one a line
	With string `json:"with,omitempty"`
	// Tries counts the sends that were begun: raised and stored before each, so that after a crash
	// a row with Tries > 0 is looked up at the carrier before it is sent again. First is when the
	// first one began, Errors how many ended in an error.
	Tries  int       `json:"tries"`
	First  time.Time `json:"first,omitzero"`
	Errors int       `json:"errors"`
	// Holds is how often the clinic's own set-up at the carrier has held it up.
	Holds int `json:"holds,omitempty"`

	// Panics is how often the row panicked while it was carried.
	Panics int `json:"panics,omitempty"`

	Was   string `json:"-"` // the carrier's ids of earlier rounds, a space after each
	Round int    `json:"-"` // how often it was put back after it had failed
	Apart bool   `json:"-"` // it tells of no other row than those in With
	Share Share  `json:"-"` // of the caps
	Token string `json:"-"` // of the claim
	Doubt Doubt  `json:"-"` // of the claim, too
}

// Share is what a text may take of the caps of its number.
type Share struct {
	// texts of that day and of the next seven that matter more: for these so many are kept
	KeepDay, KeepWeek int
}

// Doubt says that the store may have forgotten sends: its server was started anew, or put back from
// a backup. The zero Doubt is none.
type Doubt struct {
	From  time.Time // of what left then or later there may be no record
	Until time.Time // by then what was on its way has ended and stands in the carrier's list
}

// Address is where the row goes.
func (o Outgoing) Address() Address { return Address{Channel: o.Channel, Phone: o.To} }

// Event names what happens to the row by the round it happens in: a text that is put back may fail
// again, and that is another event.
func (o Outgoing) Event(what string) string {
	if o.Round > 0 {
		return fmt.Sprintf("%s:%s#%d", what, o.ID, o.Round)
	}
	return what + ":" + o.ID
}

// Stale says whether the row has come to be sent too late.
func (o Outgoing) Stale(now time.Time) bool { return !o.Until.IsZero() && now.After(o.Until) }

// Code is what staff name the row by: short, and of no patient's data.
func (o Outgoing) Code() string {
	sum := sha256.Sum256([]byte(o.ID))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:5])
}

// Moved is one step in the history of a row.
type Moved struct {
	State string
	At    time.Time
	Why   string
}

// Record is a row with its history, oldest first.
type Record struct {
	Outgoing
	History []Moved
}

// Composed is what a row comes to when it is due: words, or why there are none.
type Composed struct {
	Body string
	// Channel is the one that it leaves on, as in Address.
	Channel string
	With    string // ids of the rows that the words tell as well, one a line
	Says    string // of which visits the words say what: Said, one a line
	// Share is what the text may take of its number's caps.
	Share Share
	// Alone is what each would leave with by itself, if With isn't empty: the row, then those of
	// With.
	Alone []Composed
	Skip  string    // why it isn't sent
	Late  bool      // of Skip: its time has passed
	Wait  time.Time // ask again then
	Why   string    // of Wait
}

// Refusal is a carrier's answer that a text was not taken.
type Refusal struct {
	Code  int           // the carrier's code, 0 if it gave none
	Retry bool          // it may be taken later
	After time.Duration // not before then, if the carrier said so
	Why   string

	Mend    string // what the clinic must mend in its own set-up first, for staff; "": nothing
	NoTexts bool   // the number takes no texts and never will
}

func (r *Refusal) Error() string { return "carrier refused: " + r.Reason() }

// Reason is why, with the carrier's code, as staff read it.
func (r *Refusal) Reason() string {
	if r.Code == 0 {
		return r.Why
	}
	return fmt.Sprintf("%s (%d)", r.Why, r.Code)
}
