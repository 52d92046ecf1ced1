package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

func TestCapsHold(t *testing.T) {
	g := newDoor(t)
	for day := range 8 { // a reminder too many each day
		g.plan(reminder("a"+string(rune('0'+day))), reminder("b"+string(rune('0'+day))))
		g.deliver(t)
		g.clock.Add(24 * time.Hour)
	}
	// The caps are one a day and three in any seven days: so days 0, 1, 2, and day 7, when day 0 is
	// a week ago.
	var got []string
	for _, o := range g.carrier.Sent() {
		got = append(got, o.ID)
	}
	if s := strings.Join(got, " "); len(got) != 4 || got[3][1] != '7' {
		t.Errorf("sent %s, want one on days 0, 1, 2 and 7", s)
	}
	if row := g.store.Text("a3"); row.State != handlers.Skipped ||
		!strings.Contains(row.Why, "texts of the week are used") {
		t.Errorf("%+v", row)
	}
	g.plan(staffText("S1", "hello"))
	if g.deliver(t) != 1 {
		t.Error("a cap holds back what a person wrote")
	}
}

func TestWaitsUntilItMay(t *testing.T) {
	g := newDoor(t)
	g.wait = g.clock.Now().Add(time.Hour)
	g.plan(reminder("r"))
	g.deliver(t)
	next, _ := g.store.Next(t.Context(), gate.Pace{})
	if !next.Equal(g.wait) || g.store.Text("r").State != handlers.Planned {
		t.Fatalf("next %v, want %v", next, g.wait)
	}
	g.clock.Set(g.wait)
	g.wait = time.Time{}
	if g.deliver(t) != 1 {
		t.Error("not sent when it may")
	}
}

// The reason why a row waits is stored once, and never replaces an error: staff need to read the
// error if the row fails.
func TestWhyARowWaits(t *testing.T) {
	g := newDoor(t)
	g.why = "it is outside the window"
	g.plan(reminder("e"))
	g.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Retry: true, Why: "busy"}
	}
	g.deliver(t)
	g.carrier.OnSend = nil
	g.plan(reminder("r2"))
	for range 3 {
		g.wait = g.clock.Now().Add(time.Hour)
		g.deliver(t)
		g.clock.Set(g.wait)
	}
	for id, want := range map[string]string{"e": "busy", "r2": "it is outside the window"} {
		if got := g.store.Text(id).Why; got != want {
			t.Errorf("%s waits because %q, want %q", id, got, want)
		}
	}
	all, _ := g.store.Records(t.Context(), g.to)
	for _, r := range all {
		if r.ID == "r2" && len(r.History) != 2 { // planned, and why it waits
			t.Errorf("written down %d times: %+v", len(r.History), r.History)
		}
	}
}
