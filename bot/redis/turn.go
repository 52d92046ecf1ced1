package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// known(number, since, key…) returns what is known of a number, of its visits those that start at
// since (Unix s) or later, and the values of further strings, read on the way: a call costs more
// than what it reads. decodeState reads what is known:
//
//	{version, talk or false, consent or false, reach or false, {visit or false, …},
//	 {case, thread, …}, 1 if it ever had an unasked text, {slot, version, …},
//	 ms at which it opted out or false}
//
// It runs inside the scripts that read or claim, so that all of it is of one moment. Expired ids
// are left out, or false.
var known = library(`
local function values(keys) return #keys > 0 and redis.call('MGET', unpack(keys)) or {} end
local function known(number, since, ...)
  local visits = redis.call('ZRANGEBYSCORE', VISITS .. number, since, '+inf')
  local cases, slots = {}, {}
  for i, id in ipairs(visits) do visits[i] = VISIT .. id end
  for _, id in ipairs(redis.call('SMEMBERS', CASES .. number)) do
    local c = redis.call('HMGET', CASE .. id, 'case', 'thread')
    if c[1] then cases[#cases+1] = c[1]; cases[#cases+1] = c[2] or '' end
  end
  for _, id in ipairs(redis.call('ZRANGE', OFFERS .. number, 0, -1)) do
    local s = redis.call('MGET', SLOT .. id, SLOT_TURN .. id)
    if s[1] then slots[#slots+1] = s[1]; slots[#slots+1] = s[2] or '0' end
  end
  local one = redis.call('MGET', TURN .. number, TALK .. number, CONSENT .. number, REACH .. number,
    OUT .. number, ...)
  local texted = redis.call('EXISTS', UNASKED .. number)
  return {one[1] or '0', one[2], one[3], one[4], values(visits), cases, texted, slots, one[5]},
    unpack(one, 6)
end
`)

// readTurn reads all that is known of a number, and the reply to an event if that has happened.
//
// KEYS: done, handled
// ARGV:
//   - number: by its hash, "" is the desk's own; since: the Unix s since which visits count
//   - records: how many of the number's rows at most, the last ones
//
// Returns: {reply or false, what is known, what of all answers is used up or false, "" if the event
// happened, be its reply forgotten, or false, {{field, value…} of a row, …}}, the last row first; a
// row that has expired is empty
var readTurn = newScript(declared{
	name: "readTurn",
	keys: "done handled",
	args: "number since records",
	uses: []library{known},
	lua: `
local rows = {}
if records ~= '0' then
  rows = redis.call('ZREVRANGE', TEXTS .. number, 0, records - 1)
  for i, id in ipairs(rows) do rows[i] = redis.call('HGETALL', TEXT .. id) end
end
local state, reply, spent, happened = known(number, since, done, SPENT, handled)
return {reply, state, spent, happened, rows}`,
})

// writeTurn runs a list of commands if the number, and each slot that it changes, is still at the
// version that was read. Besides Redis' own commands there are:
//
//	PLAN key id due row body to queue texts-of-number state why lifetime : adds a row to the
//	    ledger, unless its id is there and not void. Its history goes on.
//	VOID key id lifetime why : a row won't be sent. One whose send has begun stays, and so does
//	    one that another row's text tells, or that was decided against when it was due.
//	RETRY key id why : a failed row is sent again; one in any other state stays as it is
//	DISMISS key id by : takes a failed row off the list of failed ones
//	PRUNE key : drops ids of expired cases from a set of ids of cases
//	INDEX key lifetime-ms slack-ms at name … : enters names in a number's index, each until at (ms).
//	    The index lives for slack longer than it must, so that not every turn has to extend it.
//	COUNT key lifetime name n … : adds to the figures of a day
//	REFUSE key why number gap-ms most lifetime : counts a text that isn't answered, in the stretch
//	    of the last one if that was no longer than gap ago, and notes the first numbers
//
// A command may name any key of the clinic, though only the turns are declared as KEYS: on a
// Cluster all are in one slot.
//
// KEYS: turns: the version of the number, and of each slot
// ARGV:
//   - versions: as they were read, in the order of the keys, a space between
//   - keep: lifetime of a version, s
//   - now: ms
//   - asked: what the answer costs, see spend; keep_spent: lifetime of the counts, s
//   - commands: of each, how many words it has, and its words. They aren't JSON: to write and to
//     read that took a tenth of a turn.
//
// Returns: 1, or 0 if another turn has written one of them since, or if what the answer costs is
// used up; then nothing is written
var writeTurn = newScript(declared{
	name: "writeTurn",
	keys: "turns...",
	args: "versions keep now asked keep_spent commands...",
	uses: []library{rows, spend, outdated, count},
	lua: `
local own = {}
function own.PLAN(key, id, due, row, body, to, queue, of, state, why, keep)
  local old = redis.call('HMGET', key, 'state', 'log')
  if old[1] and old[1] ~= 'void' then return end
  redis.call('DEL', key)
  redis.call('HSET', key, 'row', row, 'body', body, 'state', state, 'why', why, 'tries', '0',
    'to', to, 'queue', queue, 'log', old[2] or '')
  note(key, now, state, why)
  redis.call('ZADD', of, due, id)
  if state == 'planned' then
    redis.call('ZADD', queue, due, id)
  else
    redis.call('EXPIRE', key, keep)
  end
end
function own.VOID(key, id, keep, why)
  local f = redis.call('HMGET', key, 'state', 'tries', 'by', 'queue', 'at')
  if not f[1] or f[2] ~= '0' then return end
  if f[1] == 'planned' or (f[1] == 'skipped' and not f[3] and not f[5]) then
    part(redis.call('HGET', key, 'with'), id, now)
    redis.call('HSET', key, 'state', 'void', 'why', why)
    redis.call('HDEL', key, 'token', 'by')
    redis.call('EXPIRE', key, keep)
    redis.call('ZREM', f[4], id)
    note(key, now, 'void', why)
  end
end
function own.PEND(key, queue, id, row, due, keep)
  if redis.call('HEXISTS', key, 'back') == 1 or redis.call('HEXISTS', key, 'token') == 1 then
    return
  end
  redis.call('HSET', key, 'row', row)
  redis.call('EXPIRE', key, keep)
  if due ~= '' then redis.call('ZADD', queue, due, id) end
end
function own.RETRY(key, id, why)
  if redis.call('HGET', key, 'state') ~= 'failed' then return end
  redis.call('HSET', key, 'errors', '0')
  requeue(key, id, now, now, why)
end
function own.DISMISS(key, id, by)
  if redis.call('ZREM', FAILED, id) == 1 then note(key, now, '` + gate.Dismissed + `', by) end
end
function own.PRUNE(key)
  for _, id in ipairs(redis.call('SMEMBERS', key)) do
    if redis.call('EXISTS', CASE .. id) == 0 then redis.call('SREM', key, id) end
  end
end
function own.INDEX(key, lifetime, slack, ...)
  redis.call('ZADD', key, ...)
  local left = redis.call('PTTL', key)
  if left >= lifetime + 0 then return end
  if left > 0 then redis.call('ZREMRANGEBYSCORE', key, '-inf', now) end -- else it is new
  redis.call('PEXPIRE', key, lifetime + slack)
end
function own.REFUSE(key, why, number, gap, most, keep)
  local last = redis.call('HGET', key, 'to')
  if not last or now - last > tonumber(gap) then
    redis.call('DEL', key)
    redis.call('HSET', key, 'from', now)
  end
  redis.call('HSET', key, 'to', now)
  redis.call('HINCRBY', key, 'why:' .. why, 1)
  if number ~= '' and redis.call('HLEN', key) < most + 4 then
    redis.call('HSET', key, 'of:' .. number, '1')
  end
  redis.call('EXPIRE', key, keep)
end
function own.COUNT(...) count(...) end
local is, i = redis.call('MGET', SPENT, LAYOUT, unpack(turns)), 2
if later(is[2]) then return past end
for version in string.gmatch(versions, '%S+') do
  i = i + 1
  if (is[i] or '0') ~= version then return 0 end
end
local spent = spend(asked, is[1] or '')
if not spent then return 0 end
if spent ~= '' then redis.call('SET', SPENT, spent, 'EX', keep_spent) end
i = 0
for version in string.gmatch(versions, '%S+') do
  i = i + 1
  redis.call('SET', turns[i], version + 1, 'EX', keep)
end
local at = commands
while ARGV[at] do
  local last = at + ARGV[at]
  local does = own[ARGV[at+1]]
  if does then
    does(unpack(ARGV, at + 2, last))
  else
    redis.call(unpack(ARGV, at + 1, last))
  end
  at = last + 1
end
return 1`,
})

// turnTries is how often a turn is decided again because others wrote the same number meanwhile:
// far more than the texts of one person can collide.
const turnTries = 50

// Turn implements handlers.Store. After an error the effects may have been written or not; the same
// event again finds out, and happens once. A write whose answer was lost is retried on the way: it
// can't happen twice, since the first one has raised the version.
func (r *Redis) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (reply handlers.Reply, again bool, err error) {
	alone := func(s handlers.State, _ []handlers.Record) (handlers.Effects, error) {
		return decide(s)
	}
	return r.turn(ctx, id, p, 0, alone)
}

// TurnWithRecords is Turn for who also needs the number's rows, as Records returns them. They are
// read in the same step as the state, which saves a text up to two round trips.
func (r *Redis) TurnWithRecords(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State, []handlers.Record) (handlers.Effects, error),
) (reply handlers.Reply, again bool, err error) {
	return r.turn(ctx, id, p, mostRecords, decide)
}

// turn is Turn, with so many rows of the number's at most. It is one round trip to read and one to
// write, as long as nobody else writes the number.
func (r *Redis) turn(
	ctx context.Context, id string, p handlers.Phone, records int,
	decide func(handlers.State, []handlers.Record) (handlers.Effects, error),
) (reply handlers.Reply, again bool, err error) {
	known, err := r.names(ctx)
	if err != nil {
		return reply, false, err
	}
	n := known.who(p)
	for range turnTries {
		state, rows, done, err := r.read(ctx, n, id, p, records)
		if err != nil {
			return reply, false, err
		}
		if done != nil {
			return *done, true, r.hold(ctx)
		}
		e, err := decide(state, rows)
		if err != nil {
			return reply, false, err
		}
		commands, err := r.commands(known, n, id, state, e)
		if err != nil {
			return reply, false, err
		}
		turn := version{r.keys.turn(n), state.Version}
		guards := append([]version{turn}, r.slotVersions(e.Slots)...)
		ok, err := r.write(ctx, guards, encodeSpend(e.Spend), commands)
		if err != nil {
			return reply, false, wrap("write turn", err)
		}
		if ok {
			return e.Reply, false, nil
		}
	}
	return reply, false, handlers.ErrConflict
}

// version guards a turn: the key of a version, and the version that was read.
type version struct{ key, was string }

// write runs commands if all versions are still as they were read, and if what the answer costs isn't
// used up; false if one isn't.
func (r *Redis) write(
	ctx context.Context, guards []version, asked string, commands []string,
) (bool, error) {
	turns, versions := make([]string, len(guards)), ""
	for i, g := range guards {
		turns[i] = g.key
		versions += g.was + " "
	}
	n, err := r.step(ctx, writeTurn,
		arg{"turns", turns},
		arg{"versions", versions},
		arg{"keep", seconds(keepTurn)},
		arg{"now", ms(r.now())},
		arg{"asked", asked},
		arg{"keep_spent", seconds(keepSpent)},
		arg{"commands", commands}).Int()
	return n == 1, err
}

// step calls a script of a turn. What many texts ask at once goes in one round trip; what concerns
// a patient in danger doesn't wait for such a trip. A call whose trip had no answer is made again by
// itself, and then as often as any other: it can't happen twice.
func (r *Redis) step(ctx context.Context, s *script, given ...arg) *redis.Cmd {
	if !handlers.IsApart(ctx) {
		c := r.line.run(ctx, s, r.keys, given...)
		if !unanswered(c.Err()) || ctx.Err() != nil {
			return c
		}
	}
	return s.run(ctx, r.db, r.keys, given...)
}

// Peek implements handlers.Store. It is one round trip.
func (r *Redis) Peek(ctx context.Context, p handlers.Phone) (handlers.State, error) {
	known, err := r.names(ctx)
	if err != nil {
		return handlers.State{}, err
	}
	s, _, _, err := r.read(ctx, known.who(p), "", p, 0)
	return s, err
}

// read reads the state of a number, n by its hash, so many of its rows at most, and the reply to an
// event; nil if that hasn't happened, or id is "". A reply that is forgotten is the zero one.
func (r *Redis) read(
	ctx context.Context, n who, id string, p handlers.Phone, records int,
) (s handlers.State, rows []handlers.Record, done *handlers.Reply, err error) {
	out, err := r.step(ctx, readTurn,
		arg{"done", r.keys.done(n, id)},
		arg{"handled", r.keys.handled(id)},
		arg{"number", string(n)},
		arg{"since", r.visitsSince()},
		arg{"records", records}).Slice()
	if err == nil && len(out) < 5 {
		err = errors.New("short answer")
	}
	if err != nil {
		return s, nil, nil, fmt.Errorf("redis: read turn: %w", err)
	}
	if id != "" && (out[0] != nil || out[3] != nil) {
		done = new(handlers.Reply)
	}
	if done != nil && out[0] != nil {
		err = r.seals.decode(inDone, out[0], done)
	}
	s, err1 := r.seals.decodeState(p, out[1], r.now())
	s.Used = decodeUsed(text(out[2]))
	rows, err2 := r.seals.decodeRecords(list(out[4]))
	slices.Reverse(rows)
	return s, rows, done, errors.Join(err, err1, err2)
}

// visitsSince returns the Unix s since which visits are part of a number's state.
func (r *Redis) visitsSince() int64 { return r.now().Add(-handlers.LookBack).Unix() }
