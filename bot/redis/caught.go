package redis

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// CaughtTo is how far the carrier's list of incoming texts has been read; zero if nobody knows, after
// the server came back empty say.
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

// countCaught adds texts to the count of their outage. Some that are fetched long after the last belong to another.
// KEYS: caught
// ARGV: now ms, gap ms after which another outage begins, since ms, until ms, then fields and how many by turns
// Returns: {since, until, danger, answered, person, done}
var countCaught = redis.NewScript(`
local old = redis.call('HMGET', KEYS[1], 'at', 'since', 'until')
local since, last = tonumber(ARGV[3]), tonumber(ARGV[4])
if old[1] and old[1] + ARGV[2] >= tonumber(ARGV[1]) then
  since, last = math.min(since, tonumber(old[2])), math.max(last, tonumber(old[3]))
else
  redis.call('HDEL', KEYS[1], 'danger', 'answered', 'person', 'done')
end
redis.call('HSET', KEYS[1], 'at', ARGV[1], 'since', string.format('%.0f', since), 'until', string.format('%.0f', last))
for i = 5, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i+1]) end
return redis.call('HMGET', KEYS[1], 'since', 'until', 'danger', 'answered', 'person', 'done')`)

// CountCaught adds texts that were fetched now to those of the same outage, by all processes, and
// returns them all. What is fetched more than gap after the last is another outage's.
func (r *Redis) CountCaught(
	ctx context.Context, c handlers.Caught, now time.Time, gap time.Duration,
) (handlers.Caught, error) {
	out, err := countCaught.Run(ctx, r.once, []string{keyCaught}, ms(now), gap.Milliseconds(), ms(c.Since), ms(c.Until),
		handlers.CaughtDanger, c.Danger, handlers.CaughtAnswered, c.Answered,
		handlers.CaughtPerson, c.Person, handlers.CaughtDone, c.Done).Slice()
	if err == nil && len(out) < 6 {
		err = errors.New("short answer")
	}
	if err != nil {
		return c, wrap("count fetched texts", err)
	}
	n := make([]int64, len(out))
	for i, v := range out {
		s, _ := v.(string)
		n[i], _ = strconv.ParseInt(s, 10, 64)
	}
	return handlers.Caught{
		Since: time.UnixMilli(n[0]), Until: time.UnixMilli(n[1]),
		Danger: int(n[2]), Answered: int(n[3]), Person: int(n[4]), Done: int(n[5]),
	}, nil
}
