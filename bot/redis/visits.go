package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// Visit reads a visit by its id.
func (r *Redis) Visit(ctx context.Context, id string) (v handlers.Visit, ok bool, err error) {
	s, err := r.db.Get(ctx, keyVisit(id)).Result()
	if errors.Is(err, redis.Nil) {
		return v, false, nil
	}
	if err != nil {
		return v, false, wrap("read visit", err)
	}
	err = unmarshal(s, &v)
	return v, err == nil, err
}

// visitBatch is how many visits one look-up reads.
const visitBatch = 500

// Visits reads the visits that start in [from, to), soonest first.
func (r *Redis) Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error) {
	ids, err := r.db.ZRangeByScore(ctx, keyVisits, &redis.ZRangeBy{Min: num(from.Unix()), Max: "(" + num(to.Unix())}).Result()
	if err != nil {
		return nil, wrap("list visits", err)
	}
	var out []handlers.Visit
	for len(ids) > 0 {
		n := min(visitBatch, len(ids))
		keys := make([]string, n)
		for i, id := range ids[:n] {
			keys[i] = keyVisit(id)
		}
		ids = ids[n:]
		found, err := r.db.MGet(ctx, keys...).Result()
		if err != nil {
			return nil, wrap("read visits", err)
		}
		for _, s := range found {
			if s == nil {
				continue
			}
			var v handlers.Visit
			if err := unmarshal(s, &v); err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	return out, nil
}
