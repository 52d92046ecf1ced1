package redis

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// line sends the scripts that many workers call at once in one round trip: while a trip is under
// way, the calls that come meanwhile gather for the next. A single worker waits for nobody. No trip
// is retried.
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

// run calls a script and waits for its answer.
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
	if redis.HasErrorPrefix(c.cmd.Err(), "NOSCRIPT") { // the server is new, and has run nothing
		return s.lua.Eval(ctx, l.db, keys, args...)
	}
	return c.cmd.Cmd
}

// trip makes a trip for all calls that wait, the caller's among them, and leaves the next to the
// first that has come since. It isn't the caller's alone, so the client's timeouts end it and not
// the caller's.
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
