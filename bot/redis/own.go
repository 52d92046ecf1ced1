package redis

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// OwnPhone returns the phone of a member of staff; one with their id alone if none is known.
func (r *Redis) OwnPhone(ctx context.Context, user string) (o handlers.OwnPhone, err error) {
	stored, err := r.db.GetEx(ctx, r.keys.own(user), keepOwn).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return handlers.OwnPhone{User: user}, nil
	case err == nil:
		err = r.seals.decode(inOwn, stored, &o)
	}
	return o, wrap("read a phone of staff", err)
}

// ownOf returns the keys of the members of staff who say that a number is theirs. They are few, and
// looked for only when all of a number is, so nothing lists them.
func (r *Redis) ownOf(ctx context.Context, p handlers.Phone) (out []string, err error) {
	all, err := r.matching(ctx, r.keys.own("*"))
	for _, key := range all {
		o, err := r.ownAt(ctx, key)
		if err != nil {
			return nil, err
		}
		if o.Phone == p || o.Asked == p {
			out = append(out, key)
		}
	}
	return out, err
}

// ownAt reads a phone of staff by its key, for whoever looks through them all: it is kept no longer
// for that. The digits that prove it aren't returned.
func (r *Redis) ownAt(ctx context.Context, key string) (o handlers.OwnPhone, err error) {
	stored, err := r.db.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return o, nil
	}
	if err == nil {
		err = r.seals.decode(inOwn, stored, &o)
	}
	o.Code = ""
	return o, wrap("read a phone of staff", err)
}

// SetOwnPhone stores the phone of a member of staff in place of what was known. One without a
// number is forgotten.
func (r *Redis) SetOwnPhone(ctx context.Context, o handlers.OwnPhone) error {
	key := r.keys.own(o.User)
	if o.Phone.IsZero() && o.Asked.IsZero() {
		return wrap("forget a phone of staff", r.db.Del(ctx, key).Err())
	}
	sealed, err := r.seals.encode(inOwn, o)
	if err != nil {
		return err
	}
	return wrap("store a phone of staff", r.db.Set(ctx, key, sealed, keepOwn).Err())
}
