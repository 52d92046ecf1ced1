package redis

import (
	"context"
	"errors"
	"sort"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// readSlots reads slots on offer with their versions, and drops those that have expired.
//
// KEYS: due
// ARGV: up_to: until when they are to be looked at again, ms
// Returns: {slot, version…}
var readSlots = newScript(declared{
	name: "readSlots",
	keys: "due",
	args: "up_to",
	lua: `
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', up_to)) do
  local s = redis.call('GET', SLOT .. id)
  if s then
    out[#out+1] = s
    out[#out+1] = redis.call('GET', SLOT_TURN .. id) or '0'
  else
    redis.call('ZREM', due, id)
  end
end
return out`,
})

// DueSlots are the slots on offer that are to be looked at by now.
func (r *Redis) DueSlots(ctx context.Context, now time.Time) ([]handlers.Slot, error) {
	return r.readSlots(ctx, num(ms(now)))
}

// OpenSlots are all slots on offer.
func (r *Redis) OpenSlots(ctx context.Context) ([]handlers.Slot, error) {
	return r.readSlots(ctx, "+inf")
}

func (r *Redis) readSlots(ctx context.Context, upTo string) ([]handlers.Slot, error) {
	out, err := readSlots.run(ctx, r.db, r.keys,
		arg{"due", r.keys.slotsDue()}, arg{"up_to", upTo}).Slice()
	if err != nil {
		return nil, wrap("read slots", err)
	}
	return r.seals.decodeSlots(out)
}

// FreedSlots are the slots that became free lately, oldest first. They have no version, so none
// can be changed.
func (r *Redis) FreedSlots(ctx context.Context) ([]handlers.Slot, error) {
	since := &redis.ZRangeBy{Min: num(ms(r.now().Add(-keepFreed))), Max: "+inf"}
	ids, err := r.db.ZRangeByScore(ctx, r.keys.slots(), since).Result()
	if err != nil || len(ids) == 0 {
		return nil, wrap("list slots", err)
	}
	slots := make([]string, len(ids))
	for i, id := range ids {
		slots[i] = r.keys.slot(id)
	}
	found, err := r.db.MGet(ctx, slots...).Result()
	if err != nil {
		return nil, wrap("read slots", err)
	}
	return decodeAll[handlers.Slot](r.seals, inSlot, found)
}

// Slot reads a slot by its id.
func (r *Redis) Slot(ctx context.Context, id string) (s handlers.Slot, ok bool, err error) {
	out, err := r.db.MGet(ctx, r.keys.slot(id), r.keys.slotTurn(id)).Result()
	if err != nil || len(out) < 2 || out[0] == nil {
		return s, false, wrap("read slot", err)
	}
	if out[1] == nil {
		out[1] = "0"
	}
	all, err := r.seals.decodeSlots(out)
	return all[0], err == nil, err
}

// slotVersions are the versions of the slots that were read and are changed.
func (r *Redis) slotVersions(changed []handlers.Slot) (out []version) {
	for _, s := range changed {
		if s.Version != "" {
			out = append(out, version{r.keys.slotTurn(s.ID), s.Version})
		}
	}
	return out
}

// ChangeSlot writes effects that are no number's, if the slots among them are as they were read.
func (r *Redis) ChangeSlot(ctx context.Context, e handlers.Effects) (bool, error) {
	guards := r.slotVersions(e.Slots)
	if len(guards) == 0 {
		return false, errors.New("redis: change slot: no slot that was read")
	}
	known, err := r.names(ctx)
	if err != nil {
		return false, err
	}
	commands, err := r.commands(known, "", handlers.State{}, e)
	if err != nil {
		return false, err
	}
	ok, err := r.write(ctx, guards, commands)
	return ok, wrap("change slot", err)
}

// NextSlot is when the next slot is to be looked at; zero if none is on offer.
func (r *Redis) NextSlot(ctx context.Context) (time.Time, error) {
	return r.nextDue(ctx, r.keys.slotsDue())
}

// Wishes are the waitlist, longest waiting first.
func (r *Redis) Wishes(ctx context.Context) ([]handlers.Wish, error) {
	all, err := r.db.HVals(ctx, r.keys.waitlist()).Result()
	if err != nil {
		return nil, wrap("read waitlist", err)
	}
	out, err := decodeAll[handlers.Wish](r.seals, inWaitlist, anys(all))
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return a.At.Before(b.At) || a.At.Equal(b.At) && a.Phone.E164()+a.Type < b.Phone.E164()+b.Type
	})
	return out, err
}

// wishField is a wish's field of the waitlist.
func (n names) wishField(w handlers.Wish) string { return string(n.who(w.Phone)) + " " + w.Type }
