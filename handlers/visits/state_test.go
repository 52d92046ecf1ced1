package visits_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// came are the states that Came finds, what it is told, and what is then.
var came = map[string]struct {
	state, told string
	ok          bool
	then        string
}{
	"comes":                  {told: "arrived", ok: true, then: "arrived"},
	"comes after a C":        {state: "confirmed", told: "arrived", ok: true, then: "arrived"},
	"comes all the same":     {state: "declined", told: "arrived", ok: true, then: "arrived"},
	"comes though off":       {state: "off", told: "arrived", ok: true, then: "arrived"},
	"comes late":             {state: "missed", told: "arrived", ok: true, then: "arrived"},
	"doesn't come":           {told: "missed", ok: true, then: "missed"},
	"doesn't come after a C": {state: "confirmed", told: "missed", ok: true, then: "missed"},
	"was marked wrongly":     {state: "arrived", told: "missed", ok: true, then: "missed"},
	"said so in time":        {state: "declined", told: "missed", then: "declined"},
	"was taken off":          {state: "off", told: "missed", then: "off"},
	"was cancelled":          {state: "cancelled", told: "missed", then: "cancelled"},
	"twice":                  {state: "missed", told: "missed", ok: true, then: "missed"},
}

func TestCame(t *testing.T) {
	for name, c := range came {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
			v, _, _ := b.store.Visit(t.Context(), "v")
			if v.State = c.state; v.State == "" {
				v.State = handlers.Booked
			}
			b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
			ok, err := b.Came(t.Context(), "v", c.told)
			if v, _, _ = b.store.Visit(t.Context(), "v"); ok != c.ok || err != nil ||
				v.State != c.then {
				t.Errorf("%v %v: %s", ok, err, v.State)
			}
			if v.Over() && c.state != c.then && b.planned() != "" {
				t.Errorf("still to be sent: %s", b.planned())
			}
		})
	}
}

func TestCameOfWhatIsNoVisitOrNoSuchState(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	if ok, err := b.Came(t.Context(), "none", handlers.Arrived); ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
	if ok, err := b.Came(t.Context(), "v", handlers.Booked); ok || err == nil {
		t.Errorf("%v %v", ok, err)
	}
}

// Days later the visit isn't among those of its number's state any more.
func TestAVisitIsMarkedDaysLater(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
	b.Until(t, "2026-10-27 09:00")
	if ok, err := b.Came(t.Context(), "v", handlers.Missed); !ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
	if v, _, _ := b.store.Visit(t.Context(), "v"); v.State != handlers.Missed {
		t.Error(v.State)
	}
}

func doubtful(t *testing.T, start string) handlers.Visit {
	v := visit(t, start)
	v.Doubts = []string{"the clinic is closed then"}
	return v
}

// Nothing leaves while a visit is in doubt; once a person agrees, what can still be said is.
func TestAVisitInDoubtIsHeld(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, doubtful(t, "2026-10-20 14:00"), visits.Imported)
	if got := b.Until(t, "2026-10-18 12:00"); got != "" {
		t.Fatal(got)
	}
	if ok, err := b.Agree(t.Context(), "press", doubtful(t, "2026-10-20 14:00")); !ok || err != nil {
		t.Fatalf("%v %v", ok, err)
	}
	if ok, err := b.Agree(t.Context(), "press", doubtful(t, "2026-10-20 14:00")); !ok || err != nil {
		t.Fatalf("the same again: %v %v", ok, err)
	}
	if ok, err := b.Agree(t.Context(), "again", doubtful(t, "2026-10-20 14:00")); ok || err != nil {
		t.Fatalf("another: %v %v", ok, err)
	}
	b.book(t, doubtful(t, "2026-10-20 14:00"), visits.Unchanged)
	got := b.Until(t, "2026-10-21 00:00")
	if got != "booked 10-18 12:00, prepare 10-19 11:00, nudge 10-20 11:00" {
		t.Error(got)
	}
}

// A row that has been mended is booked without a person's word, and another time is doubted anew.
func TestADoubtThatIsGone(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, doubtful(t, "2026-10-20 14:00"), visits.Imported)
	b.Until(t, "2026-10-05 11:00")
	b.book(t, visit(t, "2026-10-20 14:00"), visits.Updated)
	if got := b.Until(t, "2026-10-06 00:00"); got != "booked 10-05 11:00" {
		t.Error(got)
	}
	b.book(t, doubtful(t, "2026-10-22 14:00"), visits.Updated)
	if got := b.Until(t, "2026-10-23 00:00"); got != "booked 10-05 11:00" {
		t.Errorf("and then: %s", got)
	}
}
