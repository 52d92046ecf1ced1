package gate

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Claim is a row that was claimed, with the state of its number at that moment.
type Claim struct {
	handlers.Outgoing
	Known handlers.State // none of an alarm: of that only the case counts
}

// Ledger holds the rows that wait to leave for a phone.
type Ledger interface {
	// Claim takes up to n rows due by now, for as long as lease; a claim that isn't settled by then is anybody's again. Asked texts come first,
	// and of unasked ones no more than the pace lets out. The error is of the rows that couldn't be read; the others come with it.
	Claim(ctx context.Context, now time.Time, n int, p Pace, lease time.Duration) ([]Claim, error)
	// Begin stores that a send begins (Tries, First, the body as it leaves), before it does. In the same step it makes sure that the number's
	// state is still the one that the send was decided from (s; not if it has no version), counts an unasked text against the caps, takes its
	// segments from the pace, binds the rows that it tells as well (With), and renews the lease.
	Begin(ctx context.Context, o handlers.Outgoing, s handlers.State, c Caps, p Pace, lease time.Duration) (Begun, error)
	// Settle stores the row as it now is and gives the claim back: for good, or (State Planned) to be claimed again at Due.
	// False: the claim was lost.
	Settle(ctx context.Context, o handlers.Outgoing) (bool, error)
	// Next is when the next row falls due, or, if the pace holds it back, when it may leave; zero if none waits.
	Next(ctx context.Context, p Pace) (time.Time, error)
}

// Pace is how fast texts may leave, all processes together.
type Pace struct {
	Every  time.Duration // between two segments; 0 is no limit
	Ahead  time.Duration // how far ahead a segment may be promised; 0 where nobody can wait for it
	Day    string        // the day that PerDay counts, where the clinic is
	Ends   time.Time     // when that day does
	PerDay int           // segments of the day after which no unasked text leaves; 0 is no limit
}

// Caps are how many unasked texts a number may get: so many since each moment.
type Caps struct {
	Now, Day, Week  time.Time // now; the patient's midnight; seven days ago
	PerDay, PerWeek int       // 0 is no cap
	handlers.Share
}

// Begun is what Begin answers.
type Begun struct {
	Answer
	At   time.Time // of Ready: send it then
	With string    // of Apart: the rows that it still can tell as well
	Cap  string    // of Capped: "day" or "week"
}

// Answer is the word that Begin answers.
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

// Carrier is the way to a phone.
type Carrier interface {
	// Send hands a text over; it returns the carrier's id. A refusal is a *Refusal; any other error leaves the outcome unknown.
	Send(ctx context.Context, o handlers.Outgoing) (sid string, err error)
	// Call rings a phone and speaks the body; the one who answers can take the case by pressing 1. Unknown outcomes and refusals as in Send.
	Call(ctx context.Context, o handlers.Outgoing) (sid string, err error)
	// Find looks for a text of this body that was sent to the number at since or after. "": there is none.
	Find(ctx context.Context, o handlers.Outgoing, since time.Time) (sid string, err error)
}
