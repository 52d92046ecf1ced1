package redis

import (
	"context"
	"sort"

	"github.com/beacon-clinic/beacon/knowledge"
)

// Teach stores a wording that staff have taught for an entry. The same wording again, to the
// letter, replaces what it was taught for.
func (r *Redis) Teach(ctx context.Context, t knowledge.Taught) error {
	one, err := r.seals.encode(inTaught, t)
	if err != nil {
		return err
	}
	known, err := r.names(ctx)
	if err != nil {
		return err
	}
	return wrap("teach", r.db.HSet(ctx, r.keys.taught(), known.wording(t.Ask), one).Err())
}

// Forget takes a wording back, whatever entry it was taught for; false if it wasn't taught.
func (r *Redis) Forget(ctx context.Context, ask string) (bool, error) {
	known, err := r.names(ctx)
	if err != nil {
		return false, err
	}
	n, err := r.db.HDel(ctx, r.keys.taught(), known.wording(ask)).Result()
	return n > 0, wrap("forget", err)
}

// Taught returns everything that staff have taught, sorted by entry and wording.
func (r *Redis) Taught(ctx context.Context) ([]knowledge.Taught, error) {
	all, err := r.db.HVals(ctx, r.keys.taught()).Result()
	if err != nil {
		return nil, wrap("read taught", err)
	}
	out, err := decodeAll[knowledge.Taught](r.seals, inTaught, anys(all))
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return a.Entry < b.Entry || a.Entry == b.Entry && a.Ask < b.Ask
	})
	return out, err
}
