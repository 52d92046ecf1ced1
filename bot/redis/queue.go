package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Texts and posts wait in queues of the same kind: a sorted set of ids by the ms at which they fall
// due, and a hash for each id. A claim moves the id to the end of a lease, so that what a dead
// process held comes back by itself. The claim's token, in the hash, proves whose it is until it is
// settled.

// clock(now, skew) returns the time in µs that queues, leases and the pace go by. It is the
// caller's, if that is within skew µs of the server's, else the server's: all processes share the
// queues, so one wrong clock would hold up everybody. It also returns by how many µs the caller's
// clock is ahead, 0 if it is right. With a skew of 0 the caller is believed: its clock is turned by
// hand.
//
// whole(n) writes a number without exponent or fraction, as Lua alone wouldn't from 1e14 on, and
// ms(us) turns µs into ms.
var clock = library(`
local function clock(now, skew)
  if skew == '0' then return tonumber(now), 0 end
  local t = redis.call('TIME')
  local own = t[1] * 1000000 + t[2]
  if math.abs(now - own) <= tonumber(skew) then return tonumber(now), 0 end
  return own, now - own
end
local function whole(n) return string.format('%.0f', math.floor(n)) end
local function ms(us) return whole(us / 1000) end
`)

// recall(server, now, step, keep) checks on every claim whether the server is still the one it was.
// A restarted server may have forgotten what it acknowledged last: up to two seconds with
// appendfsync everysec, much more if it was restored from a backup. Its run id gives it away. The
// last claim that it still remembers came before all that it forgot, so a text that left between
// that and now may have no record. recall returns from when to when that is, in ms, 0 if never.
//
// seen is written once a step and not by every claim: most claims find nothing, and write nothing
// else. If the server restarts again within keep, the doubt still reaches back to where it began.
var recall = library(`
local function recall(server, now, step, keep)
  local info = redis.pcall('INFO', 'server') -- a hosted Redis may not tell
  local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
  local old = redis.call('HMGET', server, 'run', 'seen', 'from', 'to')
  local from, to = tonumber(old[3] or '0'), tonumber(old[4] or '0')
  if old[1] and old[1] ~= run then
    if to + keep < now then from = tonumber(old[2]) end
    to = now
    redis.call('HSET', server, 'from', from, 'to', to)
  end
  if old[1] ~= run or old[2] + step <= now then
    redis.call('HSET', server, 'run', run, 'seen', now)
  end
  return from, to
end
`)

// claim takes what is due in some queues, one queue before the next:
//
//  1. posts, or alarms: nothing holds these back. Their claims are counted, and they come without
//     the state of a number, since of an alarm only the case counts.
//  2. texts that somebody waits for: no more than the pace lets out, each with its number's state
//  3. unasked texts: the same, and no more than the day has left
//
// Of a Redis of a later layout it takes nothing; see outdated.
//
// An id whose hash has expired is dropped.
//
// KEYS: server, pace, segments (of the pace's day), queues: one, or three
// ARGV:
//   - now: µs; skew: µs, see clock
//   - most: how many are taken at most
//   - lease: ms
//   - token: of this claim
//   - step, doubt: ms, see recall
//   - rows: what the keys of the hashes begin with
//   - since: the Unix s since which visits count, see known
//   - every: µs between two segments, 0 is no limit
//   - ahead: µs ahead that a segment may be promised
//   - far: µs ahead that the next free segment can lie, see free
//   - per_day: segments of the day, 0 is no limit
//
// Returns: {from ms, to ms, {id, {field, value…}, known, …}}, the first two as recall returns them;
// known is empty for the first queue
var claim = newScript(declared{
	name: "claim",
	keys: "server pace segments queues...",
	args: "now skew most lease token step doubt rows since every ahead far per_day",
	uses: []library{known, clock, recall, free, outdated},
	lua: `
if outdated() then return past end
local us = clock(now, skew)
local now = ms(us)
local from, to = recall(server, tonumber(now), step, doubt)
local out, left, room = {}, tonumber(most), tonumber(most)
local over = whole(now + lease)
local function number(row)
  for i = 1, #row, 2 do
    if row[i] == 'to' then return known(row[i+1], since) end
  end
  return {} -- a row without a number is a fault of that row alone
end
local function take(queue, n, tell)
  if n < 1 then return end
  local leased = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, n)) do
    local key = rows .. id
    local row = redis.call('HGETALL', key)
    if #row > 0 then
      leased[#leased+1], leased[#leased+2] = over, id
      redis.call('HSET', key, 'token', token)
      row[#row+1], row[#row+2] = 'token', token
      if not tell then redis.call('HINCRBY', key, 'claims', 1) end
      out[#out+1], out[#out+2], out[#out+3] = id, row, tell and number(row) or {}
      left, room = left - 1, room - 1
    else
      redis.call('ZREM', queue, id)
    end
  end
  if #leased > 0 then redis.call('ZADD', queue, unpack(leased)) end
end
take(queues[1], left, false)
if queues[2] then
  if every ~= '0' then
    room = math.min(room, math.floor((us + ahead - free(pace, us, far)) / every) + 1)
  end
  take(queues[2], math.min(room, left), true)
end
if queues[3] then
  if per_day ~= '0' then
    room = math.min(room, per_day - (redis.call('GET', segments) or '0'))
  end
  take(queues[3], math.min(room, left), true)
end
return {from, to, out}`,
})

// claimed is a row or a post that a claim took.
type claimed struct {
	fields map[string]string // of its hash, as they were before the claim but for the token
	known  any               // the state of its number, see decodeState
}

// claim takes up to n of what is due by now in some queues, whose hashes' keys begin with rows. It
// isn't retried: after an error some may be claimed all the same, and come back when the lease
// ends.
func (r *Redis) claim(
	ctx context.Context, rows string, queues []string,
	now time.Time, n int, p gate.Pace, lease time.Duration,
) ([]claimed, doubt, error) {
	reply, err := claim.run(ctx, r.once, r.keys,
		arg{"server", r.keys.server()},
		arg{"pace", r.keys.pace()},
		arg{"segments", r.keys.segments(p.Day)},
		arg{"queues", queues},
		arg{"now", now.UnixMicro()},
		arg{"skew", r.clock.skew.Microseconds()},
		arg{"most", n},
		arg{"lease", lease.Milliseconds()},
		arg{"token", rand.Text()},
		arg{"step", doubtStep.Milliseconds()},
		arg{"doubt", keepDoubt.Milliseconds()},
		arg{"rows", rows},
		arg{"since", r.visitsSince()},
		arg{"every", p.Every.Microseconds()},
		arg{"ahead", p.Ahead.Microseconds()},
		arg{"far", farthest(p).Microseconds()},
		arg{"per_day", p.PerDay}).Slice()
	if err == nil && len(reply) < 3 {
		err = errors.New("short answer")
	}
	if err != nil {
		return nil, doubt{}, fmt.Errorf("redis: claim: %w", err)
	}
	taken := list(reply[2])
	out := make([]claimed, 0, len(taken)/3)
	for i := 0; i+2 < len(taken); i += 3 {
		out = append(out, claimed{fields(taken[i+1]), taken[i+2]})
	}
	return out, doubt{moment(reply[0]), moment(reply[1])}, nil
}

// doubt is from when to when texts may have left whose record the server has lost; see recall.
type doubt struct{ from, to time.Time }

// of returns the doubt about a row, none if it can't be one that was forgotten.
//
// A row that was due before the restart may have left. So may an unasked one that is due later: its
// visit may have been forgotten too, and imported and planned again. An asked text that is due
// later is new, even if it has the same words. After keepDoubt nothing is in doubt any more.
func (d doubt) of(o handlers.Outgoing, now time.Time, lease time.Duration) handlers.Doubt {
	until := d.to.Add(lease)
	deferred := ms(o.Due) == ms(until) // it was put off until then because of this doubt
	if now.Sub(d.to) > keepDoubt || !o.Unasked && o.Due.After(d.to) && !deferred {
		return handlers.Doubt{}
	}
	return handlers.Doubt{From: d.from, Until: until}
}

// nextDue returns when the first of a queue falls due or its lease ends; zero if the queue is
// empty.
func (r *Redis) nextDue(ctx context.Context, queue string) (time.Time, error) {
	z, err := r.db.ZRangeWithScores(ctx, queue, 0, 0).Result()
	if err != nil || len(z) == 0 {
		return time.Time{}, wrap("next", err)
	}
	return time.UnixMilli(int64(z[0].Score)), nil
}
