package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// free(pace, now, far) returns the µs from which the next segment is free, now at the earliest. A
// stored time that is further ahead than far µs was written by a wrong clock that has been put
// right since, and doesn't count.
var free = library(`
local function free(pace, now, far)
  local next = tonumber(redis.call('GET', pace) or '0')
  return next > now + far and now or math.max(next, now)
end
`)

// mostSegments is how many segments can be promised beyond the pace's look-ahead: those of the last
// text that still fitted in, which may be long, and of some alarms, which don't wait.
const mostSegments = 30

// farthest returns how far ahead of now the next free segment can lie while all clocks are right.
func farthest(p gate.Pace) time.Duration { return p.Ahead + mostSegments*p.Every }

// Next returns when a worker has something to do next: when the first row falls due or its lease
// ends, or, if the pace holds it back longer, when it may leave. It is zero if none waits.
func (r *Redis) Next(ctx context.Context, p gate.Pace) (next time.Time, err error) {
	second, day, err := r.paused(ctx, r.now(), p)
	if err != nil {
		return next, err
	}
	// One for each queue: alarms, what somebody waits for, what nobody asked for.
	paused := []time.Time{{}, second, later(second, day)}
	for i, queue := range r.keys.textQueues() {
		due, err := r.nextDue(ctx, queue)
		if err != nil {
			return time.Time{}, err
		}
		if at := later(due, paused[i]); !due.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, nil
}

// Held returns until when the pace holds back a row that is due, as far as can be told now, and how
// many rows go before it. Both are zero if the row may leave, is being sent, or isn't due yet. Each
// row before it counts as one segment, so it is a lower bound.
func (r *Redis) Held(
	ctx context.Context, o handlers.Outgoing, now time.Time, p gate.Pace,
) (until time.Time, before int64, err error) {
	queue := r.keys.textQueue(o)
	at, err := r.db.ZScore(ctx, queue, o.ID).Result()
	if errors.Is(err, redis.Nil) || err == nil && int64(at) > ms(now) {
		return until, 0, nil
	}
	second, day, err1 := r.paused(ctx, now, p)
	before, err2 := r.db.ZCount(ctx, queue, "-inf", "("+num(int64(at))).Result()
	if err = errors.Join(err, err1, err2); err == nil && o.Unasked {
		var asked int64
		first := r.keys.textQueue(handlers.Outgoing{})
		asked, err = r.db.ZCount(ctx, first, "-inf", num(ms(now))).Result()
		before += asked
	}
	if err != nil {
		return until, 0, wrap("read pace", err)
	}
	if p.Every > 0 {
		until = later(second, now).Add(time.Duration(before) * p.Every)
	}
	if o.Unasked {
		until = later(until, day)
	}
	if !until.After(now) {
		return time.Time{}, 0, nil
	}
	return until, before, nil
}

// paused returns until when the pace lets nothing but alarms out, and until when it lets nothing
// out that nobody asked for. Each is zero if it holds nothing back.
func (r *Redis) paused(
	ctx context.Context, now time.Time, p gate.Pace,
) (second, day time.Time, err error) {
	pace, err := r.db.MGet(ctx, r.keys.pace(), r.keys.segments(p.Day)).Result()
	if err != nil {
		return second, day, wrap("read pace", err)
	}
	us, used := number(pace[0]), number(pace[1])
	if us > 0 && us <= now.Add(farthest(p)).UnixMicro() && p.Every > 0 {
		// A claim takes what may leave within Ahead. Queues count whole ms, so it is rounded up: a
		// worker that comes a fraction too early would find nothing and look again at once.
		second = time.UnixMicro(us).Add(-p.Ahead + time.Millisecond - 1).Truncate(time.Millisecond)
	}
	if p.PerDay > 0 && used >= int64(p.PerDay) {
		day = p.Ends
	}
	return second, day, nil
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
