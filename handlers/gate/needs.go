package gate

import (
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Wording says what a row comes to when it is due, from what is known then.
type Wording interface {
	// Compose words an unasked text from its visit or its slot as it stands now, or says why the
	// text isn't sent, or when to ask again.
	Compose(s handlers.State, o handlers.Outgoing, now time.Time) handlers.Composed
	// Task looks at a visit. It returns what the desk is told, and for the ledger what came of it.
	Task(s handlers.State, o handlers.Outgoing, now time.Time) (e handlers.Effects, outcome string)
	// Instead is what staff are to tell a patient whom a text couldn't, "" if there is nothing, and
	// the visits as they are once it is theirs to tell.
	Instead(
		s handlers.State, o handlers.Outgoing, now time.Time,
	) (say string, visits []handlers.Visit)
	// Alarm words a row to the on-call phone, or says why it isn't sent, or when to ask again.
	Alarm(
		ctx context.Context, o handlers.Outgoing,
	) (handlers.Outgoing, handlers.Composed, error)
}

// Ledger holds the rows that wait to leave for a phone.
type Ledger interface {
	// Claim takes up to n rows due by now, for as long as lease; a claim that isn't settled by then
	// is anybody's again. Asked texts come first, and of unasked ones no more than the pace lets
	// out. The error is of the rows that couldn't be read; the others come with it.
	Claim(ctx context.Context, now time.Time, n int, p Pace, lease time.Duration) ([]Claim, error)
	// Begin stores that a send begins (Tries, First, the body as it leaves), before it does. In the
	// same step it makes sure that the number's state is still the one that the send was decided
	// from (s; not if it has no version), counts an unasked text against the caps, takes its
	// segments from the pace, binds the rows that it tells as well (With), and renews the lease.
	Begin(
		ctx context.Context, o handlers.Outgoing, s handlers.State, c Caps, p Pace,
		lease time.Duration,
	) (Begun, error)
	// Settle stores the row as it now is and gives the claim back: for good, or (State Planned) to
	// be claimed again at Due. False: the claim was lost.
	Settle(ctx context.Context, o handlers.Outgoing) (bool, error)
}

// Lease is how long a claim lasts; a send that begins renews it. It is longer than any step takes,
// and short enough that what a killed process held is sent within half a minute.
const Lease = 20 * time.Second

// Claim is a row that was claimed, with the state of its number at that moment.
type Claim struct {
	handlers.Outgoing
	Known handlers.State // none of an alarm: of that only the case counts
}

// Caps limit the unasked texts of a number: so many since each moment.
type Caps struct {
	Now, Day, Week  time.Time // now; the patient's midnight; seven days ago
	PerDay, PerWeek int       // 0 is no cap
	handlers.Share
}

// Pace is how fast texts may be sent, over all processes.
type Pace struct {
	Every  time.Duration // between two segments; 0 is no limit
	Ahead  time.Duration // how far ahead a segment may be promised; 0 where nobody can wait for it
	Day    string        // the day that PerDay counts, where the clinic is
	Ends   time.Time     // when that day does
	PerDay int           // segments of the day after which no unasked text leaves; 0 is no limit
}

// Begun is the result of Begin.
type Begun struct {
	Answer
	At   time.Time // of Ready: send it then
	With string    // of Apart: the rows that it still can tell as well
	Cap  string    // of Capped: "day" or "week"
}

// Answer is what Begin decided.
type Answer int

// The answers of Begin.
const (
	Lost   Answer = iota // the claim is another's now: leave the row alone
	Ready                // send it
	Capped               // the number had its share
	Paced                // it is too early for the pace
	Apart                // a row that it was to tell as well goes its own way: word it anew
	Stale                // the number's state is another now: decide anew
)

// Receipts moves rows of the ledger as receipts come in.
type Receipts interface {
	// Row reads a row; one without an ID if there is none.
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
	// Advance moves a row forward and returns it as it then is. With a time again, one that failed
	// is tried again then.
	Advance(
		ctx context.Context, id, state, sid, why string, at, again time.Time,
	) (o handlers.Outgoing, moved bool, err error)
}

// Carrier is the way to a phone.
type Carrier interface {
	// Send hands a text over; it returns the carrier's id. A refusal is a [*handlers.Refusal]; any
	// other error leaves the outcome unknown. It goes to the row's address: its number on its
	// channel.
	Send(ctx context.Context, o handlers.Outgoing) (sid string, err error)
	// Call rings a phone and speaks the body; the one who answers can take the case by pressing 1.
	// Unknown outcomes and refusals as in Send.
	Call(ctx context.Context, o handlers.Outgoing) (sid string, err error)
	// Find looks for a text of this body that was sent to the row's address at since or after. "":
	// there is none.
	Find(ctx context.Context, o handlers.Outgoing, since time.Time) (sid string, err error)
}

// Dismissed is the state in a row's history once staff took it off the list of failed texts; the
// row itself stays failed.
const Dismissed = "dismissed"

// OptedOut is the carrier's code (Twilio's 21610) for a number that has opted out there.
const OptedOut = 21610

// optedOut says whether a code is of a number that has opted out, of SMS or of another channel;
// whoever blocks us there counts as well. source: twilio.com/docs/api/errors/63014, …/63033,
// …/63050
func optedOut(code int) bool {
	return slices.Contains([]int{OptedOut, 63014, 63033, 63050}, code)
}

// The ways to a phone that the clinic's own set-up at the carrier can close.
const (
	WaySend    = "send"    // the carrier takes no texts from us
	WayDeliver = "deliver" // it takes them, and they don't arrive
	WayCall    = "call"    // it takes no calls
)

// Meter counts what became of texts.
type Meter interface {
	// Sent counts a text by its kind and its outcome; late is by how much it left after it was due.
	Sent(kind, outcome string, late time.Duration)
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}
