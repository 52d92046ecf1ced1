package gate_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Staff are told why a retry of a failed text would come to nothing before they start it.
func TestBars(t *testing.T) {
	for _, c := range []struct {
		name string
		put  handlers.Effects
		row  handlers.Outgoing
		wait time.Duration // that Compose asks for; the visit is in two hours
		want string
	}{
		{name: "nothing", row: handlers.Outgoing{Unasked: true}},
		{
			name: "opted out", put: handlers.Effects{Consent: &handlers.Consent{Out: true}},
			row: handlers.Outgoing{Unasked: true}, want: "the number has opted out",
		},
		{
			name: "a number that takes no texts: who sends it again knows better",
			put:  handlers.Effects{Reach: &handlers.Reach{NoTexts: true}},
			row:  handlers.Outgoing{Unasked: true},
		},
		{
			name: "it waits, and still comes before the visit",
			row:  handlers.Outgoing{Unasked: true}, wait: time.Hour,
		},
		{
			name: "it would wait past the visit",
			row:  handlers.Outgoing{Unasked: true}, wait: 3 * time.Hour,
			want: "the visit begins before it may leave",
		},
		{
			name: "staff's own words: their thread hears of it",
			put:  handlers.Effects{Consent: &handlers.Consent{Out: true}},
		},
		{name: "an answer in time", row: answer(t, time.Minute)},
		{
			name: "an answer that is stale",
			row:  answer(t, -time.Minute), want: "it comes too late for an automatic answer",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newDoor(t)
			g.store.Put(g.to, c.put)
			if c.wait > 0 {
				g.wait = g.clock.Now().Add(c.wait)
			}
			c.row.Start = g.clock.Now().Add(2 * time.Hour)
			s, err := g.store.Peek(t.Context(), g.to)
			if err != nil {
				t.Fatal(err)
			}
			if got := g.Bars(s, c.row); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
