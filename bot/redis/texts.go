package redis

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// claim takes what is due, for the length of a lease, by moving its score to the lease's end.
//
// A server that was started anew may have forgotten what it acknowledged last: with appendfsync everysec up to two seconds, restored from a
// backup much more. It has another run id then, and what it still knows to have been seen last comes before all that it forgot: from there to
// now a text may have left whose record is gone. The check is part of the claim, so that no claim can come before it.
// KEYS: due, prefix of rows, server
// ARGV: now ms, how many, lease's end ms, token, step of the clock ms, how long doubt lasts ms
// Returns: {from ms, to ms ("0" if never), {id, {field, value…}…}}
var claim = redis.NewScript(`
local now = tonumber(ARGV[1])
local info = redis.pcall('INFO', 'server') -- a hosted Redis may not tell
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
local old = redis.call('HMGET', KEYS[3], 'run', 'seen', 'from', 'to')
local from, to = tonumber(old[3] or '0'), tonumber(old[4] or '0')
if old[1] and old[1] ~= run then
  if to + ARGV[6] < now then from = tonumber(old[2]) end
  to = now
  redis.call('HSET', KEYS[3], 'from', from, 'to', to)
end
if old[1] ~= run or tonumber(old[2]) + ARGV[5] <= now then redis.call('HSET', KEYS[3], 'run', run, 'seen', now) end
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])) do
  local key = KEYS[2] .. id
  if redis.call('EXISTS', key) == 1 then
    redis.call('ZADD', KEYS[1], ARGV[3], id)
    redis.call('HSET', key, 'token', ARGV[4])
    redis.call('HINCRBY', key, 'claims', 1)
    out[#out+1] = id
    out[#out+1] = redis.call('HGETALL', key)
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return {from, to, out}`)

// begin stores that a send begins, renews the lease, and counts an unasked text against the number's caps.
// KEYS: row, due, unasked texts of the number (left out for an asked one)
// ARGV: token, tries, first (RFC 3339), id, now ms, day's start ms, most a day, week's start ms, most a week, lifetime of the count s, row, lease's end ms
// Returns: 0 the claim is lost or a receipt says that it was sent, 1 send it, 2 the number had its share
var begin = redis.NewScript(`
local held = redis.call('HMGET', KEYS[1], 'token', 'state')
if held[1] ~= ARGV[1] or held[2] ~= 'planned' then return 0 end
if #KEYS > 2 and not redis.call('ZSCORE', KEYS[3], ARGV[4]) then
  if tonumber(ARGV[7]) > 0 and redis.call('ZCOUNT', KEYS[3], ARGV[6], '+inf') >= tonumber(ARGV[7]) then return 2 end
  if tonumber(ARGV[9]) > 0 and redis.call('ZCOUNT', KEYS[3], '(' .. ARGV[8], '+inf') >= tonumber(ARGV[9]) then return 2 end
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4])
  redis.call('EXPIRE', KEYS[3], ARGV[10])
end
redis.call('ZADD', KEYS[2], ARGV[12], ARGV[4])
redis.call('HSET', KEYS[1], 'tries', ARGV[2], 'first', ARGV[3], 'row', ARGV[11])
return 1`)

// settle stores a row as it now is and gives its claim back. A receipt may have come first, so a state moves forward only.
// KEYS: due, row, unasked texts of the number
// ARGV: token, id, row, state, sid, why, at, due ms ("" for good), lifetime s, tries
// Returns: 1, or 0 when the claim is lost
var settle = redis.NewScript(rank + `
if redis.call('HGET', KEYS[2], 'token') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[2], 'token')
redis.call('HSET', KEYS[2], 'row', ARGV[3], 'tries', ARGV[10])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[2], 'sid', ARGV[5]) end
if forward(redis.call('HGET', KEYS[2], 'state'), ARGV[4]) then
  redis.call('HSET', KEYS[2], 'state', ARGV[4], 'why', ARGV[6], 'at', ARGV[7])
end
if ARGV[4] ~= 'sent' and ARGV[10] == '0' then redis.call('ZREM', KEYS[3], ARGV[2]) end
if ARGV[8] == '' then
  redis.call('ZREM', KEYS[1], ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[9])
else
  redis.call('ZADD', KEYS[1], ARGV[8], ARGV[2])
end
return 1`)

// advance moves a row forward on a receipt.
// KEYS: row. ARGV: state, sid, why, at. Returns: 1 if it moved, 0 if it was that far, -1 if there is no such row
var advance = redis.NewScript(rank + `
local old = redis.call('HGET', KEYS[1], 'state')
if not old then return -1 end
if not forward(old, ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1], 'sid', ARGV[2], 'why', ARGV[3], 'at', ARGV[4])
return 1`)

// rank orders the states: receipts come in any order and repeat; what is final stays.
const rank = `
local ranks = {planned=0, claimed=1, sent=2, delivered=3, failed=3, skipped=3, void=3}
local function forward(old, new) return (ranks[new] or -1) > (ranks[old or 'planned'] or -1) end
`

// Claim implements handlers.Ledger.
func (r *Redis) Claim(ctx context.Context, now time.Time, n int, lease time.Duration) ([]handlers.Outgoing, error) {
	rows, doubt, err := r.claimRows(ctx, keyTextsDue, keyText(""), now, n, lease)
	if err != nil {
		return nil, err
	}
	out := make([]handlers.Outgoing, 0, len(rows))
	for _, f := range rows {
		o, err := outgoing(f)
		if err != nil {
			return nil, err
		}
		o.Doubt = doubt.of(o, now, lease)
		out = append(out, o)
	}
	return out, nil
}

// claimRows is the claim of either ledger: the rows' fields, the token among them.
func (r *Redis) claimRows(ctx context.Context, due, prefix string, now time.Time, n int, lease time.Duration) ([]map[string]string, doubt, error) {
	reply, err := claim.Run(ctx, r.once, []string{due, prefix, keyServer}, ms(now), n, ms(now.Add(lease)), rand.Text(),
		doubtStep.Milliseconds(), keepDoubt.Milliseconds()).Slice()
	if err != nil || len(reply) < 3 {
		return nil, doubt{}, fmt.Errorf("redis: claim: %w", err)
	}
	from, _ := reply[0].(int64)
	to, _ := reply[1].(int64)
	claimed := slice(reply[2])
	rows := make([]map[string]string, 0, len(claimed)/2)
	for i := 1; i < len(claimed); i += 2 {
		fields, row := slice(claimed[i]), map[string]string{}
		for j := 0; j+1 < len(fields); j += 2 {
			k, _ := fields[j].(string)
			row[k], _ = fields[j+1].(string)
		}
		rows = append(rows, row)
	}
	return rows, doubt{time.UnixMilli(from), time.UnixMilli(to)}, nil
}

// doubt is when texts may have left that the server has forgotten.
type doubt struct{ from, to time.Time }

// of is the doubt about a row. One that was due by then may have left. So may an unasked one that has been planned anew since: its visit,
// forgotten too, was imported again. Of other texts a later one of the same words is another text.
func (d doubt) of(o handlers.Outgoing, now time.Time, lease time.Duration) handlers.Doubt {
	until := d.to.Add(lease)
	if now.Sub(d.to) > keepDoubt || !o.Unasked && o.Due.After(d.to) && ms(o.Due) != ms(until) { // due just then: it was put off for its doubt
		return handlers.Doubt{}
	}
	return handlers.Doubt{From: d.from, Until: until}
}

// outgoing joins a row's parts: what was planned, and what became of it.
func outgoing(f map[string]string) (o handlers.Outgoing, err error) {
	if err = json.Unmarshal([]byte(f["row"]), &o); err != nil {
		return o, fmt.Errorf("redis: stored text: %w", err)
	}
	o.Token, o.State, o.SID, o.Why = f["token"], f["state"], f["sid"], f["why"]
	o.Tries, _ = strconv.Atoi(f["tries"])
	o.First = parse(f["first"])
	o.At = parse(f["at"])
	return o, nil
}

func parse(s string) time.Time { t, _ := time.Parse(time.RFC3339Nano, s); return t }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// Begin implements handlers.Ledger.
func (r *Redis) Begin(ctx context.Context, o handlers.Outgoing, c handlers.Caps, lease time.Duration) (handlers.Begun, error) {
	keys := []string{keyText(o.ID), keyTextsDue}
	if o.Unasked {
		keys = append(keys, keyUnasked(o.To.E164()))
	}
	w := writer{}
	row := w.json(o)
	if w.err != nil {
		return handlers.Lost, w.err
	}
	n, err := r.writes.run(ctx, begin, keys, o.Token, o.Tries, stamp(o.First), o.ID,
		ms(c.Now), ms(c.Day), c.PerDay, ms(c.Week), c.PerWeek, seconds(keepUnasked), row, ms(c.Now.Add(lease))).Int()
	if err != nil {
		return handlers.Lost, fmt.Errorf("redis: begin: %w", err)
	}
	return handlers.Begun(n), nil
}

// Settle implements handlers.Ledger.
func (r *Redis) Settle(ctx context.Context, o handlers.Outgoing) (bool, error) {
	w := writer{}
	again := ""
	if o.State == handlers.Planned {
		again = num(ms(o.Due))
	} else {
		o.Body = "" // what a patient was told isn't kept
	}
	keys := []string{keyTextsDue, keyText(o.ID), keyUnasked(o.To.E164())}
	row := w.json(o)
	if w.err != nil {
		return false, w.err
	}
	ok, err := r.writes.run(ctx, settle, keys, o.Token, o.ID, row, o.State, o.SID, o.Why, stamp(o.At), again, seconds(keepText), o.Tries).Int()
	if err != nil {
		return false, fmt.Errorf("redis: settle: %w", err)
	}
	return ok == 1, nil
}

// Advance moves a row forward on a receipt and returns it as it then is; moved is false when it was that far already, and the
// row is zero when there is none of that id.
func (r *Redis) Advance(ctx context.Context, id, state, sid, why string, at time.Time) (o handlers.Outgoing, moved bool, err error) {
	n, err := advance.Run(ctx, r.db, []string{keyText(id)}, state, sid, why, stamp(at)).Int()
	if err != nil || n < 0 {
		return o, false, wrap("advance", err)
	}
	o, err = r.Text(ctx, id)
	return o, n == 1, err
}

// Text reads a row of the ledger; the zero row if there is none.
func (r *Redis) Text(ctx context.Context, id string) (handlers.Outgoing, error) {
	f, err := r.db.HGetAll(ctx, keyText(id)).Result()
	if err != nil || len(f) == 0 {
		return handlers.Outgoing{}, wrap("read text", err)
	}
	return outgoing(f)
}

// Next implements handlers.Ledger.
func (r *Redis) Next(ctx context.Context) (time.Time, error) { return r.next(ctx, keyTextsDue) }

func (r *Redis) next(ctx context.Context, due string) (time.Time, error) {
	z, err := r.db.ZRangeWithScores(ctx, due, 0, 0).Result()
	if err != nil || len(z) == 0 {
		return time.Time{}, wrap("next", err)
	}
	return time.UnixMilli(int64(z[0].Score)), nil
}

// Waiting counts the rows that wait or are on their way.
func (r *Redis) Waiting(ctx context.Context) (int64, error) {
	n, err := r.db.ZCard(ctx, keyTextsDue).Result()
	return n, wrap("count", err)
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("redis: %s: %w", what, err)
	}
	return nil
}
