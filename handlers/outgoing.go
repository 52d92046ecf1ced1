package handlers

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"
)

// The states of a row in the ledger of texts. They only move forward, unless a failed row is
// retried.
const (
	Planned   = "planned"
	Claimed   = "claimed"
	Sent      = "sent"
	Delivered = "delivered"
	Failed    = "failed"
	// Skipped: a rule decided against the text, when it was planned or when it was due. Why says
	// which.
	Skipped = "skipped"
	Void    = "void" // it is no longer needed, because its visit moved, say
)

// Outgoing is a row in the ledger of texts: one text to a phone, or a call, from when it is planned
// to its receipt. A reminder is composed when it is due, from the visit as it then stands, so its
// row holds no body.
type Outgoing struct {
	ID string `json:"id"` // unique; the same id is never planned twice
	To Phone  `json:"to"`
	// Channel is the one that it answers on, as in Address. If that is closed, the gate sends an
	// SMS.
	Channel string `json:"channel,omitempty"`
	// Kind is "staff", say, or a reminder's kind in clinic.yaml (booked, confirm, prepare, nudge).
	Kind  string    `json:"kind"`
	Body  string    `json:"body,omitempty"`
	Visit string    `json:"visit,omitempty"`
	Slot  string    `json:"slot,omitempty"` // the slot that it offers, or tells of
	Start time.Time `json:"start,omitzero"` // the visit's start when the row was planned
	Zone  string    `json:"zone,omitempty"` // the patient's; "" is the clinic's
	Case  string    `json:"case,omitempty"` // the case whose thread is told what became of it
	Mark  string    `json:"mark,omitempty"` // the staff message in that thread that is marked
	By    string    `json:"by,omitempty"`   // the member of staff who wrote it
	Due   time.Time `json:"due"`
	// Set is when a reminder was to leave as it was planned. Due is later once it was put off.
	Set time.Time `json:"set,omitzero"`
	// Until is when the text becomes stale: it isn't sent later. Zero: never.
	Until time.Time `json:"until,omitzero"`
	// Unasked says that the patient didn't ask for the text, as for a reminder: the window, the
	// caps and discretion apply.
	Unasked bool `json:"unasked"`
	// After says that it follows the visit that it is about, instead of coming before it.
	After bool `json:"after,omitempty"`
	// Sequel says of an unasked text that it ends an exchange which another text began, so that the
	// caps don't hold it back.
	Sequel bool `json:"sequel,omitempty"`
	// Alarm says that it goes to the clinic's on-call phone. It waits for no pace, and is rather
	// sent twice than never.
	Alarm bool `json:"alarm"`
	Voice bool `json:"voice"` // it is a call: the body is spoken
	// User says of a call that it rings this member of staff, and Keys how many keys it waits for;
	// 0 is one.
	User string `json:"user,omitempty"`
	Keys int    `json:"keys,omitempty"`
	// Danger says that it holds the fixed words to somebody who may be in danger: they are sent
	// wherever the number is.
	Danger bool `json:"danger,omitempty"`
	// Task says that the row is no text but a check on the visit, which may end in a task for
	// staff.
	Task bool `json:"task,omitempty"`
	// Must says that staff must tell the patient if the text can't be sent: see gate.Wording.
	Must  bool      `json:"must,omitempty"`
	Says  string    `json:"says,omitempty"` // what it tells of which visits, one gate.Said per line
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"` // why it failed or was skipped
	SID   string    `json:"sid,omitempty"` // the carrier's id, once sent
	At    time.Time `json:"at,omitzero"`   // when the state was reached
	// With holds the ids of other rows whose news this text includes, one per line.
	With string `json:"with,omitempty"`
	// Broadcast is what a row of kinds.Broadcast says, to whose visits.
	Broadcast *Broadcast `json:"broadcast,omitempty"`
	// Tries counts the sends that were begun. It is raised and stored before each, so that after a
	// crash a row with Tries > 0 is looked up at the carrier before it is sent again. First is when
	// the first send began, Errors how many ended in an error.
	Tries  int       `json:"tries"`
	First  time.Time `json:"first,omitzero"`
	Errors int       `json:"errors"`
	// Holds is how often the clinic's own set-up at the carrier has held it up: see Outage.
	Holds int `json:"holds,omitempty"`

	Panics int `json:"panics,omitempty"` // how often sending it panicked

	// The fields below aren't planned with the row. The store or the gate sets them when it is read
	// or sent.
	Was   string `json:"-"` // the carrier's ids of earlier rounds, a space after each
	Round int    `json:"-"` // how often staff had it sent again after it had failed
	Apart bool   `json:"-"` // the text may include no other rows than those in With
	Share Share  `json:"-"` // what it must leave of its number's caps
	Token string `json:"-"` // proves the claim when it is settled
	Doubt Doubt  `json:"-"` // as it was when the row was claimed
}

// Share limits what a text may use of its number's caps.
type Share struct {
	// Keep holds when the texts of the next seven days leave that matter more than this one,
	// soonest first. It may leave only if each of them still can, within the caps as they are then.
	Keep []time.Time
	// KeepDay is how many of them leave today, in the patient's zone.
	KeepDay int
	// Above says that no cap holds the text back. It counts all the same.
	Above bool
}

// Doubt says that the store may have forgotten sends, because its server was restarted or restored
// from a backup. The zero Doubt is none.
type Doubt struct {
	From  time.Time // sends from then on may have no record
	Until time.Time // by then every such send has ended and is in the carrier's list
}

// Rings reports whether the row is a call to a member of staff.
func (o Outgoing) Rings() bool { return o.Voice && o.User != "" }

// Address returns where the row goes.
func (o Outgoing) Address() Address { return Address{Channel: o.Channel, Phone: o.To} }

// Event returns the id of something that happens to the row. It includes the round, since a text
// that is retried may fail again, and that is another event.
func (o Outgoing) Event(what string) string {
	if o.Round > 0 {
		return fmt.Sprintf("%s:%s#%d", what, o.ID, o.Round)
	}
	return what + ":" + o.ID
}

// Stale reports whether it is too late to send the row.
func (o Outgoing) Stale(now time.Time) bool { return !o.Until.IsZero() && now.After(o.Until) }

// Code returns the short code by which staff name the row. It tells nothing of the patient.
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

// Composed is what composing a row that is due results in: its words, or why there are none.
type Composed struct {
	Body string
	// Channel is the one that it is sent on, as in Address.
	Channel string
	With    string // as in Outgoing
	Says    string // as in Outgoing
	// Share is what the text may use of its number's caps.
	Share Share
	// Alone is set with With: what the row, and then each row of With, would say by itself.
	Alone []Composed
	Skip  string // why it isn't sent; "" if it is
	Late  bool   // the reason to skip it is that its time has passed
	// Unworded says that the reason to skip it is its words: staff must tell the patient instead.
	Unworded bool
	Wait     time.Time // when to compose it again; zero if it can be sent now
	Why      string    // why it waits
}

// Refusal is the error of a carrier, or of the desk's vendor, that refused a message.
type Refusal struct {
	Code  int           // the carrier's code, 0 if it gave none
	Retry bool          // it may be taken later
	After time.Duration // how long to wait before the next try, if the vendor said so
	Why   string

	Mend    string // what the clinic must first mend in its own set-up, for staff; "": nothing
	NoTexts bool   // the number takes no texts and never will
}

func (r *Refusal) Error() string { return "carrier refused: " + r.Reason() }

// Reason returns why, with the carrier's code, for staff.
func (r *Refusal) Reason() string {
	if r.Code == 0 {
		return r.Why
	}
	return fmt.Sprintf("%s (%d)", r.Why, r.Code)
}
