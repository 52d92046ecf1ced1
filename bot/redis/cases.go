package redis

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// mostUntaken bounds how many alarms Untaken reads, the oldest first, each in a round trip of its
// own.
const mostUntaken = 1000

// Untaken implements desk.Queue. What can be read is returned with the errors of the rest: one case
// that can't be read must not hide the other alarms. An id whose case has expired is left out.
func (r *Redis) Untaken(ctx context.Context) (out []handlers.Case, err error) {
	ids, err := r.db.ZRange(ctx, r.keys.untaken(), 0, mostUntaken-1).Result()
	for _, id := range ids {
		c, ok, err1 := r.Case(ctx, id)
		if err = errors.Join(err, err1); ok && c.Untaken() {
			out = append(out, c)
		}
	}
	return out, wrap("read alarms", err)
}

// Case implements desk.Queue. Unlike a case in a number's State, it comes with Held and Holder.
func (r *Redis) Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error) {
	f, err := r.db.HGetAll(ctx, r.keys.caseOf(id)).Result()
	if err != nil || f["case"] == "" {
		return c, false, wrap("read case", err)
	}
	c, err = r.seals.decodeCase(f)
	return c, err == nil, err
}

// mostOpen bounds how many open cases AllOpen reads.
const mostOpen = 1000

// AllOpen returns the open cases, of all numbers and of none, oldest first, so many at most. One that
// can't be read is left out, and the error tells of it; one that has expired is left out.
func (r *Redis) AllOpen(ctx context.Context) (out []handlers.Case, err error) {
	ids, err := r.db.ZRange(ctx, r.keys.cases(), 0, mostOpen-1).Result()
	if err != nil || len(ids) == 0 {
		return nil, wrap("read open cases", err)
	}
	read := make([]*redis.MapStringStringCmd, len(ids))
	_, err = r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, id := range ids {
			read[i] = p.HGetAll(ctx, r.keys.caseOf(id))
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read open cases", err)
	}
	for _, one := range read {
		f := one.Val()
		if f["case"] == "" {
			continue
		}
		c, err1 := r.seals.decodeCase(f)
		if err = errors.Join(err, err1); err1 == nil && c.Open {
			out = append(out, c)
		}
	}
	return out, wrap("read open cases", err)
}

// CaseIn reads the case whose card is above a thread at the desk; ok is false if there is none, or
// if it has expired. A closed case is found as long as it is kept.
func (r *Redis) CaseIn(ctx context.Context, thread string) (c handlers.Case, ok bool, err error) {
	id, err := r.db.Get(ctx, r.keys.thread(thread)).Result()
	if errors.Is(err, redis.Nil) {
		return c, false, nil
	}
	if err != nil {
		return c, false, wrap("read thread", err)
	}
	return r.Case(ctx, id)
}

// OpenCases counts the open cases, of all numbers and of none. It drops those that came longer ago
// than a case is kept.
func (r *Redis) OpenCases(ctx context.Context) (int64, error) {
	old := num(ms(r.now().Add(-r.keep.Case)))
	if err := r.db.ZRemRangeByScore(ctx, r.keys.cases(), "-inf", old).Err(); err != nil {
		return 0, wrap("count cases", err)
	}
	n, err := r.db.ZCard(ctx, r.keys.cases()).Result()
	return n, wrap("count cases", err)
}
