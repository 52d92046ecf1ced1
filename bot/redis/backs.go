package redis

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// writeBack stores what is to be written to another system and puts it in its queue. What is there
// of the same visit is older: whoever has claimed that loses the claim.
func (w *writer) writeBack(b handlers.WriteBack) {
	key := w.keys.back(b.ID)
	w.add("UNLINK", key)
	w.add("HSET", key, "row", w.encode(inBack, b))
	w.add("EXPIRE", key, num(seconds(keepPost)))
	w.belongs(w.whose, key, keepPost)
	w.add("ZADD", w.keys.backs(), num(ms(b.Due)), b.ID)
}

// decodeWriteBack reads what is to be written to another system, as it was claimed.
func (s seals) decodeWriteBack(f map[string]string) (b handlers.WriteBack, err error) {
	if f["row"] == "" {
		return b, errors.New("redis: stored write-back: no row")
	}
	err = s.decode(inBack, f["row"], &b)
	b.Token, b.Tries = f["token"], int(number(f["claims"]))
	return b, err
}

// settleRow ends what was claimed of a queue, or has it tried again.
//
// KEYS: queue, row
// ARGV: token: of the claim; id; again: when it is due again, ms, "" if it has ended; keep: s
// Returns: 1, or 0 if the claim is lost
var settleRow = newScript(declared{
	name: "settleRow",
	keys: "queue row",
	args: "token id again keep",
	lua: `
if redis.call('HGET', row, 'token') ~= token then return 0 end
if again == '' then
  redis.call('ZREM', queue, id)
  redis.call('UNLINK', row)
else
  redis.call('HDEL', row, 'token')
  redis.call('ZADD', queue, again, id)
  redis.call('EXPIRE', row, keep)
end
return 1`,
})

// ClaimWriteBacks implements visits.Outbox. What can't be read comes back when its lease ends, and
// the error tells of it each time.
func (r *Redis) ClaimWriteBacks(
	ctx context.Context, now time.Time, n int, lease time.Duration,
) ([]handlers.WriteBack, error) {
	queue := []string{r.keys.backs()}
	taken, _, err := r.claim(ctx, r.keys.back(""), queue, now, n, gate.Pace{}, lease)
	if err != nil {
		return nil, err
	}
	var out []handlers.WriteBack
	var faults []error
	for _, one := range taken {
		b, err := r.seals.decodeWriteBack(one.fields)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		out = append(out, b)
	}
	return out, errors.Join(faults...)
}

// SettleWriteBack implements visits.Outbox. That the claim is lost is no error: the patient has
// said something newer, or whoever has it now settles it.
func (r *Redis) SettleWriteBack(
	ctx context.Context, b handlers.WriteBack, again time.Time,
) error {
	err := settleRow.run(ctx, r.once, r.keys,
		arg{"queue", r.keys.backs()},
		arg{"row", r.keys.back(b.ID)},
		arg{"token", b.Token},
		arg{"id", b.ID},
		arg{"again", notBefore(again)},
		arg{"keep", seconds(keepPost)}).Err()
	return wrap("settle write-back", err)
}

// NextWriteBack returns when the next one falls due or its lease ends; zero if none waits.
func (r *Redis) NextWriteBack(ctx context.Context) (time.Time, error) {
	return r.nextDue(ctx, r.keys.backs())
}
