package handlers

import "time"

// The states of a row in the ledger of texts. They move forward only.
const (
	Planned   = "planned"
	Claimed   = "claimed"
	Sent      = "sent"
	Delivered = "delivered"
	Failed    = "failed"
	Skipped   = "skipped" // decided against at send time; Why says by which rule
	Void      = "void"    // the visit moved
)

// Outgoing is a row in the ledger of texts: one text to a phone, planned, on its way or done. A reminder is composed when it
// is due, from the visit as it then stands, so its row holds no body.
type Outgoing struct {
	ID      string    `json:"id"` // unique; the same id is never planned twice
	To      Phone     `json:"to"`
	Kind    string    `json:"kind"` // staff, say, or a reminder's kind in clinic.yaml (booked, confirm, prepare, nudge)
	Body    string    `json:"body,omitempty"`
	Visit   string    `json:"visit,omitempty"`
	Start   time.Time `json:"start,omitzero"` // of the visit when the row was planned
	Zone    string    `json:"zone,omitempty"` // the patient's; "" is the clinic's
	Case    string    `json:"case,omitempty"` // the desk thread that hears what became of it
	Mark    string    `json:"mark,omitempty"` // the staff message in that thread that is marked
	Due     time.Time `json:"due"`
	Unasked bool      `json:"unasked"` // reminders: window, caps and discretion hold for them
	Alarm   bool      `json:"alarm"`   // to the clinic's on-call phone: only while nobody has Case; better twice than never
	Voice   bool      `json:"voice"`   // rung and spoken, not texted
	State   string    `json:"state"`
	Why     string    `json:"why,omitempty"` // of failed and skipped
	SID     string    `json:"sid,omitempty"` // the carrier's id, once sent
	At      time.Time `json:"at,omitzero"`   // when the state was reached
	// Tries counts the sends that were begun: raised and stored before each, so that after a crash a row with Tries > 0 is looked up
	// at the carrier before it is sent again. First is when the first one began, Errors how many ended in an error.
	Tries  int       `json:"tries"`
	First  time.Time `json:"first,omitzero"`
	Errors int       `json:"errors"`
	Token  string    `json:"-"` // of the claim
	Doubt  Doubt     `json:"-"` // of the claim, too
}

// Doubt says that the store may have forgotten sends: its server was started anew, or put back from a backup. The zero Doubt is none.
type Doubt struct {
	From  time.Time // of what left then or later there may be no record
	Until time.Time // by then what was on its way has ended and stands in the carrier's list
}

// Receipt is what the carrier tells of a text on its way.
type Receipt struct {
	ID    string // our row's id, from the callback's URL
	SID   string
	State string // the carrier's word: queued, sent, delivered, undelivered, failed
	Code  int    // the carrier's error code, 0 if none
	At    time.Time
}
