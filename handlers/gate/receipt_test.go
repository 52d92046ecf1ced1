package gate_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// receipts are series of receipts for a reminder, in the order in which they come.
var receipts = map[string]struct {
	receipts []string
	code     int
	state    string
	cases    int
	out      bool
}{
	"arrives": {
		receipts: []string{"queued", "sending", "sent", "delivered"},
		state:    handlers.Delivered,
	},
	"in any order, repeated": {
		receipts: []string{"delivered", "sent", "delivered", "queued"},
		state:    handlers.Delivered,
	},
	"fails": {
		receipts: []string{"sent", "undelivered"}, code: 30007, state: handlers.Failed,
		cases: 1,
	},
	"may still arrive": {
		receipts: []string{"sent", "undelivered"}, code: 30003, state: handlers.Planned,
	},
	"may still arrive, repeated": {
		receipts: []string{"sent", "undelivered", "undelivered", "delivered"}, code: 30003,
		state: handlers.Planned,
	},
	"fails twice": {
		receipts: []string{"failed", "undelivered", "failed"}, code: 30006,
		state: handlers.Failed, cases: 1,
	},
	"what is final stays": {
		receipts: []string{"delivered", "failed"}, code: 30003, state: handlers.Delivered,
	},
	"opted out at the carrier": {
		receipts: []string{"failed"}, code: gate.OptedOut, state: handlers.Failed, cases: 1,
		out: true,
	},
	"a word nobody knows": {receipts: []string{"read"}, state: handlers.Sent},
}

func TestReceiptsMoveARowForward(t *testing.T) {
	for name, c := range receipts {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			const id = "r"
			g.plan(reminder(id))
			g.deliver(t)
			for _, state := range c.receipts {
				r := gate.Receipt{
					ID: id, SID: "SM1", State: state, Code: c.code, Why: "meaning",
					Retry: c.code == 30003, At: g.clock.Now(),
				}
				if err := g.Receipt(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			s, _ := g.store.Peek(t.Context(), g.to)
			if got := g.store.Text(id).State; got != c.state || len(s.Cases) != c.cases ||
				s.Consent.Out != c.out {
				t.Errorf("state %q, %d cases, out %v", got, len(s.Cases), s.Consent.Out)
			}
			if c.cases > 0 && !strings.Contains(s.Cases[0].Title, "did not reach the patient") {
				t.Errorf("the desk reads %q", s.Cases[0].Title)
			}
		})
	}
	g := newDoor(t)
	if err := g.Receipt(
		t.Context(), gate.Receipt{ID: "none", SID: "SM1", State: "delivered"},
	); err != nil {
		t.Errorf("an unknown id: %v", err)
	}
	g.store.Fail(errors.New("away"))
	if err := g.Receipt(
		t.Context(), gate.Receipt{ID: "none", State: "delivered", At: time.Now()},
	); err == nil {
		t.Error("a receipt was taken while the store is away: it must come again")
	}
}
