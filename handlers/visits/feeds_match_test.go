package visits_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The same visit under another id of the feed's is the same visit: its patient isn't told of a new
// one, and their answer stands.
func TestAVisitUnderAnotherID(t *testing.T) {
	for name, c := range map[string]struct{ start, state string }{
		"at the same time": {start: "2026-10-20 14:00", state: handlers.Confirmed},
		"moved":            {start: "2026-10-23 14:00", state: handlers.Booked},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFed(t, "2026-10-05 10:00")
			f.look(t, given(t, "a", "2026-10-20 14:00", 1))
			v := f.stored(t, "a")
			v.State = handlers.Confirmed
			f.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
			for range 3 {
				f.look(t, given(t, "b", c.start, 1))
			}
			all, _ := f.store.Visits(t.Context(), f.clock.Now(), f.clock.Now().AddDate(1, 0, 0))
			if len(all) != 1 || all[0].ID != v.ID || all[0].State != c.state ||
				all[0].External != "b" || !all[0].Start.Equal(handlerstest.At(t, c.start)) {
				t.Errorf("%+v", all)
			}
		})
	}
}

// A visit that goes and one that comes on the same phone, in the same look, are one that moved only
// if they are one patient's.
func TestAVisitOfAnotherPatientIsNotThatVisit(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	f.look(t, given(t, "a", "2026-10-20 14:00", 1))
	ben := given(t, "b", "2026-10-20 14:00", 1)
	ben.Name = "Ben Example"
	for range 3 {
		f.look(t, ben)
	}
	if v := f.stored(t, "a"); v.State != handlers.Cancelled {
		t.Errorf("the visit that went is %q", v.State)
	}
	if v := f.stored(t, "b"); v.State != handlers.Booked || v.Name != ben.Name || v.Moves != 0 {
		t.Errorf("the visit that came is %+v", v)
	}
}

// A feed that has no numbers gives visits once staff have said whose a code is.
func TestLinks(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	g := given(t, "a", "2026-10-20 14:00", 1)
	g.Name, g.Phone = "SH00001", handlers.Phone{}
	if did := f.look(t, g); did.Untexted != 1 || did.Booked != 0 {
		t.Fatalf("%+v", did)
	}
	f.look(t, g)
	cards := f.cards(kinds.FeedUnlinked)
	if len(cards) != 1 || strings.Contains(cards[0].Title[:40], "SH00001") {
		t.Fatalf("%+v", cards)
	}
	link := handlers.Link{
		Feed: "main", Code: visits.CodeOf("sh00001"), Phone: handlerstest.Phone(t, "0101"),
		Name: "Ana Example",
	}
	if err := f.store.Link(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	other := given(t, "b", "2026-10-21 14:00", 2)
	other.Name, other.Phone = "SH00009", handlers.Phone{}
	f.look(t, g, other)
	if now := f.cards(kinds.FeedUnlinked); len(now) != 1 || now[0].ID != cards[0].ID ||
		!strings.Contains(now[0].Title, "SH00009") || strings.Contains(now[0].Title, "SH00001") {
		t.Fatalf("%+v", now)
	}
	if did := f.look(t, g); did.Booked+did.Unchanged != 1 || f.stored(t, "a").Name != "Ana Example" ||
		len(f.cards(kinds.FeedUnlinked)) != 0 {
		t.Fatalf("%+v", did)
	}
	// The event is another patient's now.
	g.Name = "SH00002"
	if did := f.look(t, g); did.Untexted != 1 || f.stored(t, "a").State != handlers.Cancelled {
		t.Errorf("%+v %+v", did, f.stored(t, "a"))
	}
}

// Initials that fit two patients fit nobody.
func TestACodeOfTwoPatients(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	link := handlers.Link{Feed: "main", Code: "j.a.", Phone: handlerstest.Phone(t, "0101"), Name: "Jo"}
	if err := f.store.Link(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	a, b := given(t, "a", "2026-10-20 14:00", 1), given(t, "b", "2026-10-20 14:00", 2)
	a.Name, a.Phone, b.Name, b.Phone = "J.A.", handlers.Phone{}, "J.A.", handlers.Phone{}
	if did := f.look(t, a, b); did.Booked != 0 || did.Untexted != 2 || len(f.kept.Faults) != 1 {
		t.Errorf("%+v %v", did, f.kept.Faults)
	}
}

// A system that moves a visit by booking another in its place moves it here too; that the first one
// is off, said at once or again later, takes nothing off.
func TestAVisitBookedInPlaceOfAnother(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	look := func(instead map[string]string, visits ...handlers.Visit) {
		t.Helper()
		kept, _, err := f.Follow(t.Context(), f.kept, handlers.Given{
			Feed: "main", Visits: visits, Instead: instead,
		})
		if err != nil {
			t.Fatal(err)
		}
		f.kept = kept
		f.clock.Set(f.clock.Now().Add(time.Minute))
	}
	first, second := given(t, "a", "2026-10-20 14:00", 1), given(t, "b", "2026-10-21 15:00", 1)
	look(nil, first)
	off := handlers.Visit{External: "a", State: handlers.Cancelled}
	look(map[string]string{"b": "a"}, off, second)
	for range 2 {
		v := f.stored(t, "a")
		if v.State != handlers.Booked || v.External != "b" || !v.Start.Equal(second.Start) ||
			v.Moves != 1 {
			t.Errorf("%+v", v)
		}
		look(nil, off)
	}
	// It is booked after all, beside the other.
	look(nil, first, second)
	all, err := f.store.Visits(t.Context(), f.clock.Now(), f.clock.Now().AddDate(0, 1, 0))
	if err != nil || len(all) != 2 || all[0].State != handlers.Booked || all[1].State != handlers.Booked {
		t.Errorf("%+v %v", all, err)
	}
}
