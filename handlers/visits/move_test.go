package visits_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
)

// moved are visits of Oct 20 at 14:00 that the desk moves to Oct 22 at 9:00, and what becomes of them.
var moved = map[string]struct {
	at    string // when the desk moves it; it was booked on Oct 5
	seen  func(v *handlers.Visit)
	state string // of the visit before
	alarm bool
	ok    bool
	free  bool
}{
	"ahead":       {at: "2026-10-06 10:00", ok: true, free: true},
	"confirmed":   {at: "2026-10-06 10:00", state: handlers.Confirmed, ok: true, free: true},
	"to be moved": {at: "2026-10-06 10:00", state: handlers.Reschedule, ok: true, free: true},
	"too near":    {at: "2026-10-20 13:59", ok: true},
	"in danger":   {at: "2026-10-06 10:00", alarm: true, ok: true},
	"begun":       {at: "2026-10-20 14:00"},
	"declined":    {at: "2026-10-06 10:00", state: handlers.Declined},
	"moved since": {
		at: "2026-10-06 10:00", seen: func(v *handlers.Visit) { v.Start = v.Start.Add(time.Hour) },
	},
	"another's": {
		at: "2026-10-06 10:00", seen: func(v *handlers.Visit) { v.Phone = handlers.Phone{} },
	},
	"another visit": {at: "2026-10-06 10:00", seen: func(v *handlers.Visit) { v.ID = "w" }},
}

// The desk moves the visit that it saw, and all else of it stays. If it has changed meanwhile, nothing
// is done.
func TestMove(t *testing.T) {
	for name, c := range moved {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := visit(t, "2026-10-20 14:00")
			b.book(t, v, visits.Imported)
			if c.state != "" {
				b.off(t, v, c.state)
			}
			if c.alarm {
				b.store.Put(v.Phone, handlers.Effects{Cases: []handlers.Case{{
					ID: "d", Channel: handlers.UrgentChannel, Phone: v.Phone, Kind: "crisis", Open: true,
				}}})
			}
			b.clock.Set(handlerstest.At(t, c.at))
			to, id, seen := handlerstest.At(t, "2026-10-22 09:00"), v.ID, v
			if c.seen != nil {
				c.seen(&seen)
			}
			for range 2 { // the same again is told the same, and does nothing twice
				free, ok, err := b.Move(t.Context(), "move", seen, to)
				if err != nil || ok != c.ok || free != c.free {
					t.Errorf("free %v, ok %v, %v", free, ok, err)
				}
			}
			now, _, err := b.store.Visit(t.Context(), id)
			if err != nil || now.Start.Equal(to) != c.ok || now.Name != v.Name || now.Type != v.Type {
				t.Errorf("%+v %v", now, err)
			}
			if c.ok && (now.Moves != 1 || now.State != handlers.Booked || !now.Was.Equal(v.Start)) {
				t.Errorf("%+v", now)
			}
			if planned := b.planned(); strings.Contains(planned, "prepare 10-21") != c.ok {
				t.Errorf("planned %q", planned)
			}
		})
	}
}

// A visit that the desk moves becomes what it would if an import or a booking moved it: of what the patient said
// and was told of the old time nothing is left, so they are asked and told anew.
func TestMovedByTheDeskIsAsMovedByABooking(t *testing.T) {
	to := handlerstest.At(t, "2026-10-22 09:00")
	move := map[string]func(b *books, v handlers.Visit) error{
		"the desk": func(b *books, v handlers.Visit) error {
			_, _, err := b.Move(t.Context(), "move", v, to)
			return err
		},
		"a booking": func(b *books, v handlers.Visit) error {
			v.Start = to
			_, err := b.Book(t.Context(), v)
			return err
		},
	}
	became := map[string]handlers.Visit{}
	for by, move := range move {
		b := newBooks(t, "2026-10-05 10:00")
		v := visit(t, "2026-10-20 14:00")
		b.book(t, v, visits.Imported)
		said := v
		at := b.clock.Now()
		said.State, said.Ride = handlers.Confirmed, handlers.RideArranged
		said.Asked, said.Prepared, said.Gap = at, at, at
		said.Late, said.LateBy, said.Here = at, 10, at
		b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{said}})
		if err := move(b, v); err != nil {
			t.Fatal(err)
		}
		now, _, err := b.store.Visit(t.Context(), v.ID)
		if err != nil || !now.Prepared.IsZero() || now.Ride != "" {
			t.Errorf("%s: %+v, %v", by, now, err)
		}
		became[by] = now
	}
	if a, b := became["the desk"], became["a booking"]; !reflect.DeepEqual(a, b) {
		t.Errorf("by the desk %+v\nby a booking %+v", a, b)
	}
}

func TestMoveWhileTheStoreIsAway(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	v := visit(t, "2026-10-20 14:00")
	b.book(t, v, visits.Imported)
	away := errors.New("away")
	b.store.Fail(away)
	if _, ok, err := b.Move(t.Context(), "m", v, v.Start.Add(time.Hour)); ok || !errors.Is(err, away) {
		t.Errorf("%v %v", ok, err)
	}
}

// What the desk does with a feed's visit stands until the feed gives another time.
func TestAFeedDoesntUndoWhatTheDeskDid(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	a, b := given(t, "a", "2026-10-20 14:00", 1), given(t, "b", "2026-10-21 14:00", 2)
	f.look(t, a, b)
	to := handlerstest.At(t, "2026-10-23 09:00")
	if _, ok, err := f.Move(t.Context(), "m", f.stored(t, "a"), to); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, ok, err := f.TakeOff(t.Context(), "o", f.stored(t, "b")); !ok || err != nil {
		t.Fatal(ok, err)
	}
	for range 3 {
		f.look(t, a, b)
	}
	if v, w := f.stored(t, "a"), f.stored(t, "b"); !v.Start.Equal(to) || w.State != handlers.Off {
		t.Errorf("the feed's word came back: %s, %s", v.Start, w.State)
	}
	a.Start = handlerstest.At(t, "2026-10-24 11:00")
	f.look(t, a, b)
	if v := f.stored(t, "a"); !v.Start.Equal(a.Start) {
		t.Errorf("the feed's newer word isn't taken: %s", v.Start)
	}
}

func TestLate(t *testing.T) {
	for _, c := range []struct {
		state string
		ok    bool
	}{
		{handlers.Booked, true},
		{handlers.Confirmed, true},
		{handlers.Arrived, false},
		{handlers.Missed, false},
		{handlers.Off, false},
	} {
		b := newBooks(t, "2026-10-05 10:00")
		v := visit(t, "2026-10-20 14:00")
		b.book(t, v, visits.Imported)
		b.off(t, v, c.state)
		for range 2 {
			if ok, err := b.Late(t.Context(), "late", v, 15); ok != c.ok || err != nil {
				t.Errorf("%s: %v %v", c.state, ok, err)
			}
		}
		now, _, _ := b.store.Visit(t.Context(), v.ID)
		if now.Late.IsZero() == c.ok || now.LateBy == 15 != c.ok || now.State != c.state {
			t.Errorf("%s: %+v", c.state, now)
		}
	}
}

// What the desk takes off is to be called off in a system that takes answers.
func TestWhatTheDeskTakesOffIsWrittenBack(t *testing.T) {
	for _, takes := range []bool{true, false} {
		b := newBooks(t, "2026-10-05 10:00")
		clinic := *b.Base.Clinic
		clinic.Feeds = slices.Grow(clinic.Feeds, 1)[:1]
		clinic.Feeds[0].Name, clinic.Feeds[0].WriteBack = "main", takes
		b.Base = &knowledge.Base{Clinic: &clinic}
		v := visit(t, "2026-10-20 14:00")
		v.Source, v.External = "main", "a1"
		b.book(t, v, visits.Imported)
		if _, ok, err := b.TakeOff(t.Context(), "o", v); !ok || err != nil {
			t.Fatal(ok, err)
		}
		all, err := b.store.ClaimWriteBacks(t.Context(), b.clock.Now(), 9, time.Minute)
		if err != nil || len(all) == 1 != takes {
			t.Fatalf("%+v %v", all, err)
		}
		if takes && (all[0].State != handlers.Off || all[0].External != "a1" ||
			!all[0].Start.Equal(v.Start)) {
			t.Errorf("%+v", all[0])
		}
	}
}
