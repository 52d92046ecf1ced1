package patient_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

func TestAnOfferWhoseTextIsntOutIsNotMeant(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.offerSlots(t, handlers.OfferAsked, 48)
	r := f.text(t, "yes")
	if r.Kind != kinds.Confirm || f.states(t) != "confirmed" || f.slotsNow(t) != "open/asked" {
		t.Errorf("%s %v: visits %q, slots %q", r.Kind, r.Bodies, f.states(t), f.slotsNow(t))
	}
}

func TestAReminderThatAskedAfterTheOfferMakesYesUnplain(t *testing.T) {
	f := newFront(t, "2026-12-01 09:30")
	f.visits(72.5)                          // Fri Dec 4 at 10:00: asked about on Tue Dec 1 at 10:00
	f.offerSlots(t, handlers.OfferOpen, 48) // at 9:30
	f.clock.Set(handlerstest.At(t, "2026-12-01 10:00"))
	f.reminded(f.state(t).Visits[0], "confirm")
	f.clock.Set(handlerstest.At(t, "2026-12-01 10:10"))
	r := f.text(t, "YES")
	has(t, "the patient", strings.Join(r.Bodies, "|"),
		"1 the free time on Thu Dec 3", "2 your visit on Fri Dec 4")
	f.text(t, "2")
	if f.states(t) != "confirmed" || f.slotsNow(t) != "open/open" {
		t.Errorf("visits %q, slots %q", f.states(t), f.slotsNow(t))
	}
}

func TestAPersonTalksWhileATimeIsOffered(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.offerSlots(t, handlers.OfferOpen, 48)
	f.personTalks(time.Hour)
	r := f.text(t, "yes")
	if len(r.Bodies) > 0 || f.states(t) != "booked" || f.slotsNow(t) != "open/open" {
		t.Errorf("%v: visits %q, slots %q", r.Bodies, f.states(t), f.slotsNow(t))
	}
	has(t, "desk", f.told(), "It may be their answer")
}

func TestTakingTellsTheOthersAndTheDesk(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(240)
	f.offerSlots(t, handlers.OfferOpen, 48)
	f.text(t, "YES")
	if w, _ := f.store.Wishes(t.Context()); len(w) != 0 {
		t.Errorf("still waits: %+v", w)
	}
	ofNoSlot := func(o handlers.Outgoing) bool { return o.Slot == "" }
	texts := slices.DeleteFunc(f.store.Texts(), ofNoSlot)
	if len(texts) != 1 || texts[0].Kind != waitlist.KindGone ||
		texts[0].To.Last4() != "0199" || !texts[0].Unasked || !texts[0].Sequel {
		t.Errorf("the others: %+v", texts)
	}
	has(t, "desk", f.told(),
		"desk slot_taken Thu Dec 3 at 10:00 AM, consult: …0101 took it by text.",
		"take their visit of Fri Dec 11 at 10:00 AM out")
	open, _ := f.store.OpenSlots(t.Context())
	if len(open) != 1 || !open[0].Start.Equal(f.clock.Now().Add(240*time.Hour)) ||
		open[0].From != f.from {
		t.Errorf("the visit that it replaced leaves %+v", open)
	}
}

func TestALateYesHasWhatNobodyElseIsAsked(t *testing.T) {
	f := newFront(t, openHours)
	f.offerSlots(t, handlers.OfferOpen, 48)
	s, _, _ := f.store.Slot(t.Context(), "s1")
	s.Offers[0].State, s.Offers[1].State = handlers.OfferLapsed, handlers.OfferLeft
	ok, err := f.store.ChangeSlot(t.Context(), handlers.Effects{Slots: []handlers.Slot{s}})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	f.clock.Add(2 * time.Hour)
	if r := f.text(t, "yes"); !strings.Contains(strings.Join(r.Bodies, ""), "It's yours") {
		t.Errorf("%+v", r)
	}
}

func TestACalledOffVisitIsFreed(t *testing.T) {
	for _, c := range []struct {
		name  string
		hours float64
		text  string
		slots int
	}{
		{name: "declined", hours: 72, text: "cant make it", slots: 1},
		{name: "too near to offer", hours: 20, text: "cant make it"},
		{name: "another day: it stands until staff move it", hours: 72, text: "i need another day"},
		{name: "confirmed", hours: 72, text: "C"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(c.hours)
			f.text(t, c.text)
			open, _ := f.store.OpenSlots(t.Context())
			if len(open) != c.slots {
				t.Errorf("%d slots, want %d: %+v", len(open), c.slots, open)
			}
		})
	}
}

func TestWhoWantsToComeEarlierCanBePutOnTheList(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(72)
	f.text(t, "i need another day")
	if c := f.store.Open(f.from); len(c) != 1 || !c[0].Wish {
		t.Errorf("%+v", c)
	}
}
