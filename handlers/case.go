package handlers

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The desk's two channels.
const (
	DeskChannel   = "desk"
	UrgentChannel = "urgent"
)

// Case is a matter at the desk: a card with a thread in which staff talk with the patient. One
// number has at most one open case a channel; a later question joins it.
type Case struct {
	ID      string `json:"id"`
	Channel string `json:"channel"` // DeskChannel or UrgentChannel
	Phone   Phone  `json:"phone"`
	Sender  string `json:"sender,omitempty"` // whoever it is of, where that is no number
	// handoff, clinical, crisis, concern, confirm, undelivered …
	Kind  string `json:"kind"`
	Title string `json:"title"`
	// the patient's own words; shown only where the clinic has set so
	Text string `json:"text,omitempty"`
	// the carrier's id of the text, where staff may read it
	Source  string    `json:"source,omitempty"`
	OptOut  bool      `json:"opt_out"` // can't be texted: the card says CALL
	At      time.Time `json:"at"`
	Open    bool      `json:"open"`
	TakenBy string    `json:"taken_by,omitempty"`
	TakenAt time.Time `json:"taken_at,omitzero"`
	// when it pages if nobody has it by then, and again after; zero: it doesn't. A concern then
	// becomes an alarm
	Page    time.Time `json:"page,omitzero"`
	Pages   int       `json:"pages,omitempty"`  // how often it has
	Alarmed time.Time `json:"alarmed,omitzero"` // when a concern became an alarm
	// they asked for an earlier time: they can be put on the waitlist
	Wish   bool      `json:"wish,omitempty"`
	Row    string    `json:"row,omitempty"`    // the row of the ledger that failed
	Outage *Outage   `json:"outage,omitempty"` // of kinds.Outage
	More   int       `json:"more,omitempty"`   // matters that joined it, which the thread tells of
	Rung   time.Time `json:"rung,omitzero"`    // when the on-call phone was last to be told of it
	Thread string    `json:"thread,omitempty"` // the desk's own id of the thread, once posted

	// the channel that its card is posted in, where its own can't be reached
	Via    string    `json:"-"`
	Held   time.Time `json:"-"` // until then other posts of the case wait for Holder's retry
	Holder string    `json:"-"` // the post that failed
}

// Outage is what is known of one way while it is closed. It is a part of its case, which is open as
// long as the outage lasts.
type Outage struct {
	Way   string    `json:"way"`
	Codes []int     `json:"codes"` // the carrier's, that the desk was told of
	Rows  []string  `json:"rows"`  // of the ledger, that it held up; no more than a hundred
	Last  time.Time `json:"last"`  // when it held one up, or one tried whether it is over
}

// Post is a row in the desk's queue: one thing to show at the desk.
type Post struct {
	ID   string `json:"id"`
	Case string `json:"case"`
	Do   string `json:"do"`
	// of a note: the earlier one that it takes the place of
	Clear string `json:"clear,omitempty"`
	From  string `json:"from,omitempty"` // of a note: "patient", "bot" or a staff member
	Text  string `json:"text,omitempty"` // of a note
	// of a note: whom it pings, "here" or "channel"; "" nobody
	Ping string `json:"ping,omitempty"`
	// the note's text is the patient's own words: shown only where the clinic has set so
	Words bool      `json:"words,omitempty"`
	Mark  string    `json:"mark,omitempty"`  // the staff message
	State string    `json:"state,omitempty"` // of a mark: Sent, Delivered, Failed, Refused
	Why   string    `json:"why,omitempty"`
	Due   time.Time `json:"due"`
	// Urgent posts belong to a case in the urgent channel: they have a queue and a worker of their
	// own. The store sets it.
	Urgent bool `json:"urgent,omitempty"`
	Again  bool `json:"again,omitempty"` // of a card: it may be there already, look first
	// Panics is how often the post panicked while it was carried.
	Panics int    `json:"panics,omitempty"`
	Tries  int    `json:"-"` // how often it was claimed before
	Token  string `json:"-"`
}

// Command is a /clinic command.
type Command struct {
	ID   string // the event's id
	User string
	// it was given in one of the desk's channels, whose members may see and reach patients
	FromDesk bool
	Text     string
}

// ThreadReply is what a staff member wrote in a case's thread.
type ThreadReply struct {
	ID     string // of the message: the event's id and the mark
	Thread string
	User   string
	Text   string
	Case   bool // the thread is under a card of ours, so there is a case
}

// Press is a button pressed on a card.
type Press struct {
	ID     string
	Thread string
	Action string
	User   string
}

// Ends are the last four characters of whoever the case is of, as staff may see them.
func (c Case) Ends() string {
	if r := []rune(c.Sender); c.Phone.IsZero() && len(r) > 0 {
		return string(r[max(0, len(r)-4):])
	}
	return c.Phone.Last4()
}

// Slot says whether a case is a slot's, and so belongs to no number.
func (c Case) Slot() bool {
	return c.Kind == kinds.Slot || c.Kind == kinds.SlotTaken || c.Kind == kinds.SlotOver
}

// Concern says of a case that a text may be more than it seems: somebody is to read it soon. It
// locks nothing and pings nobody.
func (c Case) Concern() bool { return c.Channel == UrgentChannel && c.Kind == kinds.Concern }

// Began is when the case came; that of a concern which became an alarm, when it did.
func (c Case) Began() time.Time {
	if c.Alarmed.IsZero() {
		return c.At
	}
	return c.Alarmed
}

// Untaken says that the case is an alarm that nobody has.
func (c Case) Untaken() bool {
	return c.Open && c.Channel == UrgentChannel && !c.Concern() && c.TakenBy == ""
}

// Seen says whether somebody of the clinic has been shown the case or has it. The card of a concern
// pinged nobody, so it doesn't count for the alarm that it became.
func (c Case) Seen() bool {
	return c.TakenBy != "" || c.Thread != "" && (c.Alarmed.IsZero() || c.Pages > 0)
}
