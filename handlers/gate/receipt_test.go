package gate_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

func TestReceiptsMoveARowForward(t *testing.T) {
	for name, c := range map[string]struct {
		receipts []string
		code     int
		state    string
		cases    int
		out      bool
	}{
		"arrives":                    {[]string{"queued", "sending", "sent", "delivered"}, 0, handlers.Delivered, 0, false},
		"in any order, repeated":     {[]string{"delivered", "sent", "delivered", "queued"}, 0, handlers.Delivered, 0, false},
		"fails":                      {[]string{"sent", "undelivered"}, 30007, handlers.Failed, 1, false},
		"may still arrive":           {[]string{"sent", "undelivered"}, 30003, handlers.Planned, 0, false},
		"may still arrive, repeated": {[]string{"sent", "undelivered", "undelivered", "delivered"}, 30003, handlers.Planned, 0, false},
		"fails twice":                {[]string{"failed", "undelivered", "failed"}, 30006, handlers.Failed, 1, false},
		"what is final stays":        {[]string{"delivered", "failed"}, 30003, handlers.Delivered, 0, false},
		"opted out at the carrier":   {[]string{"failed"}, gate.OptedOut, handlers.Failed, 1, true},
		"a word nobody knows":        {[]string{"read"}, 0, handlers.Sent, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			const id = "r"
			g.plan(reminder(id))
			g.deliver(t)
			for _, state := range c.receipts {
				if err := g.Receipt(t.Context(), gate.Receipt{ID: id, SID: "SM1", State: state, Code: c.code, Why: "meaning", Retry: c.code == 30003, At: g.clock.Now()}); err != nil {
					t.Fatal(err)
				}
			}
			s, _ := g.store.Peek(t.Context(), g.to)
			if got := g.store.Text(id).State; got != c.state || len(s.Cases) != c.cases || s.Consent.Out != c.out {
				t.Errorf("state %q, %d cases, out %v", got, len(s.Cases), s.Consent.Out)
			}
			if c.cases > 0 && !strings.Contains(s.Cases[0].Title, "did not reach the patient") {
				t.Errorf("the desk reads %q", s.Cases[0].Title)
			}
		})
	}
	g := newDoor(t)
	if err := g.Receipt(t.Context(), gate.Receipt{ID: "none", SID: "SM1", State: "delivered"}); err != nil {
		t.Errorf("an unknown id: %v", err)
	}
	g.store.Fail(errors.New("away"))
	if err := g.Receipt(t.Context(), gate.Receipt{ID: "none", State: "delivered", At: time.Now()}); err == nil {
		t.Error("a receipt was taken while the store is away: it must come again")
	}
}
