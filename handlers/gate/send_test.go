package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A try that would come after the visit is none: staff hear of it while there is time to call.
func TestRetriesMakeSenseForTheVisit(t *testing.T) {
	for name, c := range map[string]struct {
		in    time.Duration // till the visit
		no    error
		state string
		why   string
	}{
		"there is time":               {time.Hour, &handlers.Refusal{Retry: true, Why: "busy"}, handlers.Planned, ""},
		"the carrier wants too long":  {time.Hour, &handlers.Refusal{Retry: true, After: time.Hour, Why: "busy"}, handlers.Failed, "the visit comes before the next try"},
		"what it came to isn't known": {time.Second, errUnknown, handlers.Planned, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", c.no }
			o := reminder("r")
			o.Start = g.clock.Now().Add(c.in)
			g.plan(o)
			g.deliver(t)
			if row := g.store.Text("r"); row.State != c.state || !strings.Contains(row.Why, c.why) {
				t.Errorf("%s %q", row.State, row.Why)
			}
			if n := len(g.store.Open(g.to)); (n > 0) != (c.state == handlers.Failed) {
				t.Errorf("%d cases", n)
			}
		})
	}
}

// What errors held up until its time had passed has failed; what was decided against was never meant to be sent.
func TestHeldUpPastItsTime(t *testing.T) {
	g := newDoor(t)
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", &handlers.Refusal{Retry: true, Why: "busy"} }
	g.plan(reminder("r"), reminder("other"))
	g.deliver(t)
	g.Compose = func(_ handlers.State, o handlers.Outgoing, _ time.Time) handlers.Composed {
		return handlers.Composed{Skip: "the visit has begun", Late: o.ID == "r"}
	}
	g.clock.Add(time.Hour)
	g.deliver(t)
	if r, other := g.store.Text("r"), g.store.Text("other"); r.State != handlers.Failed || r.Why != "the visit has begun, after busy" || other.State != handlers.Skipped {
		t.Errorf("%s %q, %s", r.State, r.Why, other.State)
	}
}

// A number that takes no texts is marked, and gets none, until staff send one again.
func TestNumberThatTakesNoTexts(t *testing.T) {
	g := newDoor(t)
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Code: 21614, NoTexts: true, Why: "a landline"}
	}
	g.plan(reminder("r"))
	g.deliver(t)
	s, _ := g.store.Peek(t.Context(), g.to)
	if !s.Reach.NoTexts || s.Reach.Why != "a landline" {
		t.Fatalf("%+v", s.Reach)
	}
	g.plan(reminder("r2"), staffText("S1", "hello"))
	g.deliver(t)
	if r := g.store.Text("r2"); r.State != handlers.Skipped || !strings.Contains(r.Why, "a landline") || g.marks() != "S1 refused" {
		t.Errorf("%+v, marks %s", r, g.marks())
	}
}

// What didn't arrive is tried again for about four hours, and never after the visit.
func TestLater(t *testing.T) {
	g := newDoor(t)
	now := g.clock.Now()
	for i, want := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 0} {
		got := g.Later(handlers.Outgoing{Errors: i, Start: now.Add(24 * time.Hour)}, now)
		if want == 0 != got.IsZero() || want > 0 && got.Sub(now) != want {
			t.Errorf("after %d errors: %v", i, got)
		}
	}
	if !g.Later(handlers.Outgoing{Alarm: true}, now).IsZero() || !g.Later(handlers.Outgoing{Start: now.Add(time.Minute)}, now).IsZero() {
		t.Error("an alarm, or one whose visit is near, is tried later")
	}
}
