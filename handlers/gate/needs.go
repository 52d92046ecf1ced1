package gate

import (
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Wording gives a row its words when it is due, from what is known then: a visit may have moved
// since the row was planned.
type Wording interface {
	// Compose words an unasked text from its visit or its slot as it stands now, or says why the
	// text isn't sent, or when to ask again. It must change nothing, since a row may be composed
	// several times before it is sent.
	Compose(s handlers.State, o handlers.Outgoing, now time.Time) handlers.Composed
	// Task checks the visit of a row with Task set. It returns what the desk is told, and what the
	// ledger notes as the outcome.
	Task(s handlers.State, o handlers.Outgoing, now time.Time) (e handlers.Effects, outcome string)
	// Instead returns what staff must tell a patient by phone because the text didn't reach them,
	// "" if there is nothing, and the visits that this changes: how to prepare counts as told once
	// it is the staff's task.
	Instead(
		s handlers.State, o handlers.Outgoing, now time.Time,
	) (say string, visits []handlers.Visit)
	// Alarm words a row to the on-call phone, or says why it isn't sent, or when to ask again.
	Alarm(
		ctx context.Context, o handlers.Outgoing,
	) (handlers.Outgoing, handlers.Composed, error)
}

// Ledger holds the rows that wait to leave for a phone. It is shared by all processes.
type Ledger interface {
	// Claim takes up to n rows due by now, for as long as lease; after that, any process may claim
	// them again. Alarms and texts that somebody asked for come first, and of unasked ones no more
	// than the pace lets out. The error is of the rows that couldn't be read; the others come with
	// it.
	Claim(ctx context.Context, now time.Time, n int, p Pace, lease time.Duration) ([]Claim, error)
	// Begin stores that a send begins (Tries, First, the body as it leaves), before the carrier is
	// asked: a row that a crash leaves behind then shows that it may have been sent. In the same
	// atomic step it checks that the number's state is still the one that the send was decided from
	// (s; unchecked if it has no version), counts an unasked text against the caps, takes its
	// segments from the pace, claims the rows whose news it includes (With), and renews the lease.
	Begin(
		ctx context.Context, o handlers.Outgoing, s handlers.State, c Caps, p Pace,
		lease time.Duration,
	) (Begun, error)
	// Settle stores the row as it now is and gives the claim back: for good, or (State Planned) to
	// be claimed again at Due. Planned with no Tries takes a begun send back: it counts against no
	// cap any more. Settle returns false, and stores nothing, if the claim was lost.
	Settle(ctx context.Context, o handlers.Outgoing) (bool, error)
}

// Lease is how long a claim lasts; Begin renews it. It is longer than sendTime, so that nobody else
// claims a row whose request is still running, and short enough that what a killed process held is
// sent within half a minute.
const Lease = 20 * time.Second

// Claim is a row that was claimed, with the state of its number at that moment.
type Claim struct {
	handlers.Outgoing
	Known handlers.State // zero for an alarm, which depends on the open cases alone
}

// Caps limit the unasked texts of a number: PerDay of them since Day, PerWeek since Week.
type Caps struct {
	Now, Day, Week  time.Time // now; the last midnight in the patient's zone; seven days ago
	PerDay, PerWeek int       // 0 is no cap
	handlers.Share            // texts that this one must leave for others
}

// Pace is how fast texts may be sent by all processes together. It counts segments, since the
// carrier does.
type Pace struct {
	Every time.Duration // between two segments; 0 is no limit
	// Ahead is how far in the future a send's moment may lie. It is 0 if the process can't wait for
	// it (see Texter.Sleep); such a row is Paced and claimed again.
	Ahead  time.Duration
	Day    string    // the day that PerDay counts, in the clinic's zone: 2006-01-02
	Ends   time.Time // when that day ends
	PerDay int       // segments of the day after which no unasked text leaves; 0 is no limit
}

// Since returns, for each text that room is kept for, since when texts count against it.
func (c Caps) Since() (out []time.Time) {
	for _, at := range c.Keep {
		out = append(out, weekBefore(at).Add(KeptLate))
	}
	return out
}

// Begun is the result of Begin. With and Cap each belong to one Answer.
type Begun struct {
	Answer
	// At is of Ready when to send it, and of Capped by the week from when the week has room for it;
	// zero if what stands against it is kept for other texts.
	At   time.Time
	With string // of Apart: the rows that it can still include, as in Outgoing.With
	Cap  string // of Capped: "day" or "week"
}

// Answer is what Begin decided.
type Answer int

// The answers of Begin. Only after Ready is anything stored.
const (
	Lost   Answer = iota // another process has the row now: leave it alone
	Ready                // send it at Begun.At
	Capped               // the number has had as many unasked texts as the caps allow
	Paced                // the pace lets nothing out now: give the row back
	Apart                // a row of With was sent or dropped by itself: word the text without it
	Stale                // the number's state has changed since it was read: decide again
)

// Receipts moves rows of the ledger as receipts come in.
type Receipts interface {
	// Row reads a row; one without an ID if there is none.
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
	// Advance moves a row forward to a state and returns it as it then is. A state that isn't ahead
	// of the row's changes nothing, since receipts come in any order and repeated; nor does a
	// receipt of an earlier round. If again isn't zero, a row that failed is planned again for that
	// time.
	Advance(
		ctx context.Context, id, state, sid, why string, at, again time.Time,
	) (o handlers.Outgoing, moved bool, err error)
}

// Carrier is the way to a phone.
type Carrier interface {
	// Send hands a text to the carrier and returns the carrier's id. It goes to the row's address:
	// its number on its channel. The error is a [*handlers.Refusal] if the carrier didn't take the
	// text; after any other error it may have taken it.
	Send(ctx context.Context, o handlers.Outgoing) (sid string, err error)
	// Call rings a phone and speaks the body; the one who answers can take the case by pressing 1.
	// Its errors are as in Send.
	Call(ctx context.Context, o handlers.Outgoing) (sid string, err error)
	// Find looks for a text of this body that was sent to the row's address at since or after, and
	// returns the carrier's id; "" if there is none.
	Find(ctx context.Context, o handlers.Outgoing, since time.Time) (sid string, err error)
}

// Dismissed is the state in a row's history once staff took it off the list of failed texts; the
// row itself stays failed.
const Dismissed = "dismissed"

// OptedOut is the carrier's code (Twilio's 21610) for a number that has opted out there.
const OptedOut = 21610

// optedOut reports whether a code says that the number has opted out, of SMS or of another channel.
// Whoever blocks us on WhatsApp or RCS counts as well: an opt-out holds for every channel. source:
// twilio.com/docs/api/errors/63014, …/63033, …/63050
func optedOut(code int) bool {
	return slices.Contains([]int{OptedOut, 63014, 63033, 63050}, code)
}

// The ways to a phone that the clinic's own set-up at the carrier can close, each by itself.
const (
	WaySend    = "send"    // the carrier takes no texts from us
	WayDeliver = "deliver" // it takes texts, but they don't arrive
	WayCall    = "call"    // it takes no calls
)

// Meter counts what became of texts.
type Meter interface {
	// Sent counts a text by its kind and its outcome, which is a state of the row, or "retry",
	// "held" or "undelivered". late is how long after its due time it was sent; 0 if it wasn't.
	Sent(kind, outcome string, late time.Duration)
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}
