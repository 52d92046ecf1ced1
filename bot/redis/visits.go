package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// Visit reads a visit by its id; ok is false if there is none or it has expired.
func (r *Redis) Visit(ctx context.Context, id string) (v handlers.Visit, ok bool, err error) {
	s, err := r.db.Get(ctx, r.keys.visit(id)).Result()
	if errors.Is(err, redis.Nil) {
		return v, false, nil
	}
	if err != nil {
		return v, false, wrap("read visit", err)
	}
	err = r.seals.decode(inVisit, s, &v)
	return v, err == nil, err
}

// visitBatch is how many visits one round trip reads.
const visitBatch = 500

// Visits reads the visits of all numbers that start in [from, to), to the second, soonest first. It
// reads in several steps, so a visit that is moved meanwhile may come at its old place or be
// missing.
func (r *Redis) Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error) {
	between := &redis.ZRangeBy{Min: num(from.Unix()), Max: "(" + num(to.Unix())}
	ids, err := r.db.ZRangeByScore(ctx, r.keys.visits(), between).Result()
	if err != nil {
		return nil, wrap("list visits", err)
	}
	var out []handlers.Visit
	for len(ids) > 0 {
		n := min(visitBatch, len(ids))
		visits := make([]string, n)
		for i, id := range ids[:n] {
			visits[i] = r.keys.visit(id)
		}
		ids = ids[n:]
		found, err := r.db.MGet(ctx, visits...).Result()
		if err != nil {
			return nil, wrap("read visits", err)
		}
		some, err := decodeAll[handlers.Visit](r.seals, inVisit, found)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}
