package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers/desk"
)

// CaughtTo returns how far the carrier's list of incoming texts has been read. It is zero if that
// isn't known: the server is new, or has come back empty.
func (r *Redis) CaughtTo(ctx context.Context) (time.Time, error) {
	to, err := r.db.HGet(ctx, r.keys.caught(), "to").Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, wrap("read how far texts are fetched", err)
	}
	return moment(to), nil
}

// SetCaughtTo stores how far the list has been read, for all processes.
func (r *Redis) SetCaughtTo(ctx context.Context, to time.Time) error {
	err := r.db.HSet(ctx, r.keys.caught(), "to", ms(to)).Err()
	return wrap("store how far texts are fetched", err)
}

// eventBatch is how many events one round trip looks up.
const eventBatch = 500

// Unhandled returns those of the events, all of Effects.Once, that no turn has been written for. One
// is remembered for keepHandled, so one that is older counts as unhandled.
func (r *Redis) Unhandled(ctx context.Context, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for len(ids) > 0 {
		some := ids[:min(len(ids), eventBatch)]
		ids = ids[len(some):]
		there := make([]*redis.IntCmd, len(some))
		_, err := r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, id := range some {
				there[i] = p.Exists(ctx, r.keys.handled(id))
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

// countCaught adds fetched texts to the counts of their outage. That is the last one, unless its
// latest texts were fetched more than gap ago; then a new one begins, which is named by now.
//
// KEYS: caught
// ARGV:
//   - now: when the texts were fetched, ms; gap: ms
//   - since, last: when the first and the last of them were written, ms
//   - danger, answered, person, done: how many of them each is, see desk.Caught
//
// Returns: nil
var countCaught = newScript(declared{
	name: "countCaught",
	keys: "caught",
	args: "now gap since last danger answered person done",
	lua: `
local old = redis.call('HMGET', caught, 'at', 'since', 'until')
local since, last = tonumber(since), tonumber(last)
if old[1] and old[1] + gap >= tonumber(now) then
  since, last = math.min(since, tonumber(old[2])), math.max(last, tonumber(old[3]))
else
  redis.call('HDEL', caught, '` + desk.CaughtDanger + `', '` + desk.CaughtAnswered + `',
    '` + desk.CaughtPerson + `', '` + desk.CaughtDone + `')
  redis.call('HSET', caught, 'outage', now)
end
local function ms(n) return string.format('%.0f', n) end
redis.call('HSET', caught, 'at', now, 'since', ms(since), 'until', ms(last))
redis.call('HINCRBY', caught, '` + desk.CaughtDanger + `', danger)
redis.call('HINCRBY', caught, '` + desk.CaughtAnswered + `', answered)
redis.call('HINCRBY', caught, '` + desk.CaughtPerson + `', person)
redis.call('HINCRBY', caught, '` + desk.CaughtDone + `', done)`,
})

// CountCaught adds texts that were fetched now to the counts of the outage that they were lost in,
// over all processes. What is fetched more than gap after the last belongs to a new outage. It
// isn't retried, since it counts: after an error the texts may have been counted or not.
func (r *Redis) CountCaught(
	ctx context.Context, c desk.Caught, now time.Time, gap time.Duration,
) error {
	err := countCaught.run(ctx, r.once, r.keys,
		arg{"caught", r.keys.caught()},
		arg{"now", ms(now)},
		arg{"gap", gap.Milliseconds()},
		arg{"since", ms(c.Since)},
		arg{"last", ms(c.Until)},
		arg{"danger", c.Danger},
		arg{"answered", c.Answered},
		arg{"person", c.Person},
		arg{"done", c.Done}).Err()
	if errors.Is(err, redis.Nil) {
		err = nil // that is how a script answers which returns nothing
	}
	return wrap("count fetched texts", err)
}

// Caught returns the counts of the last outage, over all processes. Without one its Outage is "".
func (r *Redis) Caught(ctx context.Context) (c desk.Caught, err error) {
	f, err := r.db.HGetAll(ctx, r.keys.caught()).Result()
	if err != nil {
		return c, wrap("read fetched texts", err)
	}
	n := func(field string) int64 { return number(f[field]) } // 0 if none was counted
	return desk.Caught{
		Outage: f["outage"], Since: time.UnixMilli(n("since")), Until: time.UnixMilli(n("until")),
		Danger: int(n(desk.CaughtDanger)), Answered: int(n(desk.CaughtAnswered)),
		Person: int(n(desk.CaughtPerson)), Done: int(n(desk.CaughtDone)),
	}, nil
}
