package handlers

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The desk's two channels. Only what may be danger goes to the urgent one.
const (
	DeskChannel   = "desk"
	UrgentChannel = "urgent"
)

// Case is something that staff must see to: a card at the desk with a thread in which they talk
// with the patient. A number has at most one open case per channel and matter; what comes later of
// the same matter joins it.
type Case struct {
	ID      string `json:"id"`
	Channel string `json:"channel"` // DeskChannel or UrgentChannel
	// Matter is "" for the conversation: whatever a patient writes that a person must answer. A
	// task that can be done by itself has a matter, and so a card, of its own: see [Matter].
	Matter string `json:"matter,omitempty"`
	Phone  Phone  `json:"phone"`
	Sender string `json:"sender,omitempty"` // who the case is about, if the sender is no number
	// Kind is what the case is about, one of package kinds: handoff, clinical, crisis, concern …
	Kind  string `json:"kind"`
	Title string `json:"title"` // may have parts that are Veiled
	// Text is in the patient's own words. It is shown only if the clinic's settings say so.
	Text string `json:"text,omitempty"`
	// Said is what the bot answered to that, with its words veiled.
	Said string `json:"said,omitempty"`
	// Source is the carrier's id of the text, by which staff can look it up there.
	Source  string    `json:"source,omitempty"`
	OptOut  bool      `json:"opt_out"` // the number can't be texted: the card says CALL
	At      time.Time `json:"at"`
	Open    bool      `json:"open"`
	TakenBy string    `json:"taken_by,omitempty"`
	TakenAt time.Time `json:"taken_at,omitzero"`
	// Page is when the case pages next if nobody has taken it by then; zero if it never pages. A
	// concern doesn't page: at that time it becomes an alarm.
	Page    time.Time `json:"page,omitzero"`
	Pages   int       `json:"pages,omitempty"`  // how often it has paged
	Alarmed time.Time `json:"alarmed,omitzero"` // when a concern became an alarm
	// Wish says that the patient asked for an earlier time and can be put on the waitlist.
	Wish   bool      `json:"wish,omitempty"`
	Agreed bool      `json:"agreed,omitempty"` // staff agreed to what the card asks
	Row    string    `json:"row,omitempty"`    // the row of the ledger that failed
	Outage *Outage   `json:"outage,omitempty"` // of a case of kinds.Outage
	More   int       `json:"more,omitempty"`   // how many further requests joined this one
	Joined []Request `json:"joined,omitempty"` // the last of those, oldest first
	Rung   time.Time `json:"rung,omitzero"`    // when the on-call phone was last planned to be told
	// Broadcast is of a case of kinds.Broadcast.
	Broadcast *Broadcast `json:"broadcast,omitempty"`
	// Doubtful are the visits that a case of kinds.Doubts asks about.
	Doubtful []Doubtful `json:"doubtful,omitempty"`
	Thread   string     `json:"thread,omitempty"` // the desk's id of its thread, once it is posted

	// Facts are what a card says of its patient, read as it is drawn.
	Facts []Fact `json:"-"`
	// Visit is the id of the visit that the case is about; with that visit it is over. Until is when
	// it makes no sense any more; zero if it always does. Neither ever closes a case of danger.
	Visit string    `json:"visit,omitempty"`
	Until time.Time `json:"until,omitzero"`

	// Since is since when something in the case waits for staff; zero if nothing does: they have
	// answered, or it never did. Told is how often they were told again, which counts from Again
	// where something more was asked since.
	Since time.Time `json:"since,omitzero"`
	Told  int       `json:"told,omitempty"`
	Again time.Time `json:"again,omitzero"`
	// For is who it was assigned to. Snoozed is when whoever snoozed it (SnoozedBy) is reminded of
	// it; until then nobody is told again.
	For       string    `json:"for,omitempty"`
	Snoozed   time.Time `json:"snoozed,omitzero"`
	SnoozedBy string    `json:"snoozed_by,omitempty"`

	// Via is the channel that the card is posted in while the case's own can't be reached.
	Via string `json:"-"`
	// Posts of a case keep their order: if one fails (Holder), the others wait for its retry, but
	// no longer than until Held.
	Held   time.Time `json:"-"`
	Holder string    `json:"-"`
}

// Fact is one thing that a card says of its patient.
type Fact struct {
	Name string // "Visit"
	Text string // may have parts that are Veiled
}

// Request is what was asked of staff in a case, in one line.
type Request struct {
	Title string    `json:"title"` // may have parts that are Veiled
	At    time.Time `json:"at"`
}

// MostJoined is how many requests that joined a case its card shows.
const MostJoined = 6

// The tasks that have cards of their own, as the beginnings of matters: see [Matter].
const (
	MatterRide    = "ride"    // who drives the patient home
	MatterPrepare = "prepare" // tell the patient how to prepare
	MatterSeries  = "series"  // a visit of a series is missing
	MatterReach   = "reach"   // a text didn't reach the patient
	MatterWrite   = "write"   // an answer couldn't be written to another system
	MatterOptOut  = "optout"  // opted out with a visit ahead
)

// Matter names a task by what it is and what it is about, such as a visit's id: "ride:a1".
func Matter(task, about string) string { return task + ":" + about }

// Answered returns the case once staff have answered what waited in it.
func (c Case) Answered() Case {
	c.Since, c.Again, c.Told = time.Time{}, time.Time{}, 0
	return c
}

// Waits reports whether something in the case waits for staff. A conversation that they have answered
// waits for the patient.
func (c Case) Waits() bool {
	return c.Open && (!c.Since.IsZero() || c.TakenBy == "" || !c.Talk() ||
		c.Channel == UrgentChannel)
}

// WaitsSince returns since when what waits in the case does.
func (c Case) WaitsSince() time.Time {
	if c.Since.IsZero() {
		return c.Began()
	}
	return c.Since
}

// Talk reports whether the case is a conversation with a patient, rather than a task.
func (c Case) Talk() bool { return c.Matter == "" && !c.Slot() }

// Outage says that the clinic's own set-up at the carrier keeps texts, or calls, from going out. It
// is part of a case that stays open as long as the outage lasts.
type Outage struct {
	Way   string    `json:"way"`   // gate.WaySend, WayDeliver or WayCall
	Codes []int     `json:"codes"` // the carrier's error codes that the desk was told of
	Rows  []string  `json:"rows"`  // ids of the rows that wait for it to end, a hundred at most
	Last  time.Time `json:"last"`  // when a row was last held up or tried
}

// Doubtful is a visit that a person is asked about, as it was then.
type Doubtful struct {
	Visit string    `json:"visit"`
	Start time.Time `json:"start"`
}

// Post is a row in the desk's queue: one thing to show at the desk.
type Post struct {
	ID   string `json:"id"`
	Case string `json:"case"`
	Do   string `json:"do"` // desk.PostCard, PostNote, PostMark, PostPage, PostRead or PostWait

	// The fields of a note.
	Clear string `json:"clear,omitempty"` // the earlier note that this one replaces
	From  string `json:"from,omitempty"`  // "patient", "bot" or a staff member
	Text  string `json:"text,omitempty"`  // may have parts that are Veiled
	// Ping is whom it pings: "here", "channel", the id of a member of staff or of a group of them,
	// or "" for nobody.
	Ping  string `json:"ping,omitempty"`
	Words bool   `json:"words,omitempty"` // Text is in the patient's own words, as in Case
	// Buttons stand below the line.
	Buttons []answer.Button `json:"buttons,omitempty"`

	// The fields of a mark.
	Mark  string `json:"mark,omitempty"`  // the staff message that is marked
	State string `json:"state,omitempty"` // Sent, Delivered, Failed or desk.Refused
	Why   string `json:"why,omitempty"`

	Due time.Time `json:"due"`
	// Urgent posts belong to a case in the urgent channel. They have a queue and a worker of their
	// own. The store sets it.
	Urgent bool `json:"urgent,omitempty"`
	// Again says of a card that it may have been posted already, so the desk is searched first.
	Again  bool   `json:"again,omitempty"`
	Panics int    `json:"panics,omitempty"` // how often posting it panicked
	Tries  int    `json:"-"`                // how often it was claimed before
	Token  string `json:"-"`                // proves the claim when it is settled
}

// Command is a /clinic command.
type Command struct {
	ID   string // the event's id
	User string
	// FromDesk says that it was given in one of the desk's channels, whose members may see and
	// reach patients.
	FromDesk bool
	Text     string
}

// ThreadReply is what a staff member wrote in a case's thread.
type ThreadReply struct {
	ID     string // the message's id, which names the event and the message to mark
	Thread string
	User   string
	Text   string
	Names  bool // it begins by naming a colleague
	// Mentions says that it names one further on, who stands in Text by what they are called.
	Mentions bool
	Case     bool // the thread is under a card of ours, so there is a case
}

// Revision is what a staff member made of a message that they wrote in a case's thread before.
type Revision struct {
	ID      string // the event's id
	Message string // the message's id, as in ThreadReply
	Thread  string
	User    string
	Text    string // what stands there now
	Gone    bool   // they deleted it
}

// Press is a pressed button.
type Press struct {
	ID     string // the event's id
	Thread string // of the card that it stands on, if it stands on one
	// Action is the encoded act of the button, or the name of a card's own: desk.ActionTake …
	Action   string
	User     string
	FromDesk bool // as in Command
	Once     bool // as in Effects: it came from the carrier
}

// Submission is a form that was filled in.
type Submission struct {
	ID       string // the event's id
	User     string
	FromDesk bool              // as in Command
	Thread   string            // of the card whose button opened it, if one did
	Do       string            // the act that the values complete, encoded
	Values   map[string]string // by field
}

// Ends returns the last four characters of the case's number or sender, which staff may see.
func (c Case) Ends() string {
	if r := []rune(c.Sender); c.Phone.IsZero() && len(r) > 0 {
		return string(r[max(0, len(r)-4):])
	}
	return c.Phone.Last4()
}

// Slot reports whether the case is about a slot. Such a case belongs to no number.
func (c Case) Slot() bool {
	return c.Kind == kinds.Slot || c.Kind == kinds.SlotTaken || c.Kind == kinds.SlotOver
}

// Concern reports whether the case is a concern: a text that may hint at danger, which somebody
// should read soon. Unlike an alarm it pauses nothing and pings nobody.
func (c Case) Concern() bool { return c.Channel == UrgentChannel && c.Kind == kinds.Concern }

// Began returns when the case was opened, or when it became an alarm if it was a concern before.
func (c Case) Began() time.Time {
	if c.Alarmed.IsZero() {
		return c.At
	}
	return c.Alarmed
}

// Untaken reports whether the case is an alarm that nobody has taken.
func (c Case) Untaken() bool {
	return c.Open && c.Channel == UrgentChannel && !c.Concern() && c.TakenBy == ""
}

// Seen reports whether staff have been shown the case, or somebody has taken it. The card of a
// concern pinged nobody, so it doesn't count for the alarm that the concern became.
func (c Case) Seen() bool {
	return c.TakenBy != "" || c.Thread != "" && (c.Alarmed.IsZero() || c.Pages > 0)
}
