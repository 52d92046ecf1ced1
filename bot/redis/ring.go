package redis

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"
)

// nextRing reserves the next time at which the on-call phone is told of alarms: grace after now,
// but no sooner than gap after the time before. While that lies ahead, everybody gets the same, so
// that the alarms of a bad hour are told together.
//
// KEYS: ring
// ARGV: now, grace, gap: ms; keep: lifetime, s
// Returns: the time in ms
var nextRing = newScript(declared{
	name: "nextRing",
	keys: "ring",
	args: "now grace gap keep",
	lua: `
local at, now = tonumber(redis.call('GET', ring) or '0'), tonumber(now)
if at > now then return at end
at = math.max(now + grace, at + gap)
redis.call('SET', ring, at, 'EX', keep)
return at`,
})

// takeRing notes that a ring tells the on-call phone now, unless another told it less than gap ago
// or when this one was due already: then this one has nothing new to tell.
//
// KEYS: rang
// ARGV: id; due: when it was to leave, ms; now, gap: ms; over: id of a ring that it takes over from
// whenever that told, "" for none; of: ids of the cases that it tells of, one a line; sent: flag:
// it is known to have left; keep: lifetime, s
// Returns: {id, ms, of, sent} of the ring that has told it last, which may be this one
var takeRing = newScript(declared{
	name: "takeRing",
	keys: "rang",
	args: "id due now gap over of sent keep",
	lua: `
local last, at, cases, left = unpack(redis.call('HMGET', rang, 'id', 'at', 'of', 'sent'))
if last and last ~= id and last ~= over
  and (at + gap > tonumber(now) or tonumber(at) >= tonumber(due)) then
  return {last, at, cases or '', left or ''}
end
redis.call('HSET', rang, 'id', id, 'at', now, 'of', of, 'sent', sent)
redis.call('EXPIRE', rang, keep)
return {id, now, of, sent}`,
})

// NextRing implements desk.Queue. A call that is retried gets the same time again.
func (r *Redis) NextRing(
	ctx context.Context, now time.Time, grace, gap time.Duration,
) (time.Time, error) {
	at, err := nextRing.run(ctx, r.db, r.keys,
		arg{"ring", r.keys.ring()},
		arg{"now", ms(now)},
		arg{"grace", grace.Milliseconds()},
		arg{"gap", gap.Milliseconds()},
		arg{"keep", seconds(keepRing)}).Int64()
	return time.UnixMilli(at), wrap("next ring", err)
}

// TakeRing implements desk.Queue. A row that asks again may tell the phone again.
func (r *Redis) TakeRing(
	ctx context.Context, ring desk.Ring, gap time.Duration, over string,
) (desk.Ring, error) {
	got, err := takeRing.run(ctx, r.db, r.keys,
		arg{"rang", r.keys.rang(ring.Kind)},
		arg{"id", ring.ID},
		arg{"due", ms(ring.Due)},
		arg{"now", ms(ring.At)},
		arg{"gap", gap.Milliseconds()},
		arg{"over", over},
		arg{"of", strings.Join(ring.Of, "\n")},
		arg{"sent", flag(ring.Sent)},
		arg{"keep", seconds(keepRing)}).Slice()
	if err == nil && len(got) < 4 {
		err = errors.New("short answer")
	}
	if err != nil {
		return ring, wrap("take ring", err)
	}
	ring.ID, ring.At = text(got[0]), moment(got[1])
	ring.Of, ring.Sent = strings.Split(text(got[2]), "\n"), text(got[3]) == flag(true)
	return ring, nil
}
