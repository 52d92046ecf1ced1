package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// known is what scripts read of a number, of its visits those that start at since (Unix s) or later:
// {version, talk or false, consent or false, reach or false, {visit…}, {case, thread…}, 1 if ever texted, {slot, version…}}
var known = `
local function values(keys) return #keys > 0 and redis.call('MGET', unpack(keys)) or {} end
local function known(number, since)
  local visits, cases, slots = redis.call('ZRANGEBYSCORE', '` + keyVisitsOf("") + `' .. number, since, '+inf'), {}, {}
  for i, id in ipairs(visits) do visits[i] = '` + keyVisit("") + `' .. id end
  for _, id in ipairs(redis.call('SMEMBERS', '` + keyCasesOf("") + `' .. number)) do
    local c = redis.call('HMGET', '` + keyCase("") + `' .. id, 'case', 'thread')
    if c[1] then cases[#cases+1] = c[1]; cases[#cases+1] = c[2] or '' end
  end
  for _, id in ipairs(redis.call('ZRANGE', '` + keyOffersOf("") + `' .. number, 0, -1)) do
    local s = redis.call('MGET', '` + keySlot("") + `' .. id, '` + keyTurn(slotTurn) + `' .. id)
    if s[1] then slots[#slots+1] = s[1]; slots[#slots+1] = s[2] or '0' end
  end
  local one = redis.call('MGET', '` + keyTurn("") + `' .. number, '` + keyTalk("") + `' .. number, '` + keyConsent("") + `' .. number, '` + keyReach("") + `' .. number)
  return {one[1] or '0', one[2], one[3], one[4], values(visits), cases, redis.call('EXISTS', '` + keyUnasked("") + `' .. number), slots}
end
`

// readTurn reads all that is known of a number, and whether an event has been.
// KEYS: done
// ARGV: number, Unix s from which visits count
// Returns: {done or false, known}
var readTurn = redis.NewScript(known + `return {redis.call('GET', KEYS[1]), known(ARGV[1], ARGV[2])}`)

// writeTurn does a list of commands if the number, and each slot that it changes, is still at the version that was read.
// KEYS: turn of the number and of each slot
// ARGV: versions with a space between, lifetime of the version in s, JSON list of commands, now ms; besides Redis' own there are
//
//	PLAN key id due row body to queue rows-of-number state why lifetime : a row of the ledger, unless its id is there and not void
//	VOID key id lifetime why     : the row will not leave, if it hasn't begun to and no text that has tells it as well
//	RETRY key id why             : a failed row leaves again
//	DISMISS key id by            : a failed row has been seen to
//	CASES key                    : cases that were forgotten are no number's any more
//
// Returns: 1, or 0 when another has written one of them since
var writeTurn = redis.NewScript(shared + `
local now, own = ARGV[4], {}
function own.PLAN(key, id, due, row, body, to, queue, of, state, why, keep)
  local old = redis.call('HMGET', key, 'state', 'log')
  if old[1] and old[1] ~= 'void' then return end
  redis.call('DEL', key)
  redis.call('HSET', key, 'row', row, 'body', body, 'state', state, 'why', why, 'tries', '0', 'to', to, 'queue', queue, 'log', old[2] or '')
  note(key, now, state, why)
  redis.call('ZADD', of, due, id)
  if state == 'planned' then redis.call('ZADD', queue, due, id) else redis.call('EXPIRE', key, keep) end
end
function own.VOID(key, id, keep, why)
  local f = redis.call('HMGET', key, 'state', 'tries', 'by', 'queue')
  if not f[1] or f[2] ~= '0' then return end
  if f[1] == 'planned' or (f[1] == 'skipped' and not f[3] and not redis.call('HGET', key, 'at')) then
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
  if redis.call('ZREM', FAILED, id) == 1 then note(key, now, '` + handlers.Dismissed + `', by) end
end
function own.CASES(key)
  for _, id in ipairs(redis.call('SMEMBERS', key)) do
    if redis.call('EXISTS', '` + keyCase("") + `' .. id) == 0 then redis.call('SREM', key, id) end
  end
end
local i = 0
for version in string.gmatch(ARGV[1], '%S+') do
  i = i + 1
  if (redis.call('GET', KEYS[i]) or '0') ~= version then return 0 end
end
for _, key in ipairs(KEYS) do
  redis.call('INCR', key)
  redis.call('EXPIRE', key, ARGV[2])
end
for _, c in ipairs(cjson.decode(ARGV[3])) do
  if own[c[1]] then
    own[c[1]](unpack(c, 2))
  else
    redis.call(unpack(c))
  end
end
return 1`)

// turnTries is how often a turn is begun anew when others wrote the same number in between: far more than a person's
// texts can collide.
const turnTries = 50

// Turn implements handlers.Store.
func (r *Redis) Turn(ctx context.Context, id string, p handlers.Phone, decide func(handlers.State) (handlers.Effects, error)) (handlers.Reply, bool, error) {
	for range turnTries {
		state, done, err := r.read(ctx, id, p)
		if err != nil || done != nil {
			return deref(done), done != nil, err
		}
		e, err := decide(state)
		if err != nil {
			return handlers.Reply{}, false, err
		}
		commands, err := r.commands(id, state, e)
		if err != nil {
			return handlers.Reply{}, false, err
		}
		keys, versions := slotTurns(e.Slots, []string{keyTurn(p.E164())}, state.Version)
		ok, err := writeTurn.Run(ctx, r.db, keys, versions, seconds(keepTurn), commands, ms(r.now())).Int()
		if err != nil {
			return handlers.Reply{}, false, fmt.Errorf("redis: write turn: %w", err)
		}
		if ok == 1 {
			return e.Reply, false, nil
		}
	}
	return handlers.Reply{}, false, handlers.ErrConflict
}

func deref(r *handlers.Reply) handlers.Reply {
	if r == nil {
		return handlers.Reply{}
	}
	return *r
}

// Peek implements handlers.Store.
func (r *Redis) Peek(ctx context.Context, p handlers.Phone) (handlers.State, error) {
	s, _, err := r.read(ctx, "", p)
	return s, err
}

func (r *Redis) read(ctx context.Context, id string, p handlers.Phone) (s handlers.State, done *handlers.Reply, err error) {
	out, err := readTurn.Run(ctx, r.db, []string{keyDone(id)}, p.E164(), r.visitsFrom()).Slice()
	if err == nil && len(out) < 2 {
		err = errors.New("short answer")
	}
	if err != nil {
		return s, nil, fmt.Errorf("redis: read turn: %w", err)
	}
	if d, ok := out[0].(string); ok && id != "" {
		done = new(handlers.Reply)
		err = json.Unmarshal([]byte(d), done)
	}
	s, err1 := state(p, out[1])
	return s, done, errors.Join(err, err1)
}

// visitsFrom is the Unix time from which visits are part of a number's state.
func (r *Redis) visitsFrom() int64 { return r.now().Add(-lookBack).Unix() }

// state is a number's, from what a script says is known of it.
func state(p handlers.Phone, from any) (s handlers.State, err error) {
	s.Phone = p
	out := slice(from)
	if len(out) < 8 {
		return s, errors.New("redis: state of a number: short answer")
	}
	s.Version, _ = out[0].(string)
	s.Texted = out[6] == int64(1)
	err = errors.Join(unmarshal(out[1], &s.Conversation), unmarshal(out[2], &s.Consent), unmarshal(out[3], &s.Reach))
	for _, v := range slice(out[4]) {
		if v == nil {
			continue // its time is over
		}
		var visit handlers.Visit
		err = errors.Join(err, unmarshal(v, &visit))
		s.Visits = append(s.Visits, visit)
	}
	cases := slice(out[5])
	for i := 0; i+1 < len(cases); i += 2 {
		var c handlers.Case
		err = errors.Join(err, unmarshal(cases[i], &c))
		c.Thread, _ = cases[i+1].(string)
		s.Cases = append(s.Cases, c)
	}
	s.Offers, err = slots(out[7], err)
	return s, err
}

func slice(v any) []any { s, _ := v.([]any); return s }

// unmarshal reads JSON that a script returned; what isn't there leaves v as it is.
func unmarshal(from, v any) error {
	s, ok := from.(string)
	if !ok {
		return nil
	}
	if err := json.Unmarshal([]byte(s), v); err != nil {
		return fmt.Errorf("redis: stored %T: %w", v, err)
	}
	return nil
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
