package visits_test

import (
	"fmt"
	"slices"
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

// lots are n visits of the feed.
func lots(t *testing.T, n int) (out []handlers.Visit) {
	for i := range n {
		out = append(out, given(t, fmt.Sprint(i), fmt.Sprintf("2026-10-20 %02d:%02d", 9+i/6, i%6*10), i))
	}
	return out
}

// A feed that suddenly lacks more than a tenth of what is ahead changes nothing until a person has
// agreed, or until it has them again.
func TestAFeedThatShrinks(t *testing.T) {
	for name, c := range map[string]struct {
		of, lacks int
		held      bool
	}{
		"a tenth":            {of: 30, lacks: 3},
		"more than a tenth":  {of: 30, lacks: 4, held: true},
		"three of four":      {of: 4, lacks: 3, held: true},
		"two of two":         {of: 2, lacks: 2},
		"all of a large one": {of: 40, lacks: 40, held: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFed(t, "2026-10-05 10:00")
			all := lots(t, c.of)
			f.look(t, all...)
			rest := slices.Clone(all[c.lacks:])
			moved := given(t, "new", "2026-10-21 09:00", 70)
			rest = append(rest, moved)
			for range 3 {
				did := f.look(t, rest...)
				if did.Held != c.held || c.held && did.Booked+did.Off > 0 {
					t.Fatalf("%+v", did)
				}
			}
			if held := len(f.cards(kinds.FeedShrunk)); (held == 1) != c.held {
				t.Fatalf("%d cards", held)
			}
			if !c.held {
				return
			}
			f.agree(t, kinds.FeedShrunk)
			if did := f.look(t, rest...); did.Off != c.lacks || did.Booked != 1 || did.Held {
				t.Errorf("agreed: %+v", did)
			}
			if did := f.look(t, rest...); did.Off != 0 || did.Held {
				t.Errorf("and then: %+v", did)
			}
			if len(f.cards(kinds.FeedShrunk)) > 0 {
				t.Error("it is asked again")
			}
		})
	}
}

// If the visits are there again, nothing has happened, and the card goes by itself.
func TestAFeedThatComesBack(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	all := lots(t, 20)
	f.look(t, all...)
	before := f.planned()
	for range 3 {
		f.look(t, all[10:]...)
		f.look(t)
		if len(f.cards(kinds.FeedShrunk)) != 1 {
			t.Fatalf("cards: %+v", f.cards(kinds.FeedShrunk))
		}
		if did := f.look(t, all...); did.Unchanged != 20 || f.planned() != before {
			t.Fatalf("%+v", did)
		}
		if len(f.cards(kinds.FeedShrunk)) != 0 {
			t.Fatal("the card is open still")
		}
	}
}

// What a person agreed to is taken off; that the feed lacks still more is asked anew.
func TestAFeedThatShrinksFurther(t *testing.T) {
	f := newFed(t, "2026-10-05 10:00")
	all := lots(t, 20)
	f.look(t, all...)
	f.look(t, all[5:]...)
	f.agree(t, kinds.FeedShrunk)
	if did := f.look(t, all[12:]...); !did.Held || did.Off != 0 {
		t.Fatalf("%+v", did)
	}
	f.agree(t, kinds.FeedShrunk)
	if did := f.look(t, all[12:]...); did.Off != 12 {
		t.Errorf("%+v", did)
	}
}

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
