package gate_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// staffCall is a call to a member of staff about a case, due now and stale in two minutes.
func (g *door) staffCall() handlers.Outgoing {
	return handlers.Outgoing{
		ID: "call:1", Kind: "call_staff", Body: "Press 1.", Voice: true, Case: "case",
		User: "U1", Until: g.clock.Now().Add(2 * time.Minute),
	}
}

// A call to a member of staff is made once, or told not to have been made in the thread of its
// case. It never rings later, out of the blue, and no card asks somebody to call in its place.
func TestCallsToStaff(t *testing.T) {
	opted := handlers.Effects{
		Consent: &handlers.Consent{Out: true}, Reach: &handlers.Reach{NoTexts: true},
	}
	for _, c := range []struct {
		name  string
		given handlers.Effects // of the number that is rung
		err   error            // the carrier's
		tries int              // calls that the carrier was asked for; 0: any number
		note  string           // what the thread is told
	}{
		{name: "rings", tries: 1},
		{name: "who opted out of texts has their own phone rung", given: opted, tries: 1},
		{
			name: "refused", err: &handlers.Refusal{Code: 21211, Why: "no number"}, tries: 1,
			note: "case U1 could not be rung: no number (21211). Nobody was called.",
		},
		{
			name: "refused for a while", err: &handlers.Refusal{Retry: true, Why: "too many"},
			note: "case U1 could not be rung: it couldn't be rung in time, after too many. Nobody was called.",
		},
		{
			name: "outcome unknown", err: errors.New("time-out"), tries: 1,
			note: "case U1 could not be rung: the carrier didn't answer in time. Nobody was called.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, tries := newDoor(t), 0
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) { tries++; return "", c.err }
			g.store.Put(g.to, c.given)
			g.plan(g.staffCall())
			for range 40 { // ten minutes
				g.deliver(t)
				g.clock.Add(15 * time.Second)
			}
			if c.tries > 0 && tries != c.tries {
				t.Errorf("the carrier was asked %d times", tries)
			}
			var told []string
			for _, p := range g.store.Queue() {
				told = append(told, p.Case+" "+p.From+" "+p.Text)
			}
			if got := strings.Join(told, "; "); got != c.note {
				t.Errorf("told %q, want %q", got, c.note)
			}
			failed, err := g.store.Failed(t.Context())
			if cards := len(g.store.Open(g.to)); err != nil || cards+len(failed) > 0 {
				t.Errorf("%d cards, to be sent again: %v, %v", cards, failed, err)
			}
		})
	}
}
