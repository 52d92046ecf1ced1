package desk

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Poster posts what waits for the desk, in the order in which it fell due. Alarms posts the urgent
// posts and Deliver all others, so that ordinary posts never hold up an alarm. Its methods may be
// called concurrently. The unexported fields are what this process alone knows; a restart forgets
// them.
type Poster struct {
	Base  *knowledge.Base
	Store handlers.Store
	Posts Queue
	Board Board
	Ring  Ringer
	// Step does what is due of a broadcast, and returns when to look again; zero: it is done.
	Step func(ctx context.Context, c handlers.Case) (again time.Time, err error)
	// Facts reads what a card says of its patient; nil: nothing.
	Facts func(ctx context.Context, c handlers.Case) ([]handlers.Fact, error)
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger

	lanes    lanes    // which channels take no posts
	holds    holds    // whose first card is being posted
	vigil    vigil    // the open alarms, for while the store is away
	straight straight // alarms that people are told of without the store
	crowd    crowd    // who was told of in a summary
}

// Ringer reaches the on-call phone while the store is away.
type Ringer interface {
	// SendNow sends rows at once, without the ledger.
	SendNow(ctx context.Context, rows []handlers.Outgoing) error
}

// Meter counts what became of posts.
type Meter interface {
	// Posted counts a post by its outcome, and a round of paging as "page".
	Posted(outcome string)
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}

const (
	postTime = 15 * time.Second // bounds one post
	// urgentTime bounds one urgent post. A desk that hangs counts as failed by then, and the
	// on-call phone is told.
	urgentTime = 5 * time.Second
)
