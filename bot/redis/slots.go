package redis

import (
	"context"
	"errors"
	"sort"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// readSlots reads slots on offer with their versions, soonest due first, and drops those that have
// expired.
//
// KEYS: due
// ARGV: up_to: until when the slots are to be looked at again, ms or "+inf"
// Returns: {slot, version, …}
var readSlots = newScript(declared{
	name: "readSlots",
	keys: "due",
	args: "up_to",
	uses: []library{outdated},
	lua: `
if outdated() then return past end
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

// DueSlots returns the slots on offer that are to be looked at by now, soonest first. They aren't
// claimed: of two processes that change one, ChangeSlot lets the first.
func (r *Redis) DueSlots(ctx context.Context, now time.Time) ([]handlers.Slot, error) {
	return r.readSlots(ctx, num(ms(now)))
}

// OpenSlots returns all slots on offer, soonest due first.
func (r *Redis) OpenSlots(ctx context.Context) ([]handlers.Slot, error) {
	return r.readSlots(ctx, "+inf")
}

// readSlots runs the script of that name.
func (r *Redis) readSlots(ctx context.Context, upTo string) ([]handlers.Slot, error) {
	out, err := readSlots.run(ctx, r.db, r.keys,
		arg{"due", r.keys.slotsDue()}, arg{"up_to", upTo}).Slice()
	if err != nil {
		return nil, wrap("read slots", err)
	}
	return r.seals.decodeSlots(out)
}

// FreedSlots returns the slots that became free in the last keepFreed, oldest first, whatever
// became of them. They are for showing: without a version none can be changed.
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

// Slot reads a slot and its version by its id; ok is false if there is none or it has expired.
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

// slotVersions returns the versions that slots had when they were read. A new slot has none.
func (r *Redis) slotVersions(changed []handlers.Slot) (out []version) {
	for _, s := range changed {
		if s.Version != "" {
			out = append(out, version{r.keys.slotTurn(s.ID), s.Version})
		}
	}
	return out
}

// ChangeSlot writes effects that are of no number's turn, if the slots among them are still as they
// were read; else it writes nothing and returns false. Effects without a slot that was read are
// refused with an error: nothing would guard them, and two processes could write them twice.
func (r *Redis) ChangeSlot(ctx context.Context, e handlers.Effects) (bool, error) {
	guards := r.slotVersions(e.Slots)
	if len(guards) == 0 {
		return false, errors.New("redis: change slot: no slot that was read")
	}
	known, err := r.names(ctx)
	if err != nil {
		return false, err
	}
	commands, err := r.commands(known, "", "", handlers.State{}, e)
	if err != nil {
		return false, err
	}
	ok, err := r.write(ctx, guards, "", commands)
	return ok, wrap("change slot", err)
}

// NextSlot returns when the next slot is to be looked at; zero if none is on offer.
func (r *Redis) NextSlot(ctx context.Context) (time.Time, error) {
	return r.nextDue(ctx, r.keys.slotsDue())
}

// Wishes returns the waitlist, longest waiting first. Of those that came at the same time the lower
// number comes first.
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

// wishField returns a wish's field of the waitlist: a number has one wish for each visit type.
func (n names) wishField(w handlers.Wish) string { return string(n.who(w.Phone)) + " " + w.Type }
