package visits_test

import (
	"errors"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// takenOff are visits of Oct 20 at 14:00 as the desk takes them off, and what becomes of them.
var takenOff = map[string]struct {
	at    string                  // when the desk takes it off; it was booked on Oct 5
	seen  func(v *handlers.Visit) // how what the desk saw differs from what is booked
	state string                  // of the visit before
	ok    bool
	free  bool
	then  string
}{
	"ahead": {at: "2026-10-06 10:00", ok: true, free: true, then: handlers.Off},
	"confirmed": {
		at: "2026-10-06 10:00", state: handlers.Confirmed, ok: true, free: true,
		then: handlers.Off,
	},
	"to be moved": {
		at: "2026-10-06 10:00", state: handlers.Reschedule, ok: true, free: true,
		then: handlers.Off,
	},
	"too near": {at: "2026-10-20 13:59", ok: true, then: handlers.Off},
	"begun":    {at: "2026-10-20 14:00", then: handlers.Booked},
	"declined": {
		at: "2026-10-06 10:00", state: handlers.Declined, then: handlers.Declined,
	},
	"called off": {
		at: "2026-10-06 10:00", state: handlers.Cancelled, then: handlers.Cancelled,
	},
	"moved since": {
		at:   "2026-10-06 10:00",
		seen: func(v *handlers.Visit) { v.Start = v.Start.Add(time.Hour) },
		then: handlers.Booked,
	},
	"another's": {
		at: "2026-10-06 10:00", seen: func(v *handlers.Visit) { v.Phone = handlers.Phone{} },
		then: handlers.Booked,
	},
	"another of its": {
		at: "2026-10-06 10:00", seen: func(v *handlers.Visit) { v.ID = "w" },
		then: handlers.Booked,
	},
}

// The desk takes off the visit that it saw. If the visit has changed meanwhile, nothing is done.
func TestTakeOff(t *testing.T) {
	for name, c := range takenOff {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := visit(t, "2026-10-20 14:00")
			b.book(t, v, visits.Imported)
			if c.state != "" {
				b.off(t, v, c.state)
			}
			b.clock.Set(handlerstest.At(t, c.at))
			if c.seen != nil {
				c.seen(&v)
			}
			before := b.planned()
			for range 2 { // the same command again is told the same, and does nothing twice
				free, ok, err := b.TakeOff(t.Context(), "off", v)
				if err != nil || ok != c.ok || free != c.free {
					t.Errorf("free %v, ok %v, %v; want %v and %v", free, ok, err, c.free, c.ok)
				}
			}
			if now, _, _ := b.store.Visit(t.Context(), "v"); now.State != c.then {
				t.Errorf("the visit is %s, want %s", now.State, c.then)
			}
			if after := b.planned(); c.ok && after != "" || !c.ok && after != before {
				t.Errorf("planned: %s; before: %s", after, before)
			}
			open, _ := b.store.OpenSlots(t.Context())
			freed := "the desk took the visit of …0101 off"
			if c.ok && (len(open) == 1) != c.free || c.free && open[0].Why != freed {
				t.Errorf("slots %+v", open)
			}
		})
	}
}

func TestTakeOffWhileTheStoreIsAway(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	v := visit(t, "2026-10-20 14:00")
	b.book(t, v, visits.Imported)
	away := errors.New("away")
	b.store.Fail(away)
	if free, ok, err := b.TakeOff(t.Context(), "off", v); !errors.Is(err, away) || free {
		t.Errorf("free %v, ok %v, %v", free, ok, err)
	}
	b.store.Fail(nil)
	if free, ok, err := b.TakeOff(t.Context(), "off", v); err != nil || !free || !ok {
		t.Errorf("again: free %v, ok %v, %v", free, ok, err)
	}
}
