package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// State is what is known of a number at one moment.
type State struct {
	Phone        Phone
	Conversation Conversation
	Consent      Consent
	Visits       []Visit // that start after now less a day, soonest first
	Cases        []Case  // open ones
	Texted       bool    // was ever sent an unasked text
	Reach        Reach
	Offers       []Slot // that were offered to the number lately
	Version      string // the store's mark of this state; "" if it wasn't read from there
}

// Claim is a row that was claimed, with the state of its number at that moment.
type Claim struct {
	Outgoing
	Known State // none of an alarm: of that only the case counts
}

// Urgent is the open case of a number that may be in danger, which locks answers and reminders; nil if there is none. A concern is no such case.
func (s State) Urgent() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Channel == UrgentChannel && !c.Concern() {
			return c
		}
	}
	return nil
}

// Effects are what an event changes; the Store writes them in one atomic step.
type Effects struct {
	Reply        Reply
	Conversation *Conversation
	Consent      *Consent
	Visits       []Visit  // booked, moved or answered
	Gone         []string // visits that aren't this number's any more
	Cases        []Case
	Posts        []Post
	Texts        []Outgoing // planned, or (State Skipped) kept to say why they aren't; one whose id was there before is left as it is
	Void         []string   // rows voided if they are still planned
	VoidWhy      string
	Retry        []Outgoing // failed rows that staff have sent again
	Dismiss      []Outgoing // failed rows that staff have seen to
	By           string     // the one who retries or dismisses
	Reach        *Reach
	Slots        []Slot // freed, or changed: nothing is written if another has changed one of them since it was read
	Wishes       []Wish // put on the waitlist
	Unwish       []Wish // taken off it
}

// ErrConflict says that a turn was tried over and over while others wrote the same number.
var ErrConflict = errors.New("store: the same number was written by others again and again")

// ErrAway says that the store doesn't answer. What was asked of it may have been done.
var ErrAway = errors.New("store: away")

// Store keeps what outlives a restart.
type Store interface {
	// Turn reads the state of a number, lets decide answer it, and writes the effects atomically under the event's id. decide may be
	// called more than once, so it changes nothing itself. If the id was there before, Turn returns the first time's reply, again true.
	// The zero Phone is the desk itself: its state is the open cases that belong to no number.
	Turn(ctx context.Context, id string, p Phone, decide func(State) (Effects, error)) (r Reply, again bool, err error)
	// Peek reads the state of a number.
	Peek(ctx context.Context, p Phone) (State, error)
}

// Lease is how long a claim lasts; a send that begins renews it. It is longer than any one step takes, and short enough that
// what a killed process held goes out within the half minute.
const Lease = 20 * time.Second

// Ledger holds the rows that wait to leave for a phone.
type Ledger interface {
	// Claim takes up to n rows due by now, for as long as lease; a claim that isn't settled by then is anybody's again. Asked texts come first,
	// and of unasked ones no more than the pace lets out. The error is of the rows that couldn't be read; the others come with it.
	Claim(ctx context.Context, now time.Time, n int, p Pace, lease time.Duration) ([]Claim, error)
	// Begin stores that a send begins (Tries, First, the body as it leaves), before it does. In the same step it makes sure that the number's
	// state is still the one that the send was decided from (s; not if it has no version), counts an unasked text against the caps, takes its
	// segments from the pace, binds the rows that it tells as well (With), and renews the lease.
	Begin(ctx context.Context, o Outgoing, s State, c Caps, p Pace, lease time.Duration) (Begun, error)
	// Settle stores the row as it now is and gives the claim back: for good, or (State Planned) to be claimed again at Due.
	// False: the claim was lost.
	Settle(ctx context.Context, o Outgoing) (bool, error)
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
	Share
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
	Send(ctx context.Context, o Outgoing) (sid string, err error)
	// Call rings a phone and speaks the body; the one who answers can take the case by pressing 1. Unknown outcomes and refusals as in Send.
	Call(ctx context.Context, o Outgoing) (sid string, err error)
	// Find looks for a text of this body that was sent to the number at since or after. "": there is none.
	Find(ctx context.Context, o Outgoing, since time.Time) (sid string, err error)
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
func (r *Refusal) Reason() string { return reason(r.Why, r.Code) }

func reason(why string, code int) string {
	if code == 0 {
		return why
	}
	return fmt.Sprintf("%s (%d)", why, code)
}

// OptedOut is the carrier's code (Twilio's 21610) for a number that has opted out there.
const OptedOut = 21610

// Posted is what became of a post.
type Posted struct {
	Thread string    // that the case's card was posted in, "" if it wasn't
	Again  time.Time // tried again then; zero: it is done
	Hold   bool      // of Again: the other posts of the case wait for it, so that they stay in order
}

// Desk is where staff work.
type Desk interface {
	// Card shows the case as it stands and returns its thread. again: an earlier try may have posted it, so look first.
	Card(ctx context.Context, c Case, again bool) (thread string, err error)
	// Note writes a line in the case's thread.
	Note(ctx context.Context, c Case, p Post) error
	// Mark shows at a staff message what became of it.
	Mark(ctx context.Context, c Case, p Post) error
	// Say writes a line in a channel that belongs to no case, and pings everybody there.
	Say(ctx context.Context, channel, text string) error
}

// Unreachable is a desk's answer that a channel can't be posted in until somebody mends it: it is
// archived, the bot isn't in it, or the bot's token was revoked.
type Unreachable struct {
	Why string
	Err error // the desk's own answer
}

func (u *Unreachable) Unwrap() error { return u.Err }

func (u *Unreachable) Error() string { return "desk out of reach: " + u.Why }

// Ring is a row of the ledger that tells the on-call phone who is in danger.
type Ring struct {
	ID   string
	Kind string    // a text or a call: each has rounds of its own
	Due  time.Time // when it was to leave
	At   time.Time // when it left, or tried to
}

// Posts is the desk's queue.
type Posts interface {
	// ClaimPosts takes up to n posts of a queue that are due.
	ClaimPosts(ctx context.Context, urgent bool, now time.Time, n int, lease time.Duration) ([]Post, error)
	// Case reads a case by its id; ok is false if there is none.
	Case(ctx context.Context, id string) (c Case, ok bool, err error)
	// SettlePost gives a post back as what became of it says.
	SettlePost(ctx context.Context, p Post, done Posted) error
	NextPost(ctx context.Context) (time.Time, error)
	// Untaken are the alarms that nobody has, oldest first.
	Untaken(ctx context.Context) ([]Case, error)
	// NextRing is when the on-call phone is told next: grace from now, but no sooner than gap after
	// it was last to be told. All who ask until then get the same time.
	NextRing(ctx context.Context, now time.Time, grace, gap time.Duration) (time.Time, error)
	// TakeRing notes that a row tells the on-call phone now, and returns that row. But if another
	// told it less than gap ago, or since the row was to, that one is returned and stays, unless it
	// is over.
	TakeRing(ctx context.Context, r Ring, gap time.Duration, over string) (Ring, error)
	// Row reads a row of the ledger of texts; the zero row if there is none.
	Row(ctx context.Context, id string) (Outgoing, error)
}

// Meter counts. It is never nil; a test's counts nothing.
type Meter interface {
	Answered(kind string, took time.Duration)
	Sent(kind, outcome string, late time.Duration)
	Posted(outcome string)
	Taken(kind string, after time.Duration)
	// Panicked counts the panics that were recovered, by what was handled: text, post, slot …
	Panicked(what string)
}
