package redis

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// mostSaid bounds a number's transcript: a machine that texts all day must not fill the store.
const mostSaid = 1000

// said adds to the transcript of the turn's number, and drops what has outlived its time.
func (w *writer) said(all []handlers.Said) {
	if len(all) == 0 || w.whose == "" {
		return
	}
	key := w.keys.said(w.whose)
	words := []string{"ZADD", key}
	for _, one := range all {
		words = append(words, num(ms(one.At)), w.encode(inSaid, one))
	}
	w.add(words...)
	w.prune(key, ms(w.now.Add(-w.keep.Said)))
	w.add("ZREMRANGEBYRANK", key, "0", num(-mostSaid-1))
	w.add("EXPIRE", key, num(seconds(w.keep.Said)))
}

// Transcript returns what was said to a number and by it, oldest first.
func (r *Redis) Transcript(ctx context.Context, p handlers.Phone) ([]handlers.Said, error) {
	known, err := r.names(ctx)
	if err != nil {
		return nil, err
	}
	since := num(ms(r.now().Add(-r.keep.Said)))
	all, err := r.db.ZRangeByScore(
		ctx, r.keys.said(known.who(p)), &redis.ZRangeBy{Min: since, Max: "+inf"},
	).Result()
	if err != nil {
		return nil, wrap("read transcript", err)
	}
	return decodeAll[handlers.Said](r.seals, inSaid, anys(all))
}

// Draft reads what a member of staff wrote that wasn't sent; ok is false if there is none, or if it
// has expired.
func (r *Redis) Draft(ctx context.Context, id string) (d handlers.Draft, ok bool, err error) {
	stored, err := r.db.Get(ctx, r.keys.draft(id)).Result()
	if errors.Is(err, redis.Nil) {
		return d, false, nil
	}
	if err == nil {
		err = r.seals.decode(inDraft, stored, &d)
	}
	return d, err == nil, wrap("read draft", err)
}

// entry returns what a settled row adds to its number's transcript; "" if it wasn't sent, or went to
// the clinic's own phone.
func (r *Redis) entry(o handlers.Outgoing) (string, error) {
	if said, ok := o.Said(); ok {
		return r.seals.encode(inSaid, said)
	}
	return "", nil
}
