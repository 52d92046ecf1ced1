package redis

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// rows is what the scripts that move rows of the ledger have in common.
//
//	forward : whether a state comes after another. States move forward only, since receipts come
//	          in any order and repeat, and an end is final.
//	logged  : a history with one more line. The last 2000 bytes before it are kept, which may cut
//	          a line: see decodeLog.
//	note    : adds such a line to a row
//	enqueue : puts a row back in its queue, to wait until due (ms)
//	told    : iterates over the ids of the rows that a row's text tells as well
//	part    : lets those rows wait on their own again, each until it was due itself, since the
//	          text of row id won't tell them
//	requeue : has a failed row wait until due as if it had never begun. It gets its body back, no
//	          longer counts against the caps, and receipts of its earlier texts (was) are ignored.
var rows = library(`
local ranks = {planned=0, claimed=1, sent=2, delivered=3, failed=3, skipped=3, void=3}
local function forward(old, new)
  return (ranks[new] or -1) > (ranks[old or 'planned'] or -1)
end
local function logged(log, at, state, why)
  return string.sub(log or '', -2000) .. at .. '\t' .. state .. '\t' .. why .. '\n'
end
local function note(key, at, state, why)
  redis.call('HSET', key, 'log', logged(redis.call('HGET', key, 'log'), at, state, why))
end
local function enqueue(key, id, due)
  redis.call('ZADD', redis.call('HGET', key, 'queue'), due, id)
end
local function told(with) return string.gmatch(with or '', '[^\n]+') end
local function part(with, id, now)
  for other in told(with) do
    local k = TEXT .. other
    local f = redis.call('HMGET', k, 'by', 'state', 'due')
    if f[1] == id and f[2] == 'claimed' then
      redis.call('HSET', k, 'state', 'planned')
      redis.call('HDEL', k, 'by', 'due')
      enqueue(k, other, f[3])
      note(k, now, 'planned', 'not told with the other visit after all')
    end
  end
end
local function requeue(key, id, now, due, why)
  local f = redis.call('HMGET', key, 'sid', 'was', 'round', 'to')
  redis.call('HSET', key, 'state', 'planned', 'tries', '0', 'why', '',
    'was', (f[2] or '') .. (f[1] or '') .. ' ', 'round', (f[3] or 0) + 1)
  redis.call('HDEL', key, 'sid', 'token', 'first')
  local words = redis.call('GET', WORDS .. id)
  if words then redis.call('HSET', key, 'body', words) end
  redis.call('ZREM', UNASKED .. f[4], id)
  redis.call('ZREM', FAILED, id)
  redis.call('PERSIST', key)
  enqueue(key, id, due)
  note(key, now, 'planned', why)
end
`)

// advance moves a row forward on a receipt, and may have a failed one tried again in the same step.
//
// KEYS: row; figures: of the day
// ARGV:
//   - id: of the row
//   - state, sid, why: by the receipt
//   - at: when that was, ms
//   - again: when to try again, ms; "" for never
//   - log: why it waits then, for its history
//   - alarms: the queue of rows that are no patient's and so aren't counted
//   - figures_keep: lifetime of the figures, s
//   - tally: what is counted if the row comes to rest there: name, n, …
//
// Returns: 1 if the row moved, 2 if it waits again, 0 if it was that far already or the receipt is
// of an earlier text, -1 if there is no such row
var advance = newScript(declared{
	name: "advance",
	keys: "row figures",
	args: "id state sid why at again log alarms figures_keep tally...",
	uses: []library{rows, count},
	lua: `
local f = redis.call('HMGET', row, 'state', 'was', 'errors', 'queue')
if not f[1] then return -1 end
if f[2] and sid ~= '' and string.find(f[2], sid .. ' ', 1, true) then return 0 end
if not forward(f[1], state) then return 0 end
redis.call('HSET', row, 'state', state, 'sid', sid, 'why', why, 'at', at)
note(row, at, state, why)
if state == 'delivered' then redis.call('DEL', WORDS .. id) end
if again == '' and f[4] ~= alarms then count(figures, figures_keep, unpack(ARGV, tally)) end
if state ~= 'failed' then return 1 end
if again == '' then
  redis.call('ZADD', FAILED, at, id)
  return 1
end
redis.call('HSET', row, 'errors', (f[3] or 0) + 1)
requeue(row, id, at, again, log)
return 2`,
})

// Advance moves a row forward on a receipt and returns it as it then is. With a time again, one
// that failed waits until then. moved is false if the row was that far already, and the row is zero
// if there is none of that id. The call may be retried on the way, so moved can be false though it
// was this receipt that moved the row.
func (r *Redis) Advance(
	ctx context.Context, id, state, sid, why string, at, again time.Time,
) (o handlers.Outgoing, moved bool, err error) {
	day, tally := r.tallied(handlers.Outgoing{ID: id}, state)
	n, err := advance.run(ctx, r.db, r.keys,
		arg{"row", r.keys.text(id)},
		arg{"figures", r.keys.figures(day)},
		arg{"id", id},
		arg{"state", state},
		arg{"sid", sid},
		arg{"why", oneLine(why)},
		arg{"at", ms(at)},
		arg{"again", notBefore(again)},
		arg{"log", "to be tried again"},
		arg{"alarms", r.keys.textQueues()[0]},
		arg{"figures_keep", seconds(keepFigures)},
		arg{"tally", tally}).Int()
	if err != nil || n < 0 {
		return o, false, wrap("advance", err)
	}
	o, err = r.Row(ctx, id)
	return o, n > 0, err
}

// Row reads a row of the ledger; the zero row if there is none or it has expired.
func (r *Redis) Row(ctx context.Context, id string) (handlers.Outgoing, error) {
	f, err := r.db.HGetAll(ctx, r.keys.text(id)).Result()
	if err != nil || len(f) == 0 {
		return handlers.Outgoing{}, wrap("read text", err)
	}
	return r.seals.decodeRow(f)
}

// RowsOf reads rows by their ids, in that order, without those that have expired.
func (r *Redis) RowsOf(ctx context.Context, ids []string) ([]handlers.Outgoing, error) {
	all, err := r.records(ctx, ids)
	out := make([]handlers.Outgoing, len(all))
	for i, one := range all {
		out[i] = one.Outgoing
	}
	return out, err
}

// mostRecords bounds how many rows Records and Failed return.
const mostRecords = 200

// Records returns the rows of a number with their history, in the order in which they were to
// leave. Of more than mostRecords it is the last ones.
func (r *Redis) Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error) {
	known, err := r.names(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := r.db.ZRevRange(ctx, r.keys.textsOf(known.who(p)), 0, mostRecords-1).Result()
	if err != nil {
		return nil, wrap("list texts", err)
	}
	for i, j := 0, len(ids)-1; i < j; i, j = i+1, j-1 {
		ids[i], ids[j] = ids[j], ids[i]
	}
	return r.records(ctx, ids)
}

// Failed returns the failed rows that staff have neither dismissed nor sent again, newest first,
// and drops those that have expired.
func (r *Redis) Failed(ctx context.Context) ([]handlers.Record, error) {
	old := num(ms(r.now().Add(-r.keep.Text)))
	if err := r.db.ZRemRangeByScore(ctx, r.keys.failed(), "-inf", old).Err(); err != nil {
		return nil, wrap("list failed", err)
	}
	ids, err := r.db.ZRevRange(ctx, r.keys.failed(), 0, mostRecords-1).Result()
	if err != nil {
		return nil, wrap("list failed", err)
	}
	return r.records(ctx, ids)
}

// FailedTexts counts the failed rows that staff have neither dismissed nor sent again.
func (r *Redis) FailedTexts(ctx context.Context) (int64, error) {
	n, err := r.db.ZCard(ctx, r.keys.failed()).Result()
	return n, wrap("count failed", err)
}

// records reads rows with their history, in the order of their ids. Expired ones are left out; one
// that can't be read fails them all.
func (r *Redis) records(ctx context.Context, ids []string) ([]handlers.Record, error) {
	rows := make([]*redis.MapStringStringCmd, len(ids))
	_, err := r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, id := range ids {
			rows[i] = p.HGetAll(ctx, r.keys.text(id))
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read texts", err)
	}
	var out []handlers.Record
	for _, row := range rows {
		f := row.Val()
		if len(f) == 0 {
			continue // it has expired
		}
		o, err := r.seals.decodeRow(f)
		if err != nil {
			return nil, err
		}
		out = append(out, handlers.Record{Outgoing: o, History: decodeLog(f["log"])})
	}
	return out, nil
}

// Waiting counts the rows that wait or are being sent, in all queues. It reads them one after
// another, so a row that moves meanwhile may be missed.
func (r *Redis) Waiting(ctx context.Context) (n int64, err error) {
	for _, queue := range r.keys.textQueues() {
		one, err := r.db.ZCard(ctx, queue).Result()
		if err != nil {
			return 0, wrap("count", err)
		}
		n += one
	}
	return n, nil
}

// UnaskedAt returns when the unasked texts of a number began to be sent, oldest first. A text that
// the carrier refused doesn't count; of one that was sent again, only the last time does.
func (r *Redis) UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error) {
	known, err := r.names(ctx)
	if err != nil {
		return nil, err
	}
	z, err := r.db.ZRangeWithScores(ctx, r.keys.unasked(known.who(p)), 0, -1).Result()
	if err != nil {
		return nil, wrap("read unasked", err)
	}
	out := make([]time.Time, len(z))
	for i, one := range z {
		out[i] = time.UnixMilli(int64(one.Score))
	}
	return out, nil
}

// textQueue returns the queue that a row waits in.
func (k keys) textQueue(o handlers.Outgoing) string {
	queues := k.textQueues()
	switch {
	case o.Alarm:
		return queues[0]
	case o.Unasked:
		return queues[2]
	}
	return queues[1]
}
