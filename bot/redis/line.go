package redis

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// line carries the scripts that many hands call at once in one round trip: while one trip is under way, those that come next gather for the
// following. A hand alone waits for nobody. No trip is made twice.
type line struct {
	db once

	mu      sync.Mutex
	waiting []*call
	busy    bool
}

// call is a script that waits for its trip.
type call struct {
	cmd   unrepeated
	leads chan bool // false: the trip was made; true: make it, with all that wait
}

// mostCalls bounds a trip, so that nobody else waits long for Redis.
const mostCalls = 64

// run runs a script and returns when it has been.
func (l *line) run(ctx context.Context, s *redis.Script, keys []string, args ...any) *redis.Cmd {
	c := &call{cmd: eval(ctx, "evalsha", s.Hash(), keys, args), leads: make(chan bool, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, c)
	lead := !l.busy
	l.busy = true
	l.mu.Unlock()
	if lead || <-c.leads {
		l.trip(ctx, c)
	}
	if redis.HasErrorPrefix(c.cmd.Err(), "NOSCRIPT") { // the server is new, and has done nothing
		return s.Eval(ctx, l.db, keys, args...)
	}
	return c.cmd.Cmd
}

// trip makes one for all that wait, the caller's among them, and leaves the next to the first that has come since. It isn't the caller's alone,
// so it ends by the client's own time-outs and not by the caller's.
func (l *line) trip(ctx context.Context, own *call) {
	l.mu.Lock()
	n := min(len(l.waiting), mostCalls)
	calls := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	l.mu.Unlock()
	pipe := l.db.Pipeline()
	for _, c := range calls {
		_ = pipe.Process(ctx, c.cmd) // it is only gathered
	}
	_, _ = pipe.Exec(context.WithoutCancel(ctx)) // each has its own error
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
