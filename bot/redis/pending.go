package redis

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// pending stores an act of staff and, once it has their word, puts it in the queue. The same again
// is a change of the same act; one that was taken back, or is being done, isn't changed any more.
func (w *writer) pending(p handlers.Pending) {
	due := ""
	if !p.Due.IsZero() {
		due = num(ms(p.Due))
	}
	key := w.keys.act(p.ID)
	w.add("PEND", key, w.keys.acts(), p.ID, w.encode(inAct, p), due, num(seconds(keepPending)))
	w.belongs(w.whose, key, keepPending)
}

// decodePending reads an act of staff, as it was claimed.
func (s seals) decodePending(f map[string]string) (p handlers.Pending, err error) {
	if f["row"] == "" {
		return p, errors.New("redis: stored act: no row")
	}
	err = s.decode(inAct, f["row"], &p)
	p.Token, p.Tries = f["token"], int(number(f["claims"]))
	return p, err
}

// takeBack keeps an act from being done, unless somebody is doing it.
//
// KEYS: queue, act
// ARGV: id; keep: s, for which a repeat is told the same
// Returns: "back" or "late", see handlers.Pending
var takeBack = newScript(declared{
	name: "takeBack",
	keys: "queue act",
	args: "id keep",
	lua: `
if redis.call('HGET', act, 'back') then return 'back' end
if redis.call('HEXISTS', act, 'row') == 0 or redis.call('HGET', act, 'token') then return 'late' end
redis.call('ZREM', queue, id)
redis.call('HDEL', act, 'row')
redis.call('HSET', act, 'back', '1')
redis.call('EXPIRE', act, keep)
return 'back'`,
})

// Pending reads an act of staff by its id; ok is false if it is done, taken back or forgotten.
func (r *Redis) Pending(ctx context.Context, id string) (p handlers.Pending, ok bool, err error) {
	f, err := r.db.HGetAll(ctx, r.keys.act(id)).Result()
	if err != nil || f["row"] == "" {
		return p, false, wrap("read act", err)
	}
	p, err = r.seals.decodePending(f)
	return p, err == nil, err
}

// TakeBack keeps an act of staff from being done; see [handlers.TakenBack].
func (r *Redis) TakeBack(ctx context.Context, id string) (string, error) {
	became, err := takeBack.run(ctx, r.db, r.keys,
		arg{"queue", r.keys.acts()},
		arg{"act", r.keys.act(id)},
		arg{"id", id},
		arg{"keep", seconds(keepPending)}).Text()
	return became, wrap("take act back", err)
}

// ClaimPending takes up to n of the acts of staff that are due, each until the lease ends. What
// can't be read comes back when its lease ends, and the error tells of it each time.
func (r *Redis) ClaimPending(
	ctx context.Context, now time.Time, n int, lease time.Duration,
) ([]handlers.Pending, error) {
	queue := []string{r.keys.acts()}
	taken, _, err := r.claim(ctx, r.keys.act(""), queue, now, n, gate.Pace{}, lease)
	if err != nil {
		return nil, err
	}
	var out []handlers.Pending
	var faults []error
	for _, one := range taken {
		p, err := r.seals.decodePending(one.fields)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		out = append(out, p)
	}
	return out, errors.Join(faults...)
}

// SettlePending ends an act that was claimed, or has it tried again then. That the claim is lost is
// no error: whoever has it now settles it.
func (r *Redis) SettlePending(ctx context.Context, p handlers.Pending, again time.Time) error {
	err := settleRow.run(ctx, r.once, r.keys,
		arg{"queue", r.keys.acts()},
		arg{"row", r.keys.act(p.ID)},
		arg{"token", p.Token},
		arg{"id", p.ID},
		arg{"again", notBefore(again)},
		arg{"keep", seconds(keepPending)}).Err()
	return wrap("settle act", err)
}

// NextPending returns when the next act is done or its lease ends; zero if none waits.
func (r *Redis) NextPending(ctx context.Context) (time.Time, error) {
	return r.nextDue(ctx, r.keys.acts())
}
