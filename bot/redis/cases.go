package redis

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// mostUntaken bounds how many alarms that nobody has taken are read at once.
const mostUntaken = 1000

// Untaken implements desk.Queue.
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

// Case implements desk.Queue.
func (r *Redis) Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error) {
	f, err := r.db.HGetAll(ctx, r.keys.caseOf(id)).Result()
	if err != nil || f["case"] == "" {
		return c, false, wrap("read case", err)
	}
	c, err = r.seals.decodeCase(f)
	return c, err == nil, err
}

// CaseIn reads the case of a thread at the desk.
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

// OpenCases counts the cases that wait at the desk.
func (r *Redis) OpenCases(ctx context.Context) (int64, error) {
	old := num(ms(r.now().Add(-r.keep.Case))) // they have expired
	if err := r.db.ZRemRangeByScore(ctx, r.keys.cases(), "-inf", old).Err(); err != nil {
		return 0, wrap("count cases", err)
	}
	n, err := r.db.ZCard(ctx, r.keys.cases()).Result()
	return n, wrap("count cases", err)
}
