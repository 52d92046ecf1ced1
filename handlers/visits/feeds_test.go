package visits_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// fed is a feed that is followed, with what is kept of it.
type fed struct {
	*books
	kept handlers.Feed
}

func newFed(t *testing.T, now string) *fed {
	b := newBooks(t, now)
	b.Feeds = b.store
	return &fed{b, handlers.Feed{Name: "main", First: b.clock.Now(), Well: b.clock.Now()}}
}

// look follows the feed at one look.
func (f *fed) look(t *testing.T, given ...handlers.Visit) visits.Followed {
	t.Helper()
	kept, did, err := f.Follow(t.Context(), f.kept, handlers.Given{
		Feed: "main", Visits: given, Whole: true, Until: f.clock.Now().AddDate(0, 0, 120),
	})
	if err != nil {
		t.Fatal(err)
	}
	f.kept, f.kept.Well = kept, f.clock.Now()
	f.clock.Set(f.clock.Now().Add(time.Minute))
	return did
}

// given is a visit of the feed, whose number ends in 01 and two digits.
func given(t *testing.T, external, start string, n int) handlers.Visit {
	return handlers.Visit{
		External: external, Name: fmt.Sprintf("Ana Example %d", n), Type: "consult",
		Phone: handlerstest.Phone(t, fmt.Sprintf("01%02d", n)), Start: handlerstest.At(t, start),
		State: handlers.Booked,
	}
}

// stored is a visit of the feed as it is kept.
func (f *fed) stored(t *testing.T, external string) handlers.Visit {
	t.Helper()
	v, _, err := f.store.Visit(t.Context(), visits.FeedID("main", external))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// cards are the titles of the desk's open cards of a kind.
func (f *fed) cards(kind string) (out []handlers.Case) {
	for _, c := range f.store.Open(handlers.Phone{}) {
		if c.Kind == kind {
			out = append(out, c)
		}
	}
	return out
}

// press does what staff.Press does with the one open card of a kind.
func (f *fed) agree(t *testing.T, kind string) {
	t.Helper()
	all := f.cards(kind)
	if len(all) != 1 || desk.Actions(all[0])[0].ID != desk.ActionAgree {
		t.Fatalf("cards: %+v", all)
	}
	all[0].Open, all[0].Agreed = false, true
	f.store.Put(handlers.Phone{}, handlers.Effects{Cases: all})
}

func TestFollow(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	a, b := given(t, "a", "2026-10-20 14:00", 1), given(t, "b", "2026-10-21 14:00", 2)
	if did := f.look(t, a, b); did.Booked != 2 {
		t.Fatalf("%+v", did)
	}
	before := f.planned()
	if did := f.look(t, a, b); did.Unchanged != 2 || f.planned() != before {
		t.Fatalf("the same again: %+v", did)
	}
	if v := f.stored(t, "a"); v.Source != "main" || v.External != "a" || v.Version == "" ||
		strings.Contains(v.ID, "main:a") {
		t.Errorf("%+v", v)
	}
	a.Start = handlerstest.At(t, "2026-10-22 09:00")
	if did := f.look(t, a, b); did.Updated != 1 || !f.stored(t, "a").Start.Equal(a.Start) {
		t.Errorf("moved: %+v", did)
	}
	b.State = handlers.Cancelled
	if did := f.look(t, a, b); did.Off != 1 || f.stored(t, "b").State != handlers.Cancelled {
		t.Errorf("cancelled: %+v", did)
	}
	b.State = handlers.Booked
	if did := f.look(t, a, b); did.Updated != 1 || f.stored(t, "b").State != handlers.Booked {
		t.Errorf("on again: %+v", did)
	}
	if did := f.look(t, a, b); did.Unchanged != 2 {
		t.Errorf("and then: %+v", did)
	}
}

// What a feed has no more is taken off when a second look lacks it too: its time would otherwise be
// offered to another because of a server that left it out for a minute.
func TestWhatIsGoneIsTakenOffAtTheSecondLook(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	a, b := given(t, "a", "2026-10-20 14:00", 1), given(t, "b", "2026-10-21 14:00", 2)
	f.look(t, a, b)
	if did := f.look(t, a); did.Off != 0 || f.stored(t, "b").State != handlers.Booked {
		t.Fatalf("at once: %+v", did)
	}
	f.look(t, a, b)
	if did := f.look(t, a); did.Off != 0 {
		t.Fatalf("it was there between: %+v", did)
	}
	if did := f.look(t, a); did.Off != 1 || f.stored(t, "b").State != handlers.Cancelled {
		t.Fatalf("then: %+v", did)
	}
	if did := f.look(t, a, b); did.Updated != 1 || f.stored(t, "b").State != handlers.Booked {
		t.Errorf("it is there again: %+v", did)
	}
}

// Only what the feed gave before is taken off, only what is ahead, and only where the feed could
// have it.
func TestWhatAFeedCanNotTakeOff(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	far := given(t, "far", "2027-06-20 14:00", 3)
	broken := given(t, "series#1", "2026-10-22 14:00", 4)
	f.look(t, given(t, "past", "2026-10-06 09:00", 1), far, broken)
	other := given(t, "x", "2026-10-20 14:00", 2)
	other.ID, other.Source, other.External = "desk-1", "", ""
	f.book(t, other, visits.Imported)
	other.ID, other.Source, other.Phone = "ehr:1", "ehr", handlerstest.Phone(t, "0109")
	f.book(t, other, visits.Imported)
	f.clock.Set(handlerstest.At(t, "2026-10-06 09:30"))
	for range 3 {
		kept, did, err := f.Follow(t.Context(), f.kept, handlers.Given{
			Feed: "main", Whole: true, Until: f.clock.Now().AddDate(0, 0, 120),
			Unread: []string{"series"},
		})
		if f.kept = kept; err != nil || did.Off != 0 {
			t.Fatalf("%+v %v", did, err)
		}
		kept, did, err = f.Follow(t.Context(), f.kept, handlers.Given{Feed: "main"}) // not whole
		if f.kept = kept; err != nil || did.Off != 0 {
			t.Fatalf("%+v %v", did, err)
		}
	}
	all, _ := f.store.Visits(t.Context(), time.Time{}, f.clock.Now().AddDate(2, 0, 0))
	for _, v := range all {
		if v.State != handlers.Booked {
			t.Errorf("%s is %s", v.ID, v.State)
		}
	}
}

// whose are the changes of others to a visit, and what the feed's next words do to it.
var whose = map[string]struct {
	state  string // that somebody else gave it
	moved  string // where the desk moved it
	then   string // the feed's new time, "" if it gives the same
	name   string
	off    bool
	wants  string
	starts string
}{
	"the patient confirmed":            {state: "confirmed", wants: "confirmed"},
	"the patient declined":             {state: "declined", wants: "declined"},
	"declined, then renamed":           {state: "declined", name: "Ana B. Example", wants: "declined"},
	"declined, then moved by the feed": {state: "declined", then: "2026-10-23 09:00", wants: "booked"},
	"confirmed, then moved":            {state: "confirmed", then: "2026-10-23 09:00", wants: "booked"},
	"confirmed, then renamed":          {state: "confirmed", name: "Ana B. Example", wants: "confirmed"},
	"the desk took it off":             {state: "off", wants: "off"},
	"taken off, then moved":            {state: "off", then: "2026-10-23 09:00", wants: "booked"},
	"the desk moved it":                {moved: "2026-10-22 15:00", wants: "booked", starts: "2026-10-22 15:00"},
	"moved by both": {
		moved: "2026-10-22 15:00", then: "2026-10-23 09:00", wants: "booked",
		starts: "2026-10-23 09:00",
	},
	"confirmed, then off":       {state: "confirmed", off: true, wants: "cancelled"},
	"moved by the desk, off":    {moved: "2026-10-22 15:00", off: true, wants: "cancelled"},
	"declined, off by the feed": {state: "declined", off: true, wants: "declined"},
}

func TestWhoseWordWins(t *testing.T) {
	for name, c := range whose {
		t.Run(name, func(t *testing.T) {
			f := newFed(t, "2026-10-05 10:00")
			g := given(t, "a", "2026-10-20 14:00", 1)
			f.look(t, g)
			v := f.stored(t, "a")
			if c.moved != "" {
				w := handlers.Visit{
					ID: v.ID, Name: v.Name, Phone: v.Phone, Type: v.Type,
					Start: handlerstest.At(t, c.moved),
				}
				f.book(t, w, visits.Updated)
			}
			if c.state != "" {
				v.State = c.state
				f.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
			}
			f.look(t, g)
			if c.then != "" {
				g.Start = handlerstest.At(t, c.then)
			}
			if c.name != "" {
				g.Name = c.name
			}
			if c.off {
				g.State = handlers.Cancelled
			}
			for range 2 {
				f.look(t, g)
				v = f.stored(t, "a")
				if v.State != c.wants || v.Source != "main" {
					t.Errorf("it is %s of %q, want %s", v.State, v.Source, c.wants)
				}
				if c.starts != "" && !v.Start.Equal(handlerstest.At(t, c.starts)) {
					t.Errorf("it starts %v", v.Start)
				}
			}
		})
	}
}

func TestTellFeed(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	tell := func(why string) {
		t.Helper()
		f.kept.Why = why
		var err error
		if f.kept, err = f.TellFeed(t.Context(), f.kept, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	start := f.clock.Now()
	for round := range 2 {
		for i := range 12 {
			f.clock.Set(start.Add(time.Duration(i) * 10 * time.Minute))
			tell("the address answers 404 Not Found")
			if told := len(f.cards(kinds.Feed)); (told == 1) != (i > 6) {
				t.Fatalf("round %d, after %d minutes: %d cards", round, i*10, told)
			}
		}
		if title := f.cards(kinds.Feed)[0].Title; !strings.Contains(title, "404") {
			t.Error(title)
		}
		start = f.clock.Now().Add(time.Minute)
		f.clock.Set(start)
		f.kept.Well = start
		tell("")
		tell("")
		if len(f.cards(kinds.Feed)) != 0 {
			t.Fatal("it is well, and the card is open")
		}
	}
}

// A visit that the feed says is tentative is held until it says so no more, or a person agrees.
func TestATentativeVisit(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	g := given(t, "a", "2026-10-20 14:00", 1)
	g.Doubts = []string{"the calendar says that it is tentative"}
	f.look(t, g)
	if did := f.look(t, g); did.Unchanged != 1 || !f.stored(t, "a").Held() {
		t.Fatalf("%+v", did)
	}
	g.Doubts = nil
	if did := f.look(t, g); did.Updated != 1 || f.stored(t, "a").Held() {
		t.Errorf("%+v", did)
	}
}

// Who came is said of visits that have begun, by their id alone.
func TestWhoCame(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	f.look(t, given(t, "a", "2026-10-20 14:00", 1), given(t, "b", "2026-10-20 15:00", 2))
	f.clock.Set(handlerstest.At(t, "2026-10-20 18:00"))
	a := handlers.Visit{External: "a", State: handlers.Arrived}
	b := handlers.Visit{External: "b", State: handlers.Missed}
	unknown := handlers.Visit{External: "c", State: handlers.Missed}
	for i, want := range []int{2, 0} {
		if did := f.look(t, a, b, unknown); did.Updated != want || did.Untexted != 0 {
			t.Errorf("look %d: %+v", i, did)
		}
	}
	if f.stored(t, "a").State != handlers.Arrived || f.stored(t, "b").State != handlers.Missed {
		t.Errorf("%+v %+v", f.stored(t, "a"), f.stored(t, "b"))
	}
}

// What can hardly be right is booked and held, asked about once, and texted about once somebody has
// agreed.
func TestAFeedsDoubts(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	g := given(t, "a", "2026-10-25 00:00", 1) // midnight, of a Sunday
	for range 3 {
		f.look(t, g)
	}
	cards := f.cards(kinds.Doubts)
	if !f.stored(t, "a").Held() || len(cards) != 1 || len(cards[0].Doubtful) != 1 ||
		!strings.Contains(cards[0].Title, `of the feed "main"`) {
		t.Fatalf("%+v %+v", f.stored(t, "a"), cards)
	}
	if ok, err := f.Agree(t.Context(), "press", f.stored(t, "a")); !ok || err != nil {
		t.Fatal(ok, err)
	}
	for range 2 {
		if did := f.look(t, g); did.Unchanged != 1 || f.stored(t, "a").Held() {
			t.Errorf("%+v %+v", did, f.stored(t, "a"))
		}
	}
	// Where the desk has moved it, the feed's own time is doubted no more.
	v := f.stored(t, "a")
	f.book(t, handlers.Visit{
		ID: v.ID, Name: v.Name, Phone: v.Phone, Type: v.Type,
		Start: handlerstest.At(t, "2026-10-26 10:00"),
	}, visits.Updated)
	if did := f.look(t, g); did.Unchanged != 1 || f.stored(t, "a").Held() {
		t.Errorf("%+v %+v", did, f.stored(t, "a"))
	}
}
