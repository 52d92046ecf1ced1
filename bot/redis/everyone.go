package redis

import (
	"context"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// Everyone calls see with all that the store holds of each number, and ends with its first error.
// What is written meanwhile may be missing. progress is told of every number: how many were read,
// of how many.
func (r *Redis) Everyone(
	ctx context.Context, see func(Known) error, progress func(done, of int),
) error {
	names, err := r.names(ctx)
	if err != nil {
		return err
	}
	phones, err := r.everyPhone(ctx)
	if err != nil {
		return err
	}
	// Replies are found by a look through all keys: one for all numbers.
	keys, err := r.matching(ctx, r.keys.done("*", "*"))
	if err != nil {
		return wrap("list replies", err)
	}
	replies := map[who][]string{}
	for _, key := range keys {
		n, _, _ := strings.Cut(strings.TrimPrefix(key, r.keys.prefix+"done:"), ":")
		replies[who(n)] = append(replies[who(n)], key)
	}
	for i, p := range phones {
		own, err := r.keysOf(ctx, names.who(p), replies[names.who(p)])
		if err != nil {
			return wrap("list keys of a number", err)
		}
		known, err := r.known(ctx, p, own)
		if err != nil {
			return err
		}
		if err := see(known); err != nil {
			return err
		}
		progress(i+1, len(phones))
	}
	return nil
}

// everyPhone returns all numbers that have had a turn and aren't forgotten, sorted.
func (r *Redis) everyPhone(ctx context.Context) (out []handlers.Phone, err error) {
	keys, err := r.matching(ctx, r.keys.phone("*"))
	if err != nil {
		return nil, wrap("list numbers", err)
	}
	for batch := range slices.Chunk(keys, scanBatch) {
		found, err := r.db.MGet(ctx, batch...).Result()
		if err != nil {
			return nil, wrap("read numbers", err)
		}
		phones, err := r.openPhones(found)
		if err != nil {
			return nil, err
		}
		out = append(out, phones...)
	}
	slices.SortFunc(out, func(a, b handlers.Phone) int { return strings.Compare(a.E164(), b.E164()) })
	return slices.Compact(out), nil // a look through all keys may meet one twice
}
