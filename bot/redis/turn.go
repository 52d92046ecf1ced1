package redis

import (
	"context"
	"errors"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// known(number, since) returns what is known of a number, of its visits those that start at since
// (Unix s) or later. decodeState reads it:
//
//	{version, talk or false, consent or false, reach or false, {visit or false, …},
//	 {case, thread, …}, 1 if it ever had an unasked text, {slot, version, …},
//	 ms at which it opted out or false}
//
// It runs inside the scripts that read or claim, so that all of it is of one moment. Expired ids
// are left out, or false.
var known = library(`
local function values(keys) return #keys > 0 and redis.call('MGET', unpack(keys)) or {} end
local function known(number, since)
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
    OUT .. number)
  local texted = redis.call('EXISTS', UNASKED .. number)
  return {one[1] or '0', one[2], one[3], one[4], values(visits), cases, texted, slots, one[5]}
end
`)

// readTurn reads all that is known of a number, and the reply to an event if that has happened.
//
// KEYS: done
// ARGV: number: in E.164, "" is the desk's own; since: the Unix s since which visits count
// Returns: {reply or false, what known returns}
var readTurn = newScript(declared{
	name: "readTurn",
	keys: "done",
	args: "number since",
	uses: []library{known},
	lua:  `return {redis.call('GET', done), known(number, since)}`,
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
//	INDEX key lifetime-ms at name … : enters names in a number's index, each until at (ms)
//
// A command may name any key of the clinic, though only the turns are declared as KEYS: on a
// Cluster all are in one slot.
//
// KEYS: turns: the version of the number, and of each slot
// ARGV:
//   - versions: as they were read, in the order of the keys, a space between
//   - keep: lifetime of a version, s
//   - now: ms
//   - commands: JSON list of lists of words
//
// Returns: 1, or 0 if another turn has written one of them since; then nothing is written
var writeTurn = newScript(declared{
	name: "writeTurn",
	keys: "turns...",
	args: "versions keep now commands",
	uses: []library{rows},
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
function own.INDEX(key, lifetime, ...)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  redis.call('ZADD', key, ...)
  if redis.call('PTTL', key) < tonumber(lifetime) then redis.call('PEXPIRE', key, lifetime) end
end
local i = 0
for version in string.gmatch(versions, '%S+') do
  i = i + 1
  if (redis.call('GET', turns[i]) or '0') ~= version then return 0 end
end
for _, key in ipairs(turns) do
  redis.call('INCR', key)
  redis.call('EXPIRE', key, keep)
end
for _, c in ipairs(cjson.decode(commands)) do
  if own[c[1]] then
    own[c[1]](unpack(c, 2))
  else
    redis.call(unpack(c))
  end
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
	known, err := r.names(ctx)
	if err != nil {
		return reply, false, err
	}
	for range turnTries {
		state, done, err := r.read(ctx, known, id, p)
		if err != nil {
			return reply, false, err
		}
		if done != nil {
			return *done, true, r.hold(ctx)
		}
		e, err := decide(state)
		if err != nil {
			return reply, false, err
		}
		commands, err := r.commands(known, id, state, e)
		if err != nil {
			return reply, false, err
		}
		turn := version{r.keys.turn(known.who(p)), state.Version}
		ok, err := r.write(ctx, append([]version{turn}, r.slotVersions(e.Slots)...), commands)
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

// write runs commands if all versions are still as they were read; false if one isn't.
func (r *Redis) write(ctx context.Context, guards []version, commands string) (bool, error) {
	turns, versions := make([]string, len(guards)), ""
	for i, g := range guards {
		turns[i] = g.key
		versions += g.was + " "
	}
	n, err := writeTurn.run(ctx, r.db, r.keys,
		arg{"turns", turns},
		arg{"versions", versions},
		arg{"keep", seconds(keepTurn)},
		arg{"now", ms(r.now())},
		arg{"commands", commands}).Int()
	return n == 1, err
}

// Peek implements handlers.Store. It is one round trip.
func (r *Redis) Peek(ctx context.Context, p handlers.Phone) (handlers.State, error) {
	known, err := r.names(ctx)
	if err != nil {
		return handlers.State{}, err
	}
	s, _, err := r.read(ctx, known, "", p)
	return s, err
}

// read reads a number's state, and the reply to an event; nil if that hasn't happened, or id is "".
func (r *Redis) read(
	ctx context.Context, known names, id string, p handlers.Phone,
) (s handlers.State, done *handlers.Reply, err error) {
	out, err := readTurn.run(ctx, r.db, r.keys,
		arg{"done", r.keys.done(id)},
		arg{"number", string(known.who(p))},
		arg{"since", r.visitsSince()}).Slice()
	if err == nil && len(out) < 2 {
		err = errors.New("short answer")
	}
	if err != nil {
		return s, nil, fmt.Errorf("redis: read turn: %w", err)
	}
	if out[0] != nil && id != "" {
		done = new(handlers.Reply)
		err = r.seals.decode(inDone, out[0], done)
	}
	s, err1 := r.seals.decodeState(p, out[1])
	return s, done, errors.Join(err, err1)
}

// visitsSince returns the Unix s since which visits are part of a number's state: lookBack ago.
func (r *Redis) visitsSince() int64 { return r.now().Add(-lookBack).Unix() }
