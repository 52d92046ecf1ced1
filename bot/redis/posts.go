package redis

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// settlePost ends a post, or has it tried again, and stores the thread that its card began. While a
// post that failed is tried again, the others of its case can be held, so that they stay in order.
// Posts are claimed by the same script as texts, but settled by their own: a row of the ledger
// lives on with a state and a history, a post is deleted.
//
// KEYS: queue, post, case, thread_key
// ARGV:
//   - token: of the claim
//   - id, row: the post's id, and its JSON as it is tried again
//   - again: when it is due again, ms; "" if it has ended
//   - thread: the thread that the card began, "" if none; case_id
//   - case_keep: lifetime of the thread and the case, s
//   - hold: flag: the other posts of the case wait until again
//   - post_keep: lifetime of the post, s
//
// Returns: 1, or 0 if the claim is lost; the thread is stored even then, since the card is there
var settlePost = newScript(declared{
	name: "settlePost",
	keys: "queue post case thread_key",
	args: "token id row again thread case_id case_keep hold post_keep",
	lua: `
if thread ~= '' then
  redis.call('HSET', case, 'thread', thread)
  redis.call('SET', thread_key, case_id, 'EX', case_keep)
end
if redis.call('HGET', post, 'token') ~= token then return 0 end
if hold == '1' then
  if redis.call('EXISTS', case) == 1 then
    redis.call('HSET', case, 'held', again, 'holder', id)
  end
elseif redis.call('HGET', case, 'holder') == id then
  redis.call('HDEL', case, 'held', 'holder')
end
if again == '' then
  redis.call('ZREM', queue, id)
  redis.call('DEL', post)
else
  redis.call('HDEL', post, 'token')
  redis.call('HSET', post, 'row', row)
  redis.call('ZADD', queue, again, id)
  redis.call('EXPIRE', post, post_keep) -- what is still tried is still wanted
  redis.call('EXPIRE', case, case_keep)
end
return 1`,
})

// ClaimPosts implements desk.Queue. Pace and caps are for texts alone. A post that can't be read
// comes back when its lease ends, and the error tells of it each time.
func (r *Redis) ClaimPosts(
	ctx context.Context, urgent bool, now time.Time, n int, lease time.Duration,
) ([]handlers.Post, error) {
	queue := []string{r.keys.postQueue(urgent)}
	taken, _, err := r.claim(ctx, r.keys.post(""), queue, now, n, gate.Pace{}, lease)
	if err != nil {
		return nil, err
	}
	out := make([]handlers.Post, 0, len(taken))
	var faults []error
	for _, one := range taken {
		p, err := r.seals.decodePost(one.fields)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		out = append(out, p)
	}
	return out, errors.Join(faults...)
}

// SettlePost implements desk.Queue. That the claim is lost is no error: whoever has it now settles
// the post.
func (r *Redis) SettlePost(ctx context.Context, p handlers.Post, done desk.Posted) error {
	if !done.Again.IsZero() {
		p.Due = done.Again
	}
	row, err := r.seals.encode(inPost, p)
	if err != nil {
		return err
	}
	err = settlePost.run(ctx, r.once, r.keys,
		arg{"queue", r.keys.postQueue(p.Urgent)},
		arg{"post", r.keys.post(p.ID)},
		arg{"case", r.keys.caseOf(p.Case)},
		arg{"thread_key", r.keys.thread(done.Thread)},
		arg{"token", p.Token},
		arg{"id", p.ID},
		arg{"row", row},
		arg{"again", notBefore(done.Again)},
		arg{"thread", done.Thread},
		arg{"case_id", p.Case},
		arg{"case_keep", seconds(r.keep.Case)},
		arg{"hold", flag(done.Hold && !done.Again.IsZero())},
		arg{"post_keep", seconds(keepPost)}).Err()
	return wrap("settle post", err)
}

// NextPost returns when the next post falls due or its lease ends, urgent or not; zero if none
// waits.
func (r *Redis) NextPost(ctx context.Context) (time.Time, error) {
	urgent, err1 := r.nextDue(ctx, r.keys.postQueue(true))
	due, err2 := r.nextDue(ctx, r.keys.postQueue(false))
	if due.IsZero() || !urgent.IsZero() && urgent.Before(due) {
		due = urgent
	}
	return due, errors.Join(err1, err2)
}
