package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// Receipts say that nothing arrives. There is one card, the texts are tried again one at a time
// until their visits, and the first that arrives ends the outage.
func TestWhatDoesNotArriveForTheSetUp(t *testing.T) {
	g := newDoor(t)
	var rows []string
	for i := range 5 {
		o := reminder(fmt.Sprintf("r%d", i))
		o.To = handlerstest.Phone(t, fmt.Sprintf("011%d", i))
		o.Start = g.clock.Now().Add(48 * time.Hour)
		g.plan(o)
		rows = append(rows, o.ID)
	}
	// live lets time pass. What is sent in it gets that receipt at once.
	live := func(in time.Duration, r gate.Receipt) {
		t.Helper()
		for end := g.clock.Now().Add(in); ; {
			for _, id := range rows {
				if o := g.store.Text(id); o.State == handlers.Sent {
					r.ID, r.SID, r.At = id, o.SID, g.clock.Now()
					g.receive(t, o, r)
				}
			}
			next, _ := g.store.Next(t.Context(), gate.Pace{})
			if next.IsZero() || next.After(end) {
				g.clock.Set(end)
				return
			}
			g.nextRow(t)
		}
	}
	g.deliver(t)
	unregistered := gate.Receipt{
		State: "undelivered", Code: 30034, Why: "our number is not registered",
		Retry: true, Mend: "Register it.",
	}
	live(8*time.Hour, unregistered)
	all := g.outages(t)
	if len(all) != 1 || !strings.Contains(all[0].Title, "don't arrive") {
		t.Fatalf("%d outages: %+v", len(all), all)
	}
	if n, _ := g.posted(desk.PostCard); n != 1 {
		t.Errorf("%d cards", n)
	}
	if n := len(g.carrier.Sent()); n < 5+8 || n > 5+5*10 {
		t.Errorf("%d texts in eight hours", n)
	}
	live(2*time.Hour, gate.Receipt{State: handlers.Delivered})
	for _, id := range rows {
		if row := g.store.Text(id); row.State != handlers.Delivered {
			t.Errorf("%s is %s", id, row.State)
		}
	}
	if left := g.outages(t); len(left) != 0 {
		t.Errorf("it isn't over: %+v", left)
	}
}

// receive hands the gate a receipt of a row.
func (g *door) receive(t *testing.T, o handlers.Outgoing, r gate.Receipt) {
	t.Helper()
	r.ID, r.SID = o.ID, o.SID
	if err := g.Receipt(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func TestManyHandsTellOfOneOutage(t *testing.T) {
	g := newDoor(t)
	code := 21705
	g.closed(&code)
	for i := range 300 {
		g.plan(handlers.Outgoing{
			ID: fmt.Sprintf("r%03d", i), To: handlerstest.Phone(t, "0101"), Kind: "confirm",
			Unasked: true,
		})
	}
	g.deliver(t)
	if n, _ := g.posted(desk.PostCard); n != 1 || len(g.outages(t)) != 1 {
		t.Errorf("%d cards, %d outages", n, len(g.outages(t)))
	}
}
