package redis

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/redis/go-redis/v9"
)

// CaughtTo is how far the carrier's list of incoming texts has been read; zero if nobody knows,
// after the server came back empty say.
func (r *Redis) CaughtTo(ctx context.Context) (time.Time, error) {
	to, err := r.db.HGet(ctx, keyCaught, "to").Int64()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, wrap("read how far texts are fetched", err)
	}
	return time.UnixMilli(to), nil
}

// SetCaughtTo stores how far the list has been read.
func (r *Redis) SetCaughtTo(ctx context.Context, to time.Time) error {
	return wrap("store how far texts are fetched", r.db.HSet(ctx, keyCaught, "to", ms(to)).Err())
}

// someEvents is how many events are asked for at a time.
const someEvents = 500

// Unhandled are those of the events that have not been.
func (r *Redis) Unhandled(ctx context.Context, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for len(ids) > 0 {
		some := ids[:min(len(ids), someEvents)]
		ids = ids[len(some):]
		there := make([]*redis.IntCmd, len(some))
		_, err := r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, id := range some {
				there[i] = p.Exists(ctx, keyDone(id))
			}
			return nil
		})
		if err != nil {
			return nil, wrap("look for events", err)
		}
		for i, id := range some {
			if there[i].Val() == 0 {
				out[id] = true
			}
		}
	}
	return out, nil
}

// countCaught adds texts to the count of their outage; long after the last it is another outage.
// KEYS: caught
// ARGV: now ms, gap ms, since ms, until ms, then field and number by turns
// Returns: nothing
var countCaught = redis.NewScript(`
local old = redis.call('HMGET', KEYS[1], 'at', 'since', 'until')
local since, last = tonumber(ARGV[3]), tonumber(ARGV[4])
if old[1] and old[1] + ARGV[2] >= tonumber(ARGV[1]) then
  since, last = math.min(since, tonumber(old[2])), math.max(last, tonumber(old[3]))
else
  redis.call('HDEL', KEYS[1], 'danger', 'answered', 'person', 'done')
  redis.call('HSET', KEYS[1], 'outage', ARGV[1])
end
local function ms(n) return string.format('%.0f', n) end
redis.call('HSET', KEYS[1], 'at', ARGV[1], 'since', ms(since), 'until', ms(last))
for i = 5, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i+1]) end`)

// CountCaught adds texts that were fetched now to those of the same outage, by all processes. What is
// fetched more than gap after the last is another outage's.
func (r *Redis) CountCaught(
	ctx context.Context, c desk.Caught, now time.Time, gap time.Duration,
) error {
	err := countCaught.Run(ctx, r.once, []string{keyCaught},
		ms(now), gap.Milliseconds(), ms(c.Since), ms(c.Until),
		desk.CaughtDanger, c.Danger, desk.CaughtAnswered, c.Answered,
		desk.CaughtPerson, c.Person, desk.CaughtDone, c.Done).Err()
	if errors.Is(err, redis.Nil) {
		err = nil // a script that returns nothing
	}
	return wrap("count fetched texts", err)
}

// Caught are the texts of the last outage that were fetched, by all processes.
func (r *Redis) Caught(ctx context.Context) (c desk.Caught, err error) {
	f, err := r.db.HGetAll(ctx, keyCaught).Result()
	if err != nil {
		return c, wrap("read fetched texts", err)
	}
	n := func(field string) int64 {
		n, _ := strconv.ParseInt(f[field], 10, 64) // 0 where none was counted
		return n
	}
	return desk.Caught{
		Outage: f["outage"], Since: time.UnixMilli(n("since")), Until: time.UnixMilli(n("until")),
		Danger: int(n(desk.CaughtDanger)), Answered: int(n(desk.CaughtAnswered)),
		Person: int(n(desk.CaughtPerson)), Done: int(n(desk.CaughtDone)),
	}, nil
}
