package waitlist_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// contended are slots that others change before we do, so many times.
type contended struct {
	waitlist.Slots
	times int
}

func (c *contended) ChangeSlot(ctx context.Context, e handlers.Effects) (bool, error) {
	if c.times > 0 {
		c.times--
		return false, nil
	}
	return c.Slots.ChangeSlot(ctx, e)
}

// ending is something that staff do to the slot. It returns whether they were in time.
type ending = func(context.Context, *room) (bool, error)

func stop(ctx context.Context, r *room) (bool, error) { return r.Stop(ctx, slotID, "Dana") }

func closes(ctx context.Context, r *room) (bool, error) { return r.Close(ctx, slotID, "Dana") }

func fills(ctx context.Context, r *room) (bool, error) {
	v := handlers.Visit{ID: "x", Type: "consult", Start: local("2026-12-05 09:00")}
	return true, r.Filled(ctx, v)
}

// endings are what staff do to a slot that …0101 was asked about.
var endings = []struct {
	name   string
	before []ending
	do     ending
	others int // how often others are quicker
	away   bool
	did    bool
	err    error
	went   string
	card   bool // it is still at the desk
}{
	{name: "stop", do: stop, did: true, went: "over 0101 gone", card: true},
	{
		name: "stop it again", before: []ending{stop},
		do: stop, went: "over 0101 gone", card: true,
	},
	{
		name: "stop while others change it", do: stop, others: 19, did: true,
		went: "over 0101 gone", card: true,
	},
	{
		name: "stop while others never cease to", do: stop, others: 20,
		err: handlers.ErrConflict, went: "open 0101 open", card: true,
	},
	{
		name: "stop while the store is away", do: stop, away: true, err: handlers.ErrAway,
		went: "open 0101 open", card: true,
	},
	{name: "close what is on offer", do: closes, went: "open 0101 open", card: true},
	{
		name: "close it", before: []ending{stop},
		do: closes, did: true, went: "over 0101 gone",
	},
	{
		name:   "close it again",
		before: []ending{stop, closes},
		do:     closes, went: "over 0101 gone",
	},
	{
		name: "book it while others change it", do: fills, others: 19, did: true,
		went: "over 0101 gone", card: true,
	},
	{
		name: "book it while others never cease to", do: fills, others: 20, did: true,
		err: handlers.ErrConflict, went: "open 0101 open", card: true,
	},
}

// Staff stop the offers of a slot, close its card and book its time by hand, whoever else changes
// the slot meanwhile. Nothing is done twice.
func TestStaffEndASlot(t *testing.T) {
	for _, c := range endings {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			r.waits(t, "0101", nil)
			r.turn(t, 5*time.Minute)
			for _, first := range c.before {
				if did, err := first(t.Context(), r); err != nil || !did {
					t.Fatal(did, err)
				}
			}
			r.Slots = &contended{Slots: r.store, times: c.others}
			if c.away {
				r.store.Fail(handlers.ErrAway)
			}
			did, err := c.do(t.Context(), r)
			r.store.Fail(nil)
			if did != c.did || !errors.Is(err, c.err) || r.went(t) != c.went {
				t.Errorf("%v %v, %s; want %v %v, %s", did, err, r.went(t), c.did, c.err, c.went)
			}
			if k, ok, err := r.store.Case(t.Context(), slotID); err != nil || !ok ||
				k.Open != c.card {
				t.Errorf("the card: %+v, %v %v", k, ok, err)
			}
		})
	}
}

// What staff write in a slot's thread reaches nobody, and they are shown that. A slot that there
// isn't has no thread.
func TestAMessageInASlotsThreadIsRefused(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	for slot, want := range map[string]int{slotID: 1, "none": 0} {
		before := len(r.store.Queue())
		if err := r.Refuse(t.Context(), slot, "M1", "it is nobody's"); err != nil {
			t.Fatal(err)
		}
		posts := r.store.Queue()[before:]
		if len(posts) != want {
			t.Fatalf("%s: %+v", slot, posts)
		}
		for _, p := range posts {
			if p.Do != desk.PostMark || p.Mark != "M1" || p.State != desk.Refused ||
				p.Why != "it is nobody's" || p.Case != slotID {
				t.Errorf("%+v", p)
			}
		}
	}
}
