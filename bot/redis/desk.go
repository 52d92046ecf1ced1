package redis

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// settlePost ends a post, or has it tried again, and keeps the thread its case was posted in.
// KEYS: due, post, case, thread
// ARGV: token, id, row, due ms ("" for good), thread ("" if none), case id, lifetime of the thread s
// Returns: 1, or 0 when the claim is lost (the thread is kept all the same: the card is there)
var settlePost = redis.NewScript(`
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], 'thread', ARGV[5])
  redis.call('SET', KEYS[4], ARGV[6], 'EX', ARGV[7])
end
if redis.call('HGET', KEYS[2], 'token') ~= ARGV[1] then return 0 end
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[1], ARGV[2])
  redis.call('DEL', KEYS[2])
else
  redis.call('HDEL', KEYS[2], 'token')
  redis.call('HSET', KEYS[2], 'row', ARGV[3])
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[2])
end
return 1`)

// ClaimPosts implements handlers.Posts.
func (r *Redis) ClaimPosts(ctx context.Context, now time.Time, n int, lease time.Duration) ([]handlers.Post, error) {
	list, _, err := claimed(claim.Run(ctx, r.once, []string{keyPostsDue, keyPost(""), keyServer},
		now.UnixMicro(), r.skew.Microseconds(), n, lease.Milliseconds(), rand.Text(),
		doubtStep.Milliseconds(), keepDoubt.Milliseconds()))
	if err != nil {
		return nil, err
	}
	out := make([]handlers.Post, 0, len(list)/2)
	for i := 1; i < len(list); i += 2 {
		f := fields(list[i])
		var p handlers.Post
		if err := json.Unmarshal([]byte(f["row"]), &p); err != nil {
			return nil, fmt.Errorf("redis: stored post: %w", err)
		}
		p.Token = f["token"]
		p.Tries, _ = strconv.Atoi(f["claims"])
		p.Tries--
		out = append(out, p)
	}
	return out, nil
}

// SettlePost implements handlers.Posts.
func (r *Redis) SettlePost(ctx context.Context, p handlers.Post, thread string, again time.Time) error {
	w, next := writer{}, ""
	if !again.IsZero() {
		p.Due, next = again, num(ms(again))
	}
	keys := []string{keyPostsDue, keyPost(p.ID), keyCase(p.Case), keyThread(thread)}
	err := settlePost.Run(ctx, r.once, keys, p.Token, p.ID, w.json(p), next, thread, p.Case, seconds(keepCase)).Err()
	return errors.Join(w.err, wrap("settle post", err))
}

// NextPost implements handlers.Posts.
func (r *Redis) NextPost(ctx context.Context) (time.Time, error) { return r.next(ctx, keyPostsDue) }

// Case implements handlers.Posts.
func (r *Redis) Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error) {
	f, err := r.db.HGetAll(ctx, keyCase(id)).Result()
	if err != nil || f["case"] == "" {
		return c, false, wrap("read case", err)
	}
	err = unmarshal(f["case"], &c)
	c.Thread = f["thread"]
	return c, err == nil, err
}

// CaseIn reads the case of a thread at the desk.
func (r *Redis) CaseIn(ctx context.Context, thread string) (c handlers.Case, ok bool, err error) {
	id, err := r.db.Get(ctx, keyThread(thread)).Result()
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
	old := num(ms(r.now().Add(-keepCase))) // a case that was forgotten waits no more
	if err := r.db.ZRemRangeByScore(ctx, keyCases, "-inf", old).Err(); err != nil {
		return 0, wrap("count cases", err)
	}
	n, err := r.db.ZCard(ctx, keyCases).Result()
	return n, wrap("count cases", err)
}
