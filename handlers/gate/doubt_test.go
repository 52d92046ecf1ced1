package gate_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// After a restart the store may have forgotten a send. The row is looked up before it is sent, once
// any request that was under way has ended. If the carrier has it, it counts against the number's
// cap for the day.
func TestWhatTheStoreMayHaveForgotten(t *testing.T) {
	for name, c := range map[string]struct {
		found  bool
		sent   int
		second string // what becomes of another reminder the same day
	}{
		"the carrier has it":        {found: true, second: handlers.Planned},
		"the carrier hasn't got it": {sent: 1, second: handlers.Planned},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			from, until := g.clock.Now().Add(-time.Second), g.clock.Now().Add(20*time.Second)
			g.store.Forget(handlers.Doubt{From: from, Until: until})
			g.carrier.OnFind = func(o handlers.Outgoing) (string, error) {
				if o.Body != g.words || o.ID != "r" {
					t.Errorf(
						"looked for %q of %s, want the words that it would leave with", o.Body,
						o.ID,
					)
				}
				if c.found {
					return "SM9", nil
				}
				return "", nil
			}
			g.plan(reminder("r"))
			if n := g.deliver(t); n != 0 || g.carrier.Looked() != 0 {
				t.Fatalf(
					"sent %d, looked %d times, while a send may be on its way", n,
					g.carrier.Looked(),
				)
			}
			g.clock.Set(until)
			g.deliver(t)
			o := g.store.Text("r")
			if o.State != handlers.Sent || len(g.carrier.Sent()) != c.sent ||
				g.carrier.Looked() != 1 || (o.SID == "SM9") != c.found {
				t.Errorf(
					"%s %s, sent %d times, looked %d times", o.State, o.SID, len(g.carrier.Sent()),
					g.carrier.Looked(),
				)
			}
			g.store.Forget(handlers.Doubt{})
			second := reminder("r2")
			second.Start = g.clock.Now().AddDate(0, 0, 3)
			g.plan(second)
			g.deliver(t)
			if got := g.store.Text("r2"); got.State != c.second || len(g.carrier.Sent()) != c.sent {
				t.Errorf("the second of the day: %s, %d sent", got.State, len(g.carrier.Sent()))
			}
		})
	}
}

// An alarm is sent at once even if the store may have forgotten sends.
func TestDoubtHoldsNoAlarmBack(t *testing.T) {
	g := newDoor(t)
	g.store.Forget(handlers.Doubt{From: g.clock.Now(), Until: g.clock.Now().Add(20 * time.Second)})
	g.store.Put(g.to, handlers.Effects{Cases: []handlers.Case{{
		ID: "c", Phone: g.to, Channel: handlers.UrgentChannel, Open: true,
	}}})
	g.plan(handlers.Outgoing{
		ID: "a", Kind: "oncall_text", Body: "Somebody may be in danger.", Case: "c", Alarm: true,
	})
	if n := g.deliver(t); n != 1 || g.carrier.Looked() != 0 {
		t.Errorf("sent %d, looked %d times", n, g.carrier.Looked())
	}
}

// A receipt of a send that the store has forgotten ends the row. It is neither sent again nor left
// waiting for ever.
func TestReceiptOfAForgottenSend(t *testing.T) {
	g := newDoor(t)
	g.store.Forget(handlers.Doubt{From: g.clock.Now(), Until: g.clock.Now().Add(20 * time.Second)})
	g.plan(reminder("r"))
	if _, moved, err := g.store.Advance(
		t.Context(), "r", handlers.Delivered, "SM9", "", g.clock.Now(), time.Time{},
	); !moved || err != nil {
		t.Fatal(moved, err)
	}
	g.deliver(t)
	waiting, err := g.store.Waiting(t.Context())
	if o := g.store.Text("r"); o.State != handlers.Delivered || waiting != 0 || err != nil ||
		len(g.carrier.Sent()) != 0 {
		t.Errorf("%s, %d wait, %d sent, %v", o.State, waiting, len(g.carrier.Sent()), err)
	}
}

// A text of an earlier round that failed isn't mistaken for the retry, though its words are the
// same.
func TestWhatDidNotArriveIsNotTakenForTheNextTry(t *testing.T) {
	g := newDoor(t)
	g.plan(reminder("r"))
	if n := g.deliver(t); n != 1 {
		t.Fatal(n)
	}
	failed := g.store.Text("r").SID
	g.carrier.OnFind = func(handlers.Outgoing) (string, error) { return failed, nil }
	now := g.clock.Now()
	if _, moved, err := g.store.Advance(
		t.Context(), "r", handlers.Failed, failed, "", now, now.Add(time.Minute),
	); !moved || err != nil {
		t.Fatal(moved, err)
	}
	g.clock.Set(now.Add(time.Minute))
	g.store.Forget(handlers.Doubt{From: now.Add(-time.Hour), Until: now})
	if n := g.deliver(t); n != 1 || g.carrier.Looked() != 1 || len(g.carrier.Sent()) != 2 {
		t.Errorf(
			"sent %d, looked %d times, %d in all", n, g.carrier.Looked(), len(g.carrier.Sent()),
		)
	}
}
