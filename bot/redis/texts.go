package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
)

// begin stores that a send begins: see gate.Ledger. All that could stand against the send is
// checked in the step that counts it, since two processes that check first and count then would
// both send. If it refuses, nothing changes; so with a later layout, see outdated.
//
// KEYS: row; unasked: the number's unasked texts; turn: the number's version; pace; segments: of
// the pace's day
// ARGV, the row as it begins:
//   - token: of the claim; id
//   - says, body, tries: as gate.Ledger has them
//   - first: when its first try began, ms; "" if unknown
//   - now: µs; skew: µs, see clock; lease: ms
//
// the caps of its number:
//   - capped: flag: the text is unasked, so they apply
//   - day, week: since when texts count, ms; day_cap, week_cap: the most since then, 0 is no cap
//   - count_keep: lifetime of the count, s
//   - keep_day: how many of the day are kept for other texts, and count as had
//   - keep: of each text of the next seven days that room is kept for, soonest first, since when
//     texts count against it, ms, a space between
//   - span: how long a week is, ms
//
// the pace:
//   - weight: how many segments the text has; 0 is a call
//   - every: µs between two segments, 0 is no limit
//   - ahead: µs ahead that a segment may be promised; "" is a text that doesn't wait for the pace
//   - far: µs ahead that the next free segment can lie, see free
//   - per_day: segments of the day, after which no unasked text leaves, 0 is no limit
//   - day_ends: when that day ends, ms; pace_keep: lifetime of the pace, s
//
// what it was decided from:
//   - with: ids of the rows that it tells as well, one a line
//   - version: of the number's state, "" if it wasn't decided from one
//   - texted: flag: the number had had an unasked text by then
//
// Returns, the first a gate.Answer, with times by the caller's clock:
//   - {0}: the claim is lost, or a receipt says that the text was sent
//   - {1, µs}: send it then
//   - {2, "day" or "week", µs}: the number has reached that cap, or what is kept of it for others;
//     if it is had by the week, from when there is room
//   - {3, µs}: it is too early for the pace until then
//   - {4, ids}: of the rows that it was to tell as well, only these still can be
//   - {5}: the number's state has changed
var begin = newScript(declared{
	name: "begin",
	keys: "row unasked turn pace segments",
	args: "token id says body tries first now skew lease " +
		"capped day day_cap week week_cap count_keep keep_day keep span " +
		"weight every ahead far per_day day_ends pace_keep " +
		"with version texted",
	uses: []library{rows, clock, free, outdated},
	lua: `
if outdated() then return past end
local us, off = clock(now, skew)
local now = ms(us)
local held = redis.call('HMGET', row, 'token', 'state', 'queue', 'log', 'first')
if held[1] ~= token or held[2] ~= 'planned' then return {0} end
local can, all = {}, true
for other in told(with) do
  local f = redis.call('HMGET', TEXT .. other, 'state', 'tries', 'by')
  local ours = f[3] == id and (f[1] == 'claimed' or f[1] == 'skipped')
  if f[1] == 'planned' and f[2] == '0' or ours then can[#can+1] = other else all = false end
end
if not all then return {4, table.concat(can, '\n')} end
if version ~= '' and (redis.call('GET', turn) or '0') ~= version then return {5} end
if capped == '1' then
  local had = redis.call('ZRANGEBYSCORE', unasked, '(' .. week, '+inf', 'WITHSCORES')
  local days, begun = tonumber(keep_day), false
  local function since(ms)
    local n = 0
    for i = 2, #had, 2 do if tonumber(had[i]) > tonumber(ms) then n = n + 1 end end
    return n
  end
  for i = 1, #had, 2 do
    begun = begun or had[i] == id -- so it is counted already
    if tonumber(had[i+1]) >= tonumber(day) then days = days + 1 end
  end
  if not begun and day_cap ~= '0' and days >= tonumber(day_cap) then return {2, 'day'} end
  if not begun and week_cap ~= '0' then
    local over = #had / 2 - tonumber(week_cap) + 1
    if over > 0 then
      return {2, 'week', whole((tonumber(had[2 * over]) + tonumber(span)) * 1000 + off)}
    end
    local others = 0 -- those that leave before it
    for from in string.gmatch(keep, '%S+') do
      others = others + 1
      if since(from) + 1 + others > tonumber(week_cap) then return {2, 'week'} end
    end
  end
  if version ~= '' and texted ~= '1' and #had > 0 then return {5} end
end
local at, paced = us, every ~= '0'
local segment = paced and free(pace, us, far)
if paced and ahead ~= '' then
  at = segment
  if at > us + ahead then return {3, whole(at + off)} end
end
local used = tonumber(redis.call('GET', segments) or '0')
if capped == '1' and per_day ~= '0' and used >= tonumber(per_day) then
  return {3, day_ends .. '000'}
end
-- It is counted even where no limit holds it back: a text that left before the server forgot it
-- is part of the day, too.
if paced then redis.call('SET', pace, whole(segment + weight * every), 'EX', pace_keep) end
redis.call('SET', segments, used + weight, 'EX', pace_keep)
if capped == '1' then -- begun again it counts once, from now
  redis.call('ZADD', unasked, now, id)
  redis.call('EXPIRE', unasked, count_keep)
end
for _, other in ipairs(can) do
  local k = TEXT .. other
  local f = redis.call('HMGET', k, 'state', 'queue')
  if f[1] == 'planned' then
    local due = redis.call('ZSCORE', f[2], other) or now
    redis.call('HSET', k, 'state', 'claimed', 'by', id, 'due', due)
    redis.call('HDEL', k, 'token')
    redis.call('ZREM', f[2], other)
    note(k, now, 'claimed', 'by the text that tells of another visit too')
  end
end
-- The first try's time is kept; this one's own is by the server's clock.
if first ~= '' and first ~= held[5] then first = whole(first - off / 1000) end
redis.call('ZADD', held[3], whole(now + lease), id)
redis.call('HSET', row, 'tries', tries, 'first', first, 'says', says, 'body', body,
  'with', with, 'log', logged(held[4], now, 'claimed', ''))
return {1, whole(at + off)}`,
})

// settle stores a row as it now is and gives its claim back. A receipt may have come first, so the
// state moves forward only. It also settles the rows that the text told as well: they are skipped
// if it was sent or may have been, and wait on their own if it never left.
//
// KEYS: text: the row; unasked: the number's unasked texts; figures: of the day; said: the
// number's transcript
// ARGV:
//   - token: of the claim; id
//   - row: its JSON if it waits again, since it may have changed; "" if it has ended
//   - state, sid, why: what became of it
//   - at: when that was, ms
//   - again: when it is due again, ms; "" if it has ended
//   - keep: lifetime of an ended row, s
//   - tries, errors: as handlers.Outgoing has them; with 0 tries it never left, and doesn't count
//     against the caps
//   - body: kept apart in case the text isn't delivered, "" for none; body_keep: its lifetime, s
//   - entry: of the transcript, if the text was sent; "" for none; said_keep: lifetime of that, s
//   - figures_keep: lifetime of the figures, s
//   - tally: what is counted if the claim holds: name, n, …
//
// Returns: 1, or 0 if the claim is lost
var settle = newScript(declared{
	name: "settle",
	keys: "text unasked figures said",
	args: "token id row state sid why at again keep tries errors body body_keep entry said_keep " +
		"figures_keep tally...",
	uses: []library{rows, count},
	lua: `
local held = redis.call('HMGET', text, 'token', 'queue', 'state', 'log', 'with')
if held[1] ~= token then return 0 end
if entry ~= '' then
  redis.call('ZADD', said, at, entry)
  redis.call('EXPIRE', said, said_keep)
end
count(figures, figures_keep, unpack(ARGV, tally))
local set = {'tries', tries, 'errors', errors}
local function put(field, value) set[#set+1], set[#set+2] = field, value end
if row ~= '' then put('row', row) end
if sid ~= '' then put('sid', sid) end
if forward(held[3], state) then
  put('state', state)
  put('why', why)
  put('at', at)
  put('log', logged(held[4], at, state, why))
  if state == 'failed' then redis.call('ZADD', FAILED, at, id) end
elseif why ~= '' and held[3] == 'planned' then
  put('why', why)
  put('log', logged(held[4], at, 'planned', why))
end
redis.call('HSET', text, unpack(set))
-- One that was given up without knowing what became of it may have been sent.
if state == 'sent' or again == '' and tries ~= '0' then
  for other in told(held[5]) do
    local k = TEXT .. other
    local f = redis.call('HMGET', k, 'by', 'state')
    if f[1] == id and f[2] == 'claimed' then
      redis.call('HSET', k, 'state', 'skipped', 'why', 'told in the text of another visit',
        'at', at)
      redis.call('EXPIRE', k, keep)
      note(k, at, 'skipped', 'told in the text of another visit')
    end
  end
elseif tries == '0' then
  redis.call('ZREM', unasked, id)
  part(held[5], id, at)
end
if again ~= '' then
  redis.call('HDEL', text, 'token')
  redis.call('ZADD', held[2], again, id)
  return 1
end
redis.call('HDEL', text, 'token', 'body')
if body ~= '' and held[3] ~= 'delivered' then
  redis.call('SET', WORDS .. id, body, 'EX', body_keep)
end
redis.call('ZREM', held[2], id)
redis.call('EXPIRE', text, keep)
return 1`,
})

// Claim implements gate.Ledger. A bot that leaves ordinary work to others takes alarms alone: see
// Serves. It isn't retried: after an error rows may be claimed all the same, and come back when the
// lease ends. So does a row that can't be read; the error tells of it each time.
func (r *Redis) Claim(
	ctx context.Context, now time.Time, n int, p gate.Pace, lease time.Duration,
) ([]gate.Claim, error) {
	queues := r.keys.textQueues()
	if r.Serves() != nil {
		queues = queues[:1]
	}
	taken, doubt, err := r.claim(ctx, r.keys.text(""), queues, now, n, p, lease)
	if err != nil {
		return nil, err
	}
	out := make([]gate.Claim, 0, len(taken))
	var faults []error
	for _, one := range taken {
		var c gate.Claim
		if c.Outgoing, err = r.seals.decodeRow(one.fields); err == nil && !c.Alarm {
			c.Known, err = r.seals.decodeState(c.To, one.known, r.now())
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		c.Doubt = doubt.of(c.Outgoing, now, lease)
		out = append(out, c)
	}
	return out, errors.Join(faults...)
}

// Begin implements gate.Ledger. It isn't retried: after an error the send may have begun or not,
// and must not be made. Workers that begin at the same time share a round trip.
func (r *Redis) Begin(
	ctx context.Context, o handlers.Outgoing, s handlers.State,
	c gate.Caps, p gate.Pace, lease time.Duration,
) (gate.Begun, error) {
	ahead := num(p.Ahead.Microseconds())
	if o.Alarm {
		ahead = "" // it is counted, but doesn't wait
	}
	known, err := r.names(ctx)
	if err != nil {
		return gate.Begun{}, err
	}
	n := known.who(o.To)
	reply, err := r.line.run(ctx, begin, r.keys,
		arg{"row", r.keys.text(o.ID)},
		arg{"unasked", r.keys.unasked(n)},
		arg{"turn", r.keys.turn(n)},
		arg{"pace", r.keys.pace()},
		arg{"segments", r.keys.segments(p.Day)},

		arg{"token", o.Token},
		arg{"id", o.ID},
		arg{"says", o.Says},
		arg{"body", r.seals.seal(inText, o.Body)},
		arg{"tries", o.Tries},
		arg{"first", maybe(o.First)},
		arg{"now", c.Now.UnixMicro()},
		arg{"skew", r.clock.skew.Microseconds()},
		arg{"lease", lease.Milliseconds()},

		arg{"capped", flag(o.Unasked)},
		arg{"day", ms(c.Day)},
		arg{"day_cap", c.PerDay},
		arg{"week", ms(c.Week)},
		arg{"week_cap", c.PerWeek},
		arg{"count_keep", seconds(keepUnasked)},
		arg{"keep_day", c.KeepDay},
		arg{"keep", since(c)},
		arg{"span", c.Now.Sub(c.Week).Milliseconds()},

		arg{"weight", weight(o)},
		arg{"every", p.Every.Microseconds()},
		arg{"ahead", ahead},
		arg{"far", farthest(p).Microseconds()},
		arg{"per_day", p.PerDay},
		arg{"day_ends", ms(p.Ends)},
		arg{"pace_keep", seconds(keepPace)},

		arg{"with", o.With},
		arg{"version", s.Version},
		arg{"texted", flag(s.Texted)}).Slice()
	if err == nil && len(reply) == 0 {
		err = errors.New("empty answer")
	}
	if err != nil {
		return gate.Begun{}, fmt.Errorf("redis: begin: %w", err)
	}
	return decodeBegun(reply), nil
}

// since returns, for each text that room is kept for, since when texts count against it.
func since(c gate.Caps) string {
	var out []string
	for _, at := range c.Since() {
		out = append(out, num(ms(at)))
	}
	return strings.Join(out, " ")
}

// weight returns how many segments a row takes of the pace; a call takes none.
func weight(o handlers.Outgoing) int {
	if o.Voice {
		return 0
	}
	n, _ := knowledge.Segments(o.Body)
	return n
}

// decodeBegun reads what begin returns.
func decodeBegun(reply []any) gate.Begun {
	b := gate.Begun{Answer: gate.Answer(number(reply[0]))}
	if len(reply) < 2 {
		return b
	}
	switch b.Answer {
	case gate.Apart:
		b.With = text(reply[1])
	case gate.Capped:
		b.Cap = text(reply[1])
		if len(reply) > 2 {
			b.At = time.UnixMicro(number(reply[2]))
		}
	default:
		b.At = time.UnixMicro(number(reply[1]))
	}
	return b
}

// Settle implements gate.Ledger. It isn't retried: after an error the row may come back when its
// lease ends. If its send had begun, it is looked up at the carrier before it is sent again.
func (r *Redis) Settle(ctx context.Context, o handlers.Outgoing) (bool, error) {
	again, row, body := "", "", ""
	known, err := r.names(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case o.State == handlers.Planned:
		again = notBefore(o.Due)
		row, err = r.seals.encodeRow(o)
	case (o.State == handlers.Sent || o.State == handlers.Failed) && !o.Unasked:
		body = r.seals.seal(inText, o.Body) // kept no longer than it may have to be sent again
	}
	if err != nil {
		return false, err
	}
	entry, err := r.entry(o)
	if err != nil {
		return false, err
	}
	day, tally := r.tallied(o, o.State)
	ok, err := r.line.run(ctx, settle, r.keys,
		arg{"text", r.keys.text(o.ID)},
		arg{"unasked", r.keys.unasked(known.who(o.To))},
		arg{"figures", r.keys.figures(day)},
		arg{"said", r.keys.said(known.who(o.To))},
		arg{"token", o.Token},
		arg{"id", o.ID},
		arg{"row", row},
		arg{"state", o.State},
		arg{"sid", o.SID},
		arg{"why", oneLine(o.Why)},
		arg{"at", ms(o.At)},
		arg{"again", again},
		arg{"keep", seconds(r.keep.Text)},
		arg{"tries", o.Tries},
		arg{"errors", o.Errors},
		arg{"body", body},
		arg{"body_keep", seconds(keepWords)},
		arg{"entry", entry},
		arg{"said_keep", seconds(r.keep.Said)},
		arg{"figures_keep", seconds(keepFigures)},
		arg{"tally", tally}).Int()
	return ok == 1, wrap("settle", err)
}
