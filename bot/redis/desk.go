package redis

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// settlePost ends a post, or has it tried again, and keeps the thread its case was posted in. While a
// post that failed is tried again, the others of its case are held, so that they stay in order.
// KEYS: due, post, case, thread
// ARGV: token, id, row, due ms ("" for good), thread ("" if none), case id, lifetime of the thread
// and the case s, 1 to hold the case, lifetime of the post s
// Returns: 1, or 0 when the claim is lost (the thread is kept all the same: the card is there)
var settlePost = redis.NewScript(`
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], 'thread', ARGV[5])
  redis.call('SET', KEYS[4], ARGV[6], 'EX', ARGV[7])
end
if redis.call('HGET', KEYS[2], 'token') ~= ARGV[1] then return 0 end
if ARGV[8] == '1' then
  if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('HSET', KEYS[3], 'held', ARGV[4], 'holder', ARGV[2]) end
elseif redis.call('HGET', KEYS[3], 'holder') == ARGV[2] then
  redis.call('HDEL', KEYS[3], 'held', 'holder')
end
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[1], ARGV[2])
  redis.call('DEL', KEYS[2])
else
  redis.call('HDEL', KEYS[2], 'token')
  redis.call('HSET', KEYS[2], 'row', ARGV[3])
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[9]) -- what is still tried is still wanted
  redis.call('EXPIRE', KEYS[3], ARGV[7])
end
return 1`)

// nextRing reserves the next time at which the on-call phone is told.
// KEYS: ring
// ARGV: now, grace, gap, all in ms; lifetime s
// Returns: the time in ms
var nextRing = redis.NewScript(`
local at, now = tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1])
if at > now then return at end
at = math.max(now + ARGV[2], at + ARGV[3])
redis.call('SET', KEYS[1], at, 'EX', ARGV[4])
return at`)

// takeRing notes which row tells the on-call phone now, unless another has just told it.
// KEYS: rang
// ARGV: id, when it was to leave, now, gap, all in ms; id that it takes over from; lifetime s
// Returns: {id, ms} of the row that stays
var takeRing = redis.NewScript(`
local id, at = unpack(redis.call('HMGET', KEYS[1], 'id', 'at'))
if id and id ~= ARGV[1] and id ~= ARGV[5] and (at + ARGV[4] > tonumber(ARGV[3]) or tonumber(at) >= tonumber(ARGV[2])) then
  return {id, at}
end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'at', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return {ARGV[1], ARGV[3]}`)

// postsDue is the queue of urgent posts, or of the others.
func postsDue(urgent bool) string {
	if urgent {
		return keyPostsFirst
	}
	return keyPostsDue
}

// ClaimPosts implements desk.Queue.
func (r *Redis) ClaimPosts(ctx context.Context, urgent bool, now time.Time, n int, lease time.Duration) ([]handlers.Post, error) {
	list, _, err := claimed(claim.Run(ctx, r.once, []string{postsDue(urgent), keyPost(""), keyServer},
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

// SettlePost implements desk.Queue.
func (r *Redis) SettlePost(ctx context.Context, p handlers.Post, done desk.Posted) error {
	w, next, hold := writer{}, "", ""
	if !done.Again.IsZero() {
		p.Due, next = done.Again, num(ms(done.Again))
		if done.Hold {
			hold = "1"
		}
	}
	keys := []string{postsDue(p.Urgent), keyPost(p.ID), keyCase(p.Case), keyThread(done.Thread)}
	err := settlePost.Run(ctx, r.once, keys, p.Token, p.ID, w.json(p), next, done.Thread, p.Case, seconds(keepCase), hold, seconds(keepPost)).Err()
	return errors.Join(w.err, wrap("settle post", err))
}

// NextPost implements desk.Queue.
func (r *Redis) NextPost(ctx context.Context) (time.Time, error) {
	urgent, err1 := r.next(ctx, keyPostsFirst)
	due, err2 := r.next(ctx, keyPostsDue)
	if due.IsZero() || !urgent.IsZero() && urgent.Before(due) {
		due = urgent
	}
	return due, errors.Join(err1, err2)
}

// NextRing implements desk.Queue.
func (r *Redis) NextRing(ctx context.Context, now time.Time, grace, gap time.Duration) (time.Time, error) {
	at, err := nextRing.Run(ctx, r.db, []string{keyRing}, ms(now), grace.Milliseconds(), gap.Milliseconds(), seconds(keepDone)).Int64()
	return time.UnixMilli(at), wrap("next ring", err)
}

// TakeRing implements desk.Queue.
func (r *Redis) TakeRing(ctx context.Context, ring desk.Ring, gap time.Duration, over string) (desk.Ring, error) {
	got, err := takeRing.Run(ctx, r.db, []string{keyRang + ring.Kind},
		ring.ID, ms(ring.Due), ms(ring.At), gap.Milliseconds(), over, seconds(keepDone)).StringSlice()
	if err != nil {
		return ring, wrap("take ring", err)
	}
	at, err := strconv.ParseInt(got[1], 10, 64)
	ring.ID, ring.At = got[0], time.UnixMilli(at)
	return ring, wrap("take ring", err)
}

// mostUntaken bounds how many alarms that nobody has are read at once.
const mostUntaken = 1000

// Untaken implements desk.Queue.
func (r *Redis) Untaken(ctx context.Context) (out []handlers.Case, err error) {
	ids, err := r.db.ZRange(ctx, keyUntaken, 0, mostUntaken-1).Result()
	for _, id := range ids {
		c, ok, err1 := r.Case(ctx, id)
		if err = errors.Join(err, err1); ok && c.Untaken() {
			out = append(out, c)
		}
	}
	return out, wrap("read alarms", err)
}

// Case implements desk.Queue.
func (r *Redis) Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error) {
	f, err := r.db.HGetAll(ctx, keyCase(id)).Result()
	if err != nil || f["case"] == "" {
		return c, false, wrap("read case", err)
	}
	err = unmarshal(f["case"], &c)
	c.Thread, c.Holder = f["thread"], f["holder"]
	if held, err := strconv.ParseInt(f["held"], 10, 64); err == nil {
		c.Held = time.UnixMilli(held)
	}
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
