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

// Texts and posts wait in queues of the same kind: a sorted set of ids by the ms they fall due,
// and a hash an id. A claim moves the score to the end of a lease, so that what a dead process
// held comes back by itself; a claim's token tells whose it is until it is settled.

// clock is what time it is, in µs: the caller's time, if it is within skew µs of the server's, else
// the server's. It also returns by how much the caller's clock is ahead, 0 if it is right. With a
// skew of 0 the caller is believed: its clock is turned by hand. Queues, leases and the pace go by
// it. All processes share them, so one wrong clock would hold up everybody.
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

// recall checks on every claim that the server is the one that it was. A restarted server may have
// forgotten what it acknowledged last: up to two seconds with appendfsync everysec, much more if it
// was restored from a backup. It has another run id then. What it still knows to have seen last
// comes before all that it forgot, so from there to now a text may have left whose record is gone.
// recall returns from when to when that is, in ms, 0 if never.
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

// claim takes what is due in some queues, one queue before the next. The first is held back by
// nothing, counts claims and tells nothing of numbers: posts, and alarms, of which only the case
// counts. The rows of the others come with what is known of their number; the second takes no more
// than the pace lets out, the third no more than the day does either.
//
// KEYS: server, key of the pace, segments of the pace's day, queues
// ARGV: now µs, skew µs, most: how many, lease ms, token, step of the server's clock ms, how long
// doubt lasts ms, what the keys of the hashes begin with, Unix s since which visits count, every:
// µs between segments (0 is no limit), µs ahead that a segment may be promised, how far ahead a
// segment can be µs, segments of the day (0 is no limit)
// Returns: {from ms, to ms, {id, {field, value…}, known…}}
var claim = newScript(declared{
	name: "claim",
	keys: "server pace segments queues...",
	args: "now skew most lease token step doubt rows since every ahead far per_day",
	uses: []library{known, clock, recall, free},
	lua: `
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

// claimed is a row that a claim took.
type claimed struct {
	fields map[string]string
	known  any // what is known of its number
}

// claim takes up to n rows of the queues that are due by now.
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
		arg{"skew", r.skew.Microseconds()},
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

// doubt is when texts may have left that the server has forgotten.
type doubt struct{ from, to time.Time }

// of is the doubt about a row. One that was due by then may have left. So may an unasked one that
// was planned anew since, when its visit, forgotten too, was imported again. Of other texts, a
// later one of the same words is another text.
func (d doubt) of(o handlers.Outgoing, now time.Time, lease time.Duration) handlers.Doubt {
	until := d.to.Add(lease)
	deferred := ms(o.Due) == ms(until) // it was put off because of its doubt
	if now.Sub(d.to) > keepDoubt || !o.Unasked && o.Due.After(d.to) && !deferred {
		return handlers.Doubt{}
	}
	return handlers.Doubt{From: d.from, Until: until}
}

// nextDue is when the first row of a queue falls due or its lease ends; zero if none waits.
func (r *Redis) nextDue(ctx context.Context, queue string) (time.Time, error) {
	z, err := r.db.ZRangeWithScores(ctx, queue, 0, 0).Result()
	if err != nil || len(z) == 0 {
		return time.Time{}, wrap("next", err)
	}
	return time.UnixMilli(int64(z[0].Score)), nil
}
