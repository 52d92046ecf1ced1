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
	// patience bounds a command, with its wait for a connection, dialing and retries. Even if
	// Redis hangs, a patient in danger is answered within a second, and TCP has time to resend a
	// lost packet.
	patience = 600 * time.Millisecond
	// mostTries is how often a command is tried that alone timed out while others were answered:
	// then Redis or this machine is slow, and nothing hangs.
	mostTries = 3
	// slow is how long a command must have waited in vain to count against Redis; a caller may
	// give up sooner. After mostSlow of them without any answer in between, the breaker opens.
	slow     = 250 * time.Millisecond
	mostSlow = 3
	// rest is how long the breaker then lets nothing through.
	rest = 500 * time.Millisecond
)

// breaker is a circuit breaker: it bounds every command, and while Redis hangs it fails them at
// once. It opens after a few commands had no answer, lets a single probe through after each rest,
// and closes as soon as Redis answers anything. A Redis that is down refuses connections at once,
// and needs no breaker. It is a redis.Hook.
type breaker struct {
	now      func() time.Time // the machine's own clock; the store's may be turned
	patience time.Duration

	mu       sync.Mutex
	answered time.Time // when Redis last answered
	late     int       // commands since that had no answer
	until    time.Time // nothing is let through until then; zero: closed
	opened   int64     // how often it has opened
}

var _ redis.Hook = (*breaker)(nil)

// DialHook implements redis.Hook.
func (b *breaker) DialHook(next redis.DialHook) redis.DialHook {
	return next
}

// ProcessHook implements redis.Hook.
func (b *breaker) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		_, err := b.try(ctx, []redis.Cmder{cmd}, func(ctx context.Context) error {
			return next(ctx, cmd)
		})
		return err
	}
}

// ProcessPipelineHook implements redis.Hook. Unlike a single command's, the errors of a pipeline's
// commands are theirs to keep.
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

// part marks the context of a command that was let through: the handshake of its connection comes
// this way as well.
type part struct{}

// try runs commands, if the breaker lets them through. asked is false if it didn't.
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

func (b *breaker) inTime(ctx context.Context, next func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, part{}, true), b.patience)
	defer cancel()
	return next(ctx)
}

// ask says whether Redis may be asked. The first to ask after a rest is the probe: nobody else is
// let through until it must have ended.
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

// heard records what became of a command. answers says of one that had no answer that Redis has
// answered others meanwhile.
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
	if now.Sub(began) >= slow && !answers { // else it may tell of what was before
		b.late++
	}
	switch next := now.Add(rest); {
	case b.until.IsZero() && b.late >= mostSlow:
		b.until = next
		b.opened++
	case next.Before(b.until): // the probe is over
		b.until = next
	}
	return answers, away(err)
}

// unanswered says whether an error means that Redis gave no answer. That the caller gave up, or
// that the store was closed, says nothing of Redis.
func unanswered(err error) bool {
	return err != nil && !isReply(err) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, redis.ErrClosed)
}

// isReply says whether an error is Redis' own answer.
func isReply(err error) bool {
	var reply redis.Error
	return errors.As(err, &reply)
}

func away(err error) error {
	if errors.Is(err, handlers.ErrAway) {
		return err
	}
	return fmt.Errorf("%w: %w", handlers.ErrAway, err)
}

// Away says whether Redis hangs, so that every call fails at once, and how often that has begun.
func (r *Redis) Away() (now bool, times int64) {
	r.breaker.mu.Lock()
	defer r.breaker.mu.Unlock()
	return !r.breaker.until.IsZero(), r.breaker.opened
}
