package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// patience bounds one try of a command, including the wait for a connection, dialing and the
	// client's own retries. It is short enough that a patient in danger is answered within a
	// second even while Redis hangs, and long enough for TCP to resend a lost packet.
	patience = 600 * time.Millisecond
	// mostTries is how often a command is tried that timed out although others were answered
	// meanwhile: then Redis or this machine is slow, but nothing hangs.
	mostTries = 3
	// slow is how long a command must have waited in vain to count against Redis. A caller with a
	// short deadline may give up sooner, and that proves nothing. After mostSlow of them without
	// any answer in between, the breaker opens.
	slow     = 250 * time.Millisecond
	mostSlow = 3
	// rest is how long an open breaker lets nothing through: when it opens, and after each probe
	// that had no answer.
	rest = 500 * time.Millisecond
)

// breaker is a circuit breaker: it bounds every command, and while Redis hangs it fails them at
// once. It opens after a few commands had no answer, lets a single probe through after each rest,
// and closes as soon as Redis answers anything, even with an error. A Redis that is down refuses
// connections at once, and needs no breaker. It is a redis.Hook, and safe for concurrent use.
type breaker struct {
	now      func() time.Time // the machine's clock: the store's own may be turned by hand
	patience time.Duration    // see the constant; tests on a busy machine give more

	mu       sync.Mutex
	answered time.Time // when Redis last answered
	late     int       // commands since then that waited in vain
	until    time.Time // nothing is let through until then; zero while the breaker is closed
	opened   int64     // how often it has opened since the start
}

var _ redis.Hook = (*breaker)(nil)

// DialHook implements redis.Hook. Dialing is bounded as a part of the command that needs it.
func (b *breaker) DialHook(next redis.DialHook) redis.DialHook {
	return next
}

// ProcessHook implements redis.Hook. The client puts the error that it returns into the command.
func (b *breaker) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		_, err := b.try(ctx, []redis.Cmder{cmd}, func(ctx context.Context) error {
			return next(ctx, cmd)
		})
		return err
	}
}

// ProcessPipelineHook implements redis.Hook. Here the client leaves the errors of the commands as
// they are, so each is told that it wasn't let through, or that Redis is away.
func (b *breaker) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		asked, err := b.try(ctx, cmds, func(ctx context.Context) error { return next(ctx, cmds) })
		for _, c := range cmds {
			if own := c.Err(); !asked {
				c.SetErr(err)
			} else if unanswered(own) {
				c.SetErr(away(own))
			}
		}
		return err
	}
}

// part is the context key of a command that was let through. The handshake of a new connection runs
// through the same hooks, and is a part of its command: it is neither stopped nor counted.
type part struct{}

// try runs a command or a pipeline, if the breaker lets it through; asked is false if it didn't.
// What had no answer although others had is tried again while ctx lasts, unless a command in it
// forbids that: see unrepeated.
func (b *breaker) try(
	ctx context.Context, cmds []redis.Cmder, next func(context.Context) error,
) (asked bool, err error) {
	if ctx.Value(part{}) != nil {
		return true, next(ctx)
	}
	once := slices.ContainsFunc(cmds, redis.Cmder.NoRetry)
	for tries := 1; ; tries++ {
		began := b.now()
		if err := b.ask(began); err != nil {
			return asked, err
		}
		asked = true
		answers, err := b.heard(began, b.inTime(ctx, next))
		if err == nil || !answers || once || tries == mostTries || ctx.Err() != nil {
			return asked, err
		}
	}
}

// inTime runs a command within the breaker's patience, or the caller's deadline if that is sooner.
func (b *breaker) inTime(ctx context.Context, next func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, part{}, true), b.patience)
	defer cancel()
	return next(ctx)
}

// ask returns nil if Redis may be asked now, and handlers.ErrAway if not. The first to ask after a
// rest is the probe: nobody else is let through until it must have ended and another rest is over.
func (b *breaker) ask(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
	case now.Before(b.until):
		return fmt.Errorf("%w: no answer in time", handlers.ErrAway)
	default:
		b.until = now.Add(b.patience + rest)
	}
	return nil
}

// heard records what became of a command that began at began, and returns its error, as
// handlers.ErrAway if there was no answer. answers reports that Redis has answered others since it
// began.
func (b *breaker) heard(began time.Time, err error) (answers bool, _ error) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !unanswered(err) {
		if err == nil || isReply(err) {
			b.answered, b.late, b.until = now, 0, time.Time{}
		}
		return false, err
	}
	answers = !began.After(b.answered)
	// One that began before the last answer proves nothing: what it waited for may be over.
	if now.Sub(began) >= slow && !answers {
		b.late++
	}
	switch next := now.Add(rest); {
	case b.until.IsZero() && b.late >= mostSlow:
		b.until = next
		b.opened++
	case next.Before(b.until): // the probe has ended sooner than ask assumed
		b.until = next
	}
	return answers, away(err)
}

// unanswered reports whether an error means that Redis gave no answer. That the caller has gone, or
// that the store was closed, says nothing about Redis.
func unanswered(err error) bool {
	return err != nil && !isReply(err) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, redis.ErrClosed)
}

// isReply reports whether an error is an answer of Redis itself, like WRONGTYPE or a missing key.
func isReply(err error) bool {
	var reply redis.Error
	return errors.As(err, &reply)
}

// away wraps an error in handlers.ErrAway, once.
func away(err error) error {
	if errors.Is(err, handlers.ErrAway) {
		return err
	}
	return fmt.Errorf("%w: %w", handlers.ErrAway, err)
}

// Away reports whether Redis hangs, so that calls fail at once, and how often that has begun since
// the start. A Redis that refuses connections isn't away in this sense.
func (r *Redis) Away() (now bool, times int64) {
	r.breaker.mu.Lock()
	defer r.breaker.mu.Unlock()
	return !r.breaker.until.IsZero(), r.breaker.opened
}
