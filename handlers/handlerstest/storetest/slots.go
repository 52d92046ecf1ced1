package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// change changes a slot; false if somebody else has changed it since it was read.
func change(t *testing.T, r Store, e handlers.Effects) bool {
	t.Helper()
	ok, err := r.ChangeSlot(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// Of two that read a slot and change it, the first to write wins, and nothing of the second is
// written: two patients must not both have the slot.
func slotsAreWrittenByWhoReadThemLast(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		s := handlers.Slot{
			ID:    "s",
			Type:  "consult",
			Start: now.Add(48 * time.Hour),
			From:  Phone(t, "0109"),
			State: handlers.SlotOpen,
			At:    now,
			Next:  now,
		}
		s.Offers = []handlers.Offer{
			{To: p, Row: "r", At: now, Until: now.Add(time.Hour), State: handlers.OfferOpen},
		}
		Turn(t, r, "free", s.From, handlers.Effects{Slots: []handlers.Slot{s}})
		first, ok, err := r.Slot(t.Context(), "s")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		want := s
		want.Version = first.Version
		if !reflect.DeepEqual(first, want) {
			t.Errorf("%+v\nwant %+v", first, want)
		}
		if state := Peek(t, r, p); len(state.Offers) != 1 ||
			!reflect.DeepEqual(state.Offers[0], first) {
			t.Errorf("the number's: %+v", state.Offers)
		}
		// The same freed again leaves it as it is.
		again := s
		again.Offers = nil
		Turn(t, r, "again", s.From, handlers.Effects{Slots: []handlers.Slot{again}})

		second := first
		second.State, second.Next = handlers.SlotTaken, time.Time{}
		if !change(t, r, handlers.Effects{Slots: []handlers.Slot{second}}) {
			t.Fatal("the first to write couldn't")
		}
		first.State = handlers.SlotOver
		if change(t, r, handlers.Effects{
			Slots: []handlers.Slot{first}, Wishes: []handlers.Wish{{Phone: p, Type: "consult"}},
		}) {
			t.Fatal("the second to write could")
		}
		if w, err := r.Wishes(t.Context()); err != nil || len(w) != 0 {
			t.Errorf("what came with it was written: %+v %v", w, err)
		}
		if due, err := r.OpenSlots(t.Context()); err != nil || len(due) != 0 {
			t.Errorf("%+v %v", due, err)
		}
		if at, err := r.NextSlot(t.Context()); err != nil || !at.IsZero() {
			t.Errorf("%v %v", at, err)
		}
	})
}

// A YES to a slot that another number took in between is decided again, and learns that it is late.
func aTurnIsDecidedAnewWhenItsSlotWasChanged(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		s := handlers.Slot{
			ID:     "s",
			Start:  now.Add(48 * time.Hour),
			State:  handlers.SlotOpen,
			Next:   now,
			Offers: []handlers.Offer{{To: p, At: now, State: handlers.OfferOpen}},
		}
		Turn(t, r, "free", Phone(t, "0109"), handlers.Effects{Slots: []handlers.Slot{s}})
		calls := 0
		reply, _, err := r.Turn(
			t.Context(),
			"yes",
			p,
			func(state handlers.State) (handlers.Effects, error) {
				one := state.Offers[0]
				if calls++; calls == 1 { // another number's turn comes in between
					other := one
					other.State = handlers.SlotTaken
					Turn(t, r, "other", Phone(t, "0102"),
						handlers.Effects{Slots: []handlers.Slot{other}})
				}
				if one.State == handlers.SlotTaken {
					return handlers.Effects{Reply: handlers.Reply{Kind: "late"}}, nil
				}
				one.State = handlers.SlotTaken
				return handlers.Effects{
					Reply: handlers.Reply{Kind: "yours"},
					Slots: []handlers.Slot{one},
				}, nil
			},
		)
		if err != nil || reply.Kind != "late" || calls != 2 {
			t.Errorf("%+v after %d decisions, %v", reply, calls, err)
		}
	})
}

// Who has waited longest is first on the waitlist.
func theWaitlistIsInOrder(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for i, last4 := range []string{"0103", "0101", "0102"} {
			p := Phone(t, last4)
			Turn(t, r, last4, p, handlers.Effects{Wishes: []handlers.Wish{{
				Phone: p, Type: "consult", At: now.Add(time.Duration(i) * time.Minute),
				Notice: time.Hour,
			}}})
		}
		Turn(t, r, "off", Phone(t, "0101"),
			handlers.Effects{Unwish: []handlers.Wish{{Phone: Phone(t, "0101"), Type: "consult"}}})
		all, err := r.Wishes(t.Context())
		if err != nil || len(all) != 2 || all[0].Phone.Last4() != "0103" ||
			all[1].Phone.Last4() != "0102" ||
			all[0].Notice != time.Hour {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// Staff can list the slots that became free in the last week, whatever became of them.
func whatBecameFreeLatelyIsKnown(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for id, ago := range map[string]time.Duration{
			"old": 8 * 24 * time.Hour, "first": 2 * 24 * time.Hour, "second": time.Hour,
		} {
			s := handlers.Slot{
				ID:    id,
				Start: now.Add(48 * time.Hour),
				State: handlers.SlotOpen,
				At:    now.Add(-ago),
				Next:  now,
			}
			Turn(t, r, id, Phone(t, "0109"), handlers.Effects{Slots: []handlers.Slot{s}})
		}
		s, _, err := r.Slot(t.Context(), "first")
		if err != nil {
			t.Fatal(err)
		}
		s.State, s.Next = handlers.SlotTaken, time.Time{}
		if !change(t, r, handlers.Effects{Slots: []handlers.Slot{s}}) {
			t.Fatal("it couldn't be changed")
		}
		all, err := r.FreedSlots(t.Context())
		if err != nil || len(all) != 2 ||
			all[0].ID != "first" || all[0].State != handlers.SlotTaken || all[1].ID != "second" {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// openSlot is a slot on offer that is looked at again some time from now.
func openSlot(id string, next time.Duration) handlers.Slot {
	return handlers.Slot{
		ID: id, Start: now.Add(48 * time.Hour), State: handlers.SlotOpen, At: now,
		Next: now.Add(next),
	}
}

// A slot is looked at when it is time, and not before.
func slotsFallDue(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		if next, err := r.NextSlot(t.Context()); !next.IsZero() || err != nil {
			t.Errorf("none is on offer, and the next is due at %v, %v", next, err)
		}
		Turn(t, r, "1", Phone(t, "0109"), handlers.Effects{Slots: []handlers.Slot{
			openSlot("late", time.Minute), openSlot("soon", time.Millisecond),
		}})
		slot := ids(t, func(s handlers.Slot) string { return s.ID })
		for _, c := range []struct {
			after time.Duration
			want  string
		}{
			{after: 0, want: ""},
			{after: time.Millisecond, want: "soon"},
			{after: time.Minute - time.Millisecond, want: "soon"},
			{after: time.Minute, want: "soon late"},
		} {
			if got := slot(r.DueSlots(t.Context(), now.Add(c.after))); got != c.want {
				t.Errorf("after %v: %q, want %q", c.after, got, c.want)
			}
		}
		next, err := r.NextSlot(t.Context())
		if err != nil || !next.Equal(now.Add(time.Millisecond)) {
			t.Errorf("the next one is due at %v, %v", next, err)
		}
		s, _, err := r.Slot(t.Context(), "soon")
		if err != nil {
			t.Fatal(err)
		}
		s.Next = now.Add(time.Hour) // it is put off
		if !change(t, r, handlers.Effects{Slots: []handlers.Slot{s}}) {
			t.Fatal("it couldn't be changed")
		}
		if got := slot(r.DueSlots(t.Context(), now.Add(time.Minute))); got != "late" {
			t.Errorf("once it is put off: %q", got)
		}
		if _, ok, err := r.Slot(t.Context(), "none"); ok || err != nil {
			t.Errorf("no such slot: %v %v", ok, err)
		}
	})
}

// What comes with the change of a slot is written with it: the offer's text, the card, the wish
// that is fulfilled. Without a slot that was read nothing is: two processes would write it twice.
func aChangeBringsTheRest(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		wish := handlers.Wish{Phone: p, Type: "consult", At: now}
		Turn(t, r, "free", Phone(t, "0109"), handlers.Effects{
			Slots: []handlers.Slot{openSlot("s", 0)}, Wishes: []handlers.Wish{wish},
		})
		e := handlers.Effects{
			Texts: []handlers.Outgoing{Row(t, "offer")},
			Cases: []handlers.Case{
				{ID: "s", Channel: handlers.DeskChannel, Kind: kinds.Slot, At: now, Open: true},
			},
			Posts:  []handlers.Post{{ID: "card", Case: "s", Do: desk.PostCard, Due: now}},
			Unwish: []handlers.Wish{wish},
		}
		for _, slots := range [][]handlers.Slot{nil, {openSlot("new", 0)}} {
			e.Slots = slots
			if ok, err := r.ChangeSlot(t.Context(), e); ok || err == nil {
				t.Errorf("without a slot that was read: %v, %v; want an error", ok, err)
			}
		}
		Claim(t, r, now, "")
		claimPosts(t, r, false, now, "")
		s, _, err := r.Slot(t.Context(), "s")
		if err != nil {
			t.Fatal(err)
		}
		s.Offers = []handlers.Offer{{To: p, Row: "offer", At: now, State: handlers.OfferAsked}}
		e.Slots = []handlers.Slot{s}
		if !change(t, r, e) {
			t.Fatal("it couldn't be changed")
		}
		if change(t, r, e) {
			t.Error("changed twice by one who had read it once")
		}
		Claim(t, r, now, "offer")
		claimPosts(t, r, false, now, "card0")
		if _, ok, err := r.Case(t.Context(), "s"); !ok || err != nil {
			t.Errorf("its case: %v %v", ok, err)
		}
		if all, err := r.Wishes(t.Context()); len(all) != 0 || err != nil {
			t.Errorf("wishes %+v %v", all, err)
		}
		if state := Peek(t, r, p); len(state.Offers) != 1 || len(state.Cases) != 0 {
			t.Errorf("the number has %+v and %+v", state.Offers, state.Cases)
		}
	})
}
