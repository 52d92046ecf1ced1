package gate_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// What speaks against sending a failed text again is known before anybody has it sent.
func TestBars(t *testing.T) {
	for _, c := range []struct {
		name string
		put  handlers.Effects
		row  handlers.Outgoing
		wait time.Duration // that Compose asks for; the visit is in two hours
		want string
	}{
		{"nothing", handlers.Effects{}, handlers.Outgoing{Unasked: true}, 0, ""},
		{"opted out", handlers.Effects{Consent: &handlers.Consent{Out: true}}, handlers.Outgoing{Unasked: true}, 0, "the number has opted out"},
		{"a number that takes no texts: who sends it again knows better", handlers.Effects{Reach: &handlers.Reach{NoTexts: true}}, handlers.Outgoing{Unasked: true}, 0, ""},
		{"it waits, and still comes before the visit", handlers.Effects{}, handlers.Outgoing{Unasked: true}, time.Hour, ""},
		{"it would wait past the visit", handlers.Effects{}, handlers.Outgoing{Unasked: true}, 3 * time.Hour, "the visit begins before it may leave"},
		{"staff's own words: their thread hears of it", handlers.Effects{Consent: &handlers.Consent{Out: true}}, handlers.Outgoing{}, 0, ""},
		{"an answer in time", handlers.Effects{}, answer(t, time.Minute), 0, ""},
		{"an answer that is stale", handlers.Effects{}, answer(t, -time.Minute), 0, "it comes too late for an automatic answer"},
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
