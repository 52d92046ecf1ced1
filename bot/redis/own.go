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
