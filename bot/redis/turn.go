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

// readTurn reads all that is known of a number.
// KEYS: done, turn, talk, consent, visits of the number, open cases of the number, prefix of visits, prefix of cases, unasked texts
// ARGV: Unix s from which visits count
// Returns: done or false, version, talk or false, consent or false, {visit…}, {case, thread…}, 1 if ever texted
var readTurn = redis.NewScript(`
local visits, cases = {}, {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], ARGV[1], '+inf')) do
  local v = redis.call('GET', KEYS[7] .. id)
  if v then visits[#visits+1] = v end
end
for _, id in ipairs(redis.call('SMEMBERS', KEYS[6])) do
  local c = redis.call('HMGET', KEYS[8] .. id, 'case', 'thread')
  if c[1] then cases[#cases+1] = c[1]; cases[#cases+1] = c[2] or '' end
end
return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]) or '0', redis.call('GET', KEYS[3]), redis.call('GET', KEYS[4]), visits, cases, redis.call('EXISTS', KEYS[9])}`)

// writeTurn does a list of commands if the number's version is still the one that was read.
// KEYS: turn
// ARGV: version, lifetime of the version in s, JSON list of commands; besides Redis' own there are
//
//	PLAN key due row id : a row of the ledger, unless its id is there and not void
//	VOID key due id     : the row will not leave, if it hasn't begun to
//
// Returns: 1, or 0 when another has written the number since
var writeTurn = redis.NewScript(`
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
for _, c in ipairs(cjson.decode(ARGV[3])) do
  if c[1] == 'PLAN' then
    local state = redis.call('HGET', c[2], 'state')
    if not state or state == 'void' then
      redis.call('DEL', c[2])
      redis.call('HSET', c[2], 'row', c[4], 'state', 'planned', 'tries', '0')
      redis.call('ZADD', '` + keyTextsDue + `', c[3], c[5])
    end
  elseif c[1] == 'VOID' then
    local s = redis.call('HMGET', c[2], 'state', 'tries')
    if s[1] == 'planned' and s[2] == '0' then
      redis.call('HSET', c[2], 'state', 'void')
      redis.call('HDEL', c[2], 'token')
      redis.call('EXPIRE', c[2], c[3])
      redis.call('ZREM', '` + keyTextsDue + `', c[4])
    end
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
		state, done, version, err := r.read(ctx, id, p, r.retried)
		if err != nil || done != nil {
			return deref(done), done != nil, err
		}
		e, err := decide(state)
		if err != nil {
			return handlers.Reply{}, false, err
		}
		commands, err := r.commands(id, p, e)
		if err != nil {
			return handlers.Reply{}, false, err
		}
		ok, err := writeTurn.Run(ctx, r.db, []string{keyTurn(p.E164())}, version, seconds(keepTurn), commands).Int()
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
	s, _, _, err := r.read(ctx, "", p, r.reads.run)
	return s, err
}

func (r *Redis) retried(ctx context.Context, s *redis.Script, keys []string, args ...any) *redis.Cmd {
	return s.Run(ctx, r.db, keys, args...)
}

// runner runs a script.
type runner func(ctx context.Context, s *redis.Script, keys []string, args ...any) *redis.Cmd

func (r *Redis) read(ctx context.Context, id string, p handlers.Phone, run runner) (s handlers.State, done *handlers.Reply, version string, err error) {
	n := p.E164()
	keys := []string{keyDone(id), keyTurn(n), keyTalk(n), keyConsent(n), keyVisitsOf(n), keyCasesOf(n), keyVisit(""), keyCase(""), keyUnasked(n)}
	out, err := run(ctx, readTurn, keys, r.now().Add(-lookBack).Unix()).Slice()
	if err != nil {
		return s, nil, "", fmt.Errorf("redis: read turn: %w", err)
	}
	s.Phone = p
	if len(out) < 7 {
		return s, nil, "", errors.New("redis: read turn: short answer")
	}
	if d, ok := out[0].(string); ok && id != "" {
		done = new(handlers.Reply)
		err = json.Unmarshal([]byte(d), done)
	}
	version, _ = out[1].(string)
	s.Texted = out[6] == int64(1)
	err = errors.Join(err, unmarshal(out[2], &s.Conversation), unmarshal(out[3], &s.Consent))
	for _, v := range slice(out[4]) {
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
	return s, done, version, err
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
