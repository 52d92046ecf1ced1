package desk

import (
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Urgent reports whether the case with this id is in the urgent channel, going by the first list
// that has it; false if none does. The store uses it to pick the queue of a post.
func Urgent(id string, lists ...[]handlers.Case) bool {
	for _, l := range lists {
		for _, c := range l {
			if c.ID == id {
				return c.Channel == handlers.UrgentChannel
			}
		}
	}
	return false
}

// What a Post can do at the desk.
const (
	PostCard = "card" // show the case as it stands: posted the first time, updated after
	PostNote = "note" // a line in the thread
	PostMark = "mark" // what became of a staff message
	PostPage = "page" // page the desk, if nobody has the case by then
	PostStep = "step" // take the next step of a broadcast
	PostRead = "read" // make an alarm of a concern, if nobody has read it by then
	PostWait = "wait" // see whether an ordinary case has waited too long, or makes no sense any more
)

// Refused is the state of a mark whose staff message the gate didn't let out.
const Refused = "refused"

// Posted is the result of a post.
type Posted struct {
	Thread string    // the thread of the card that was posted, "" if none was
	Again  time.Time // when to try again; zero: the post is done
	// Hold makes the other posts of the case wait for the retry, so that they stay in order.
	Hold bool
}

// Ring tells the on-call phone of alarms, by a text or a call: a row of the ledger, or one that
// leaves without the store.
type Ring struct {
	ID   string
	Kind string    // replies.OnCallText or OnCallVoice: texts and calls are paced apart
	Due  time.Time // when it was to leave
	At   time.Time // when its send began
	Of   []string  // ids of the cases that it tells of
	// Sent says of one that has no row that it is known to have left.
	Sent bool
}

// tells reports whether the ring tells of all these cases.
func (r Ring) tells(cases []handlers.Case) bool {
	of := make(map[string]bool, len(r.Of)) // on a bad night there are hundreds
	for _, id := range r.Of {
		of[id] = true
	}
	return !slices.ContainsFunc(cases, func(c handlers.Case) bool { return !of[c.ID] })
}

// Queue is the desk's queue, which all processes share.
type Queue interface {
	// ClaimPosts claims up to n due posts, urgent or ordinary ones, in the order in which they fell
	// due. A claim that isn't settled within lease can be claimed again by any process. The error
	// is of the posts that couldn't be read; the others come with it.
	ClaimPosts(
		ctx context.Context, urgent bool, now time.Time, n int, lease time.Duration,
	) ([]handlers.Post, error)
	// Case reads a case by its id; ok is false if there is none.
	Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error)
	// SettlePost gives a claimed post back with its result. If the claim was lost, only the thread
	// of a card that was posted is stored.
	SettlePost(ctx context.Context, p handlers.Post, done Posted) error
	// HoldCard has by alone post the first card of a case until lease from now, or gives it up if
	// lease is 0. held is false if somebody else holds it. before says that it was held already
	// within the last minutes, so the card may be posted.
	HoldCard(
		ctx context.Context, id, by string, now time.Time, lease time.Duration,
	) (held, before bool, err error)
	// Untaken returns the alarms that nobody has, oldest first.
	Untaken(ctx context.Context) ([]handlers.Case, error)
	// NextRing returns when the on-call phone is told next: grace from now, but no sooner than gap
	// after the time it returned last. Everybody who asks before that time gets the same one, so
	// that alarms which come together share a text and a call.
	NextRing(ctx context.Context, now time.Time, grace, gap time.Duration) (time.Time, error)
	// TakeRing notes that r tells the on-call phone now, and returns r. If another ring of the kind
	// told it less than gap ago, or after r was due, it returns that one and notes nothing. over is
	// the id of such a ring whose place r takes all the same.
	TakeRing(ctx context.Context, r Ring, gap time.Duration, over string) (Ring, error)
	// Row reads a row of the ledger of texts; the zero row if there is none.
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
}
