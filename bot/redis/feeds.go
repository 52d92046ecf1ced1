package redis

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// Feed reads what is kept of a feed; of one that was never looked at only its name is known.
func (r *Redis) Feed(ctx context.Context, name string) (handlers.Feed, error) {
	f := handlers.Feed{Name: name}
	stored, err := r.db.HGet(ctx, r.keys.feed(name), "record").Result()
	if errors.Is(err, redis.Nil) {
		return f, nil
	}
	if err == nil {
		err = r.seals.decode(inFeed, stored, &f)
	}
	return f, wrap("read feed", err)
}

// claimFeed has one caller alone look at a feed until its lease ends.
//
// KEYS: feed
// ARGV: by: the caller; now: µs; skew: µs, see clock; lease: ms; keep: lifetime, s
// Returns: 1 if the caller has it, else 0
var claimFeed = newScript(declared{
	name: "claimFeed",
	keys: "feed",
	args: "by now skew lease keep",
	uses: []library{clock},
	lua: `
local now = tonumber(ms(clock(now, skew)))
local last, till = unpack(redis.call('HMGET', feed, 'by', 'till'))
if last and last ~= by and tonumber(till) > now then return 0 end
redis.call('HSET', feed, 'by', by, 'till', whole(now + lease))
redis.call('EXPIRE', feed, keep)
return 1`,
})

// ClaimFeed has one caller alone look at a feed, until the lease ends; false if another does. Who
// asks again has it again.
func (r *Redis) ClaimFeed(
	ctx context.Context, name, by string, now time.Time, lease time.Duration,
) (bool, error) {
	got, err := claimFeed.run(ctx, r.db, r.keys,
		arg{"feed", r.keys.feed(name)},
		arg{"by", by},
		arg{"now", now.UnixMicro()},
		arg{"skew", r.clock.skew.Microseconds()},
		arg{"lease", lease.Milliseconds()},
		arg{"keep", seconds(keepFeed)}).Int64()
	return got == 1, wrap("claim feed", err)
}

// storeFeed stores what is kept of a feed and gives it up, if the caller has it still.
//
// KEYS: feed
// ARGV: by: the caller; record: sealed; keep: lifetime, s
// Returns: 1, or 0 if another has it by now
var storeFeed = newScript(declared{
	name: "storeFeed",
	keys: "feed",
	args: "by record keep",
	lua: `
if redis.call('HGET', feed, 'by') ~= by then return 0 end
redis.call('HSET', feed, 'record', record, 'till', 0)
redis.call('EXPIRE', feed, keep)
return 1`,
})

// errFeed is the error of a look whose lease was over before it ended.
var errFeed = errors.New("redis: another has taken the feed meanwhile")

// StoreFeed stores what is kept of a feed and gives it up. The error says so if another has it by
// now: then nothing is stored.
func (r *Redis) StoreFeed(ctx context.Context, f handlers.Feed, by string) error {
	record, err := r.seals.encode(inFeed, f)
	if err != nil {
		return err
	}
	got, err := storeFeed.run(ctx, r.db, r.keys,
		arg{"feed", r.keys.feed(f.Name)},
		arg{"by", by},
		arg{"record", record},
		arg{"keep", seconds(keepFeed)}).Int64()
	if err == nil && got == 0 {
		return errFeed
	}
	return wrap("store feed", err)
}

// linkField returns a link's field.
func (n names) linkField(l handlers.Link) string {
	return string(n.who(l.Phone)) + " " + l.Feed + " " + n.hash("code", l.Code)
}

// Link stores which patient a feed means by a code, in place of whom it meant before. A link
// without a number takes it back.
func (r *Redis) Link(ctx context.Context, l handlers.Link) error {
	known, err := r.names(ctx)
	if err != nil {
		return err
	}
	all, err := r.Links(ctx, l.Feed)
	if err != nil {
		return err
	}
	one, err := r.seals.encode(inLinks, l)
	if err != nil {
		return err
	}
	_, err = r.db.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, old := range all {
			if old.Code == l.Code {
				p.HDel(ctx, r.keys.links(), known.linkField(old))
			}
		}
		if !l.Phone.IsZero() {
			p.HSet(ctx, r.keys.links(), known.linkField(l), one)
		}
		return nil
	})
	return wrap("link", err)
}

// Links returns which patients a feed means by its codes.
func (r *Redis) Links(ctx context.Context, feed string) ([]handlers.Link, error) {
	all, err := r.allLinks(ctx)
	return slices.DeleteFunc(all, func(l handlers.Link) bool { return l.Feed != feed }), err
}

// allLinks returns the links of all feeds.
func (r *Redis) allLinks(ctx context.Context) ([]handlers.Link, error) {
	all, err := r.db.HVals(ctx, r.keys.links()).Result()
	if err != nil {
		return nil, wrap("read links", err)
	}
	return decodeAll[handlers.Link](r.seals, inLinks, anys(all))
}

// sweepLinks removes links that have outlived their time.
func (r *Redis) sweepLinks(ctx context.Context, now time.Time) error {
	all, err := r.allLinks(ctx)
	if err != nil {
		return err
	}
	old := slices.DeleteFunc(all, func(l handlers.Link) bool {
		return now.Sub(l.At) <= r.keep.Number
	})
	return sweepFields(ctx, r, r.keys.links(), old, names.linkField)
}
