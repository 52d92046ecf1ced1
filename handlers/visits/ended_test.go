package visits_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// A task about a visit is closed with it, and its thread says why.
func TestATaskIsOverWithItsVisit(t *testing.T) {
	for _, c := range []struct {
		name string
		does func(t *testing.T, b *books, v handlers.Visit)
		want string
	}{
		{
			name: "it moves", want: "Closed: the visit moved.",
			does: func(t *testing.T, b *books, v handlers.Visit) {
				v.Start = handlerstest.At(t, "2026-10-21 14:00")
				b.book(t, v, visits.Updated)
			},
		},
		{
			name: "the desk takes it off", want: "Closed: the visit is off.",
			does: func(t *testing.T, b *books, v handlers.Visit) { b.off(t, v, handlers.Off) },
		},
		{
			name: "an import takes it off", want: "Closed: the visit is off.",
			does: func(t *testing.T, b *books, v handlers.Visit) { b.off(t, v, handlers.Cancelled) },
		},
		{
			name: "they didn't come", want: "Closed: the patient didn't come.",
			does: func(t *testing.T, b *books, v handlers.Visit) {
				if ok, err := b.Came(t.Context(), v.ID, handlers.Missed); !ok || err != nil {
					t.Fatal(ok, err)
				}
			},
		},
		{
			name: "it has another number", want: "Closed: the visit has another number now.",
			does: func(t *testing.T, b *books, v handlers.Visit) {
				v.Phone = handlerstest.Phone(t, "0102")
				b.book(t, v, visits.Updated)
			},
		},
		{
			name: "only its language changes",
			does: func(t *testing.T, b *books, v handlers.Visit) {
				v.Lang = "es"
				b.book(t, v, visits.Updated)
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := visit(t, "2026-10-20 14:00")
			b.book(t, v, visits.Imported)
			b.store.Put(v.Phone, handlers.Effects{Cases: []handlers.Case{{
				ID: "ride", Channel: handlers.DeskChannel, Kind: kinds.Ride, Phone: v.Phone, Open: true,
				Matter: handlers.Matter(handlers.MatterRide, v.ID), Visit: v.ID,
			}}})
			c.does(t, b, v)
			var said []string
			for _, p := range b.store.Queue() {
				if p.Do == desk.PostNote {
					said = append(said, p.Text)
				}
			}
			got := strings.Join(said, "; ")
			if open := len(b.store.Open(v.Phone)) > 0; got != c.want || open != (c.want == "") {
				t.Errorf("said %q, want %q; open: %v", got, c.want, open)
			}
		})
	}
}
