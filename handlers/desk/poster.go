package desk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Poster posts what waits for the desk, in the order it fell due: urgent posts by Alarms, all
// others by Deliver, so that ordinary posts never hold up an alarm.
type Poster struct {
	Base  *knowledge.Base
	Store handlers.Store
	Posts Queue
	Board Board
	Ring  Ringer
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger

	lanes    lanes
	vigil    vigil
	straight straight
	crowd    crowd
}

// Ringer reaches the on-call phone at once, past the ledger: for when the store is away.
type Ringer interface {
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
	postTime   = 15 * time.Second // bounds one post
	urgentTime = 5 * time.Second  // bounds one urgent post: then the on-call phone is told
)

// vigil is what this process remembers of the alarms that nobody has, so that people are told of them
// while the store is away.
type vigil struct {
	mu     sync.Mutex
	alarms map[string]*kept // by case
	away   time.Time        // when the store was last found to be away; zero if it never was
}

// kept is an alarm, and who was told of it without the store.
type kept struct {
	c      handlers.Case
	since  time.Time // this process has known it
	stored bool      // the store has it
	tried  bool      // its card was to be posted without the store
	shown  bool      // its card is at the desk
	owed   bool      // nobody was told: the on-call phone is, with the next round
	rung   time.Time // when the on-call phone was last told
	rounds int       // how often
}

// straight are the alarms that are told past the store. One goroutine tells them, in the order they
// came, and ends when none is left.
type straight struct {
	mu      sync.Mutex
	waiting []direct
	running bool
	done    sync.WaitGroup
	rung    time.Time // when the telling of the on-call phone last began,
	heard   time.Time // and when one began that went through
}

// direct is an alarm on its way past the store; look says that its card may have been posted.
type direct struct {
	c    handlers.Case
	look bool
}

// heardAt is when the on-call phone was last reached past the store; zero if never.
func (s *straight) heardAt() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

// crowdTime is how often it is looked at most whether a crowd is in danger.
const crowdTime = 4 * time.Second

// crowd remembers which of many patients in danger a summary has told of.
type crowd struct {
	mu   sync.Mutex
	last time.Time       // when it was last looked whether there are many
	told map[string]bool // by case, while its card isn't there
}

// due tells whether it is time to look for a crowd, and notes that it is done.
func (c *crowd) due(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.last.Add(crowdTime)) {
		return false
	}
	c.last = now
	return true
}
