package redis

import (
	"context"
	"sort"

	"github.com/beacon-clinic/beacon/knowledge"
)

// Teach keeps a wording for an entry; the same wording again replaces what it was taught for.
func (r *Redis) Teach(ctx context.Context, t knowledge.Taught) error {
	w := writer{}
	one := w.json(t)
	if w.err != nil {
		return w.err
	}
	return wrap("teach", r.db.HSet(ctx, keyTaught, t.Ask, one).Err())
}

// Forget takes a wording back; false if it wasn't taught.
func (r *Redis) Forget(ctx context.Context, ask string) (bool, error) {
	n, err := r.db.HDel(ctx, keyTaught, ask).Result()
	return n > 0, wrap("forget", err)
}

// Taught is everything that staff have taught, by entry and wording.
func (r *Redis) Taught(ctx context.Context) ([]knowledge.Taught, error) {
	all, err := r.db.HGetAll(ctx, keyTaught).Result()
	if err != nil {
		return nil, wrap("read taught", err)
	}
	out := make([]knowledge.Taught, 0, len(all))
	for _, one := range all {
		var t knowledge.Taught
		if err := unmarshal(one, &t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Entry < out[j].Entry || out[i].Entry == out[j].Entry && out[i].Ask < out[j].Ask
	})
	return out, nil
}
