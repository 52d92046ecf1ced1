package redis

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// slotTurn begins what keyTurn names a slot's version by.
const slotTurn = "slot:"

// readSlots reads slots with their versions.
// KEYS: slots on offer, prefix of slots, prefix of their versions
// ARGV: up to which ms they are looked at again
// Returns: {slot, version…}
var readSlots = redis.NewScript(`
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])) do
  local s = redis.call('GET', KEYS[2] .. id)
  if s then
    out[#out+1] = s
    out[#out+1] = redis.call('GET', KEYS[3] .. id) or '0'
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return out`)

// DueSlots are the slots on offer that are to be looked at by now.
func (r *Redis) DueSlots(ctx context.Context, now time.Time) ([]handlers.Slot, error) {
	return r.readSlots(ctx, num(ms(now)))
}

// OpenSlots are all slots on offer.
func (r *Redis) OpenSlots(ctx context.Context) ([]handlers.Slot, error) {
	return r.readSlots(ctx, "+inf")
}

func (r *Redis) readSlots(ctx context.Context, to string) ([]handlers.Slot, error) {
	out, err := readSlots.Run(ctx, r.db, []string{keySlotsDue, keySlot(""), keyTurn(slotTurn)}, to).Result()
	if err != nil {
		return nil, wrap("read slots", err)
	}
	return slots(out, nil)
}

// FreedSlots are the slots that became free lately, the first one first. They are to be looked at: none can be changed.
func (r *Redis) FreedSlots(ctx context.Context) ([]handlers.Slot, error) {
	ids, err := r.db.ZRangeByScore(ctx, keySlots, &redis.ZRangeBy{Min: num(ms(r.now().Add(-keepFreed))), Max: "+inf"}).Result()
	if err != nil || len(ids) == 0 {
		return nil, wrap("list slots", err)
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = keySlot(id)
	}
	found, err := r.db.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, wrap("read slots", err)
	}
	var out []handlers.Slot
	for _, one := range found {
		var s handlers.Slot
		if err := unmarshal(one, &s); err != nil {
			return nil, err
		}
		if s.ID != "" {
			out = append(out, s)
		}
	}
	return out, nil
}

// Slot reads a slot by its id.
func (r *Redis) Slot(ctx context.Context, id string) (s handlers.Slot, ok bool, err error) {
	out, err := r.db.MGet(ctx, keySlot(id), keyTurn(slotTurn+id)).Result()
	if err != nil || len(out) < 2 || out[0] == nil {
		return s, false, wrap("read slot", err)
	}
	if out[1] == nil {
		out[1] = "0"
	}
	all, err := slots(out, nil)
	return all[0], err == nil, err
}

// slots are those that a script returned, each followed by its version. An error joins the one before.
func slots(from any, before error) (out []handlers.Slot, err error) {
	err = before
	list := slice(from)
	for i := 0; i+1 < len(list); i += 2 {
		var s handlers.Slot
		err = errors.Join(err, unmarshal(list[i], &s))
		s.Version, _ = list[i+1].(string)
		out = append(out, s)
	}
	return out, err
}

// slotTurns adds the versions of the slots that were read and are changed to those that a turn is guarded by.
func slotTurns(changed []handlers.Slot, keys []string, versions ...string) ([]string, string) {
	for _, s := range changed {
		if s.Version != "" {
			keys, versions = append(keys, keyTurn(slotTurn+s.ID)), append(versions, s.Version)
		}
	}
	return keys, strings.Join(versions, " ")
}

// ChangeSlot writes effects that are no number's, if the slots among them are as they were read.
func (r *Redis) ChangeSlot(ctx context.Context, e handlers.Effects) (bool, error) {
	keys, versions := slotTurns(e.Slots, nil)
	if len(keys) == 0 {
		return false, errors.New("redis: change slot: no slot that was read")
	}
	commands, err := r.commands("", handlers.State{}, e)
	if err != nil {
		return false, err
	}
	ok, err := writeTurn.Run(ctx, r.db, keys, versions, seconds(keepTurn), commands, ms(r.now())).Int()
	if err != nil {
		return false, fmt.Errorf("redis: change slot: %w", err)
	}
	return ok == 1, nil
}

// NextSlot is when the next slot is to be looked at; zero if none is on offer.
func (r *Redis) NextSlot(ctx context.Context) (time.Time, error) {
	return r.next(ctx, keySlotsDue)
}

// Wishes are the waitlist, who has waited longest first.
func (r *Redis) Wishes(ctx context.Context) ([]handlers.Wish, error) {
	all, err := r.db.HVals(ctx, keyWaitlist).Result()
	if err != nil {
		return nil, wrap("read waitlist", err)
	}
	out := make([]handlers.Wish, len(all))
	for i, s := range all {
		if err := unmarshal(s, &out[i]); err != nil {
			return nil, err
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].At.Before(out[j].At) || out[i].At.Equal(out[j].At) && wishField(out[i]) < wishField(out[j])
	})
	return out, nil
}

func wishField(w handlers.Wish) string { return w.Phone.E164() + " " + w.Type }

// waitlist writes slots and wishes. A slot that is new leaves one that is there as it is.
func (w *writer) waitlist(e handlers.Effects, now time.Time) {
	for _, s := range e.Slots {
		set := []string{"SET", keySlot(s.ID), w.json(s), "EX", num(seconds(max(s.Start.Sub(now), 0) + keepSlot))}
		switch {
		case s.Version == "":
			w.add(append(set, "NX")...)
			w.add("ZADD", keySlotsDue, "NX", num(ms(s.Next)), s.ID)
			w.add("ZREMRANGEBYSCORE", keySlots, "-inf", num(ms(now.Add(-keepFreed))))
			w.add("ZADD", keySlots, "NX", num(ms(s.At)), s.ID)
			w.add("EXPIRE", keySlots, num(seconds(keepFreed)))
		case s.Next.IsZero():
			w.add(set...)
			w.add("ZREM", keySlotsDue, s.ID)
		default:
			w.add(set...)
			w.add("ZADD", keySlotsDue, num(ms(s.Next)), s.ID)
		}
		for _, o := range s.Offers {
			of := keyOffersOf(o.To.E164())
			w.add("ZADD", of, num(ms(o.At)), s.ID)
			w.add("ZREMRANGEBYSCORE", of, "-inf", num(ms(now.Add(-keepOffer))))
			w.add("EXPIRE", of, num(seconds(keepOffer)))
		}
	}
	for _, one := range e.Wishes {
		w.add("HSET", keyWaitlist, wishField(one), w.json(one))
	}
	for _, one := range e.Unwish {
		w.add("HDEL", keyWaitlist, wishField(one))
	}
}
