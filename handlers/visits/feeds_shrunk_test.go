package visits_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

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
