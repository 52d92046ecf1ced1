package redis

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// line batches the scripts that many workers call at once: while a round trip is under way, the
// calls that come meanwhile gather for the next one. A single worker never waits for others. No
// trip is retried, since its scripts claim and count. It is safe for concurrent use.
type line struct {
	db once

	mu      sync.Mutex
	waiting []*call // for the next trip, in the order in which they came
	busy    bool    // a trip is under way, or somebody was told to make one
}

// call is a call of a script that waits for its trip.
type call struct {
	cmd   unrepeated
	leads chan bool // false: the trip was made; true: make it, for all that wait
}

// mostCalls bounds a trip: Redis runs its scripts in a row, and everybody else waits meanwhile.
const mostCalls = 64

// run calls a script and waits for its answer. ctx bounds a call again after NOSCRIPT only; a trip
// ends with the client's timeouts.
func (l *line) run(ctx context.Context, s *script, k keys, given ...arg) *redis.Cmd {
	keys, args, err := s.bind(k, given)
	if err != nil {
		return failed(ctx, err)
	}
	c := &call{cmd: eval(ctx, "evalsha", s.lua.Hash(), keys, args), leads: make(chan bool, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, c)
	lead := !l.busy
	l.busy = true
	l.mu.Unlock()
	if lead || <-c.leads {
		l.trip(ctx, c)
	}
	// A server that was restarted doesn't know the script, and has run nothing.
	if redis.HasErrorPrefix(c.cmd.Err(), "NOSCRIPT") {
		return s.lua.Eval(ctx, l.db, keys, args...)
	}
	return c.cmd.Cmd
}

// trip makes a round trip for the calls that wait longest, the caller's among them, and then hands
// the lead to the first that has come since. It isn't the caller's alone, so it doesn't end with
// the caller's ctx but with the client's timeouts.
func (l *line) trip(ctx context.Context, own *call) {
	l.mu.Lock()
	n := min(len(l.waiting), mostCalls)
	calls := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	l.mu.Unlock()
	pipe := l.db.Pipeline()
	for _, c := range calls {
		_ = pipe.Process(ctx, c.cmd) // only gathered, so it can't fail
	}
	_, _ = pipe.Exec(context.WithoutCancel(ctx)) // each command has its own error
	l.mu.Lock()
	if l.busy = len(l.waiting) > 0; l.busy {
		l.waiting[0].leads <- true
	}
	l.mu.Unlock()
	for _, c := range calls {
		if c != own {
			c.leads <- false
		}
	}
}
