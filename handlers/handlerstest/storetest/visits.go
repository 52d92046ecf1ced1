package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A number's state has its visits from yesterday on, each where it was written last, and its past
// ones apart.
func visitsOfANumber(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, q := Phone(t, "0101"), Phone(t, "0102")
		at := func(id string, in time.Duration) handlers.Visit {
			return handlers.Visit{ID: id, Phone: p, Start: now.Add(in)}
		}
		Turn(t, r, "1", p, handlers.Effects{
			Visits: []handlers.Visit{
				at("late", 48*time.Hour),
				at("soon", time.Hour),
				at("past", -23*time.Hour),
				at("gone", -25*time.Hour),
				at("long", -91*24*time.Hour),
			},
		})
		ids := func(s handlers.State) string {
			var out []string
			for _, v := range s.Past {
				out = append(out, "("+v.ID+")")
			}
			for _, v := range s.Visits {
				out = append(out, v.ID)
			}
			return strings.Join(out, " ")
		}
		if got := ids(Peek(t, r, p)); got != "(gone) past soon late" {
			t.Errorf("visits %q", got)
		}
		// To another number: the old one doesn't have it any more.
		Turn(t, r, "2", p, handlers.Effects{Gone: []string{"soon"}})
		Turn(t, r, "3", q, handlers.Effects{Visits: []handlers.Visit{at("soon", 3*time.Hour)}})
		if got := ids(Peek(t, r, p)) + "|" + ids(Peek(t, r, q)); got != "(gone) past late|soon" {
			t.Errorf("visits %q", got)
		}
		// Moved: once, at its new time.
		Turn(t, r, "4", p, handlers.Effects{Visits: []handlers.Visit{at("late", 2*time.Hour)}})
		list, err := r.Visits(t.Context(), now, now.Add(3*time.Hour))
		if err != nil || len(list) != 1 || list[0].ID != "late" {
			t.Errorf("%+v %v: want late alone, soon begins at the end", list, err)
		}
	})
}

// A long list of visits is complete and in order, though it is read in several steps.
func manyVisitsAreListedInOrder(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		var all []handlers.Visit
		for i := range 601 { // more than one look-up reads
			all = append(all, handlers.Visit{
				ID:    fmt.Sprintf("v%04d", i),
				Phone: p,
				Start: now.Add(time.Duration(i) * time.Minute),
			})
		}
		Turn(t, r, "1", p, handlers.Effects{Visits: all})
		got, err := r.Visits(t.Context(), now, now.AddDate(1, 0, 0))
		if err != nil || len(got) != len(all) ||
			!slices.IsSortedFunc(got,
				func(a, b handlers.Visit) int { return a.Start.Compare(b.Start) }) {
			t.Errorf("%d of %d, %v", len(got), len(all), err)
		}
	})
}
