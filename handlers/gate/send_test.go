package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// A try that would come after the visit isn't made. The desk is told while there is time to call.
func TestRetriesMakeSenseForTheVisit(t *testing.T) {
	for name, c := range map[string]struct {
		in    time.Duration // till the visit
		no    error
		state string
		why   string
	}{
		"there is time": {
			in: time.Hour, no: &handlers.Refusal{Retry: true, Why: "busy"},
			state: handlers.Planned,
		},
		"the carrier wants too long": {
			in: time.Hour, no: &handlers.Refusal{Retry: true, After: time.Hour, Why: "busy"},
			state: handlers.Failed, why: "the visit comes before the next try",
		},
		"what it came to isn't known": {in: time.Second, no: errUnknown, state: handlers.Planned},
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

// A text whose time passed while errors held it up has failed. One that is skipped for any other
// reason hasn't, in spite of its errors: nobody has to call.
func TestHeldUpPastItsTime(t *testing.T) {
	g := newDoor(t)
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Retry: true, Why: "busy"}
	}
	other := reminder("other")
	other.To = handlerstest.Phone(t, "0102") // two at once to one number would be one too many
	g.plan(reminder("r"), other)
	g.deliver(t)
	g.say.OnCompose = func(_ handlers.State, o handlers.Outgoing, _ time.Time) handlers.Composed {
		return handlers.Composed{Skip: "the visit has begun", Late: o.ID == "r"}
	}
	g.clock.Add(time.Hour)
	g.deliver(t)
	if r, other := g.store.Text("r"), g.store.Text("other"); r.State != handlers.Failed ||
		r.Why != "the visit has begun, after busy" || other.State != handlers.Skipped {
		t.Errorf("%s %q, %s", r.State, r.Why, other.State)
	}
}

// A number that takes no texts is marked and gets none, not even from staff.
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
	if r := g.store.Text("r2"); r.State != handlers.Skipped ||
		!strings.Contains(r.Why, "a landline") || g.marks() != "S1 refused" {
		t.Errorf("%+v, marks %s", r, g.marks())
	}
}

// A text that didn't arrive is tried again for about four hours, or as its receipt says, and never
// after the visit.
func TestReceiptTriesAgain(t *testing.T) {
	now := handlerstest.At(t, "2026-12-01 10:00")
	ahead := handlers.Outgoing{Unasked: true, Start: now.Add(72 * time.Hour)}
	const m = time.Minute
	type waits = []time.Duration
	for _, c := range []struct {
		name string
		o    handlers.Outgoing
		r    gate.Receipt
		want waits // after so many errors; 0 is never
	}{
		{name: "as the gate has it", o: ahead, want: waits{15 * m, 30 * m, 60 * m, 120 * m, 0}},
		{
			name: "sooner", o: ahead, r: gate.Receipt{After: 5 * m},
			want: waits{5 * m, 10 * m, 20 * m, 40 * m, 0},
		},
		{
			name: "its own time", o: ahead, r: gate.Receipt{After: 200 * m},
			want: waits{200 * m, 200 * m, 200 * m, 200 * m, 0},
		},
		{
			name: "twice", o: ahead, r: gate.Receipt{After: 30 * m, Tries: 2},
			want: waits{30 * m, 60 * m, 0},
		},
		{
			name: "until it is mended", o: ahead, r: gate.Receipt{Mend: "x"},
			want: waits{15 * m, 30 * m, 60 * m, 60 * m, 60 * m, 60 * m, 60 * m},
		},
		{
			name: "what staff wrote, until it is stale", r: gate.Receipt{Mend: "x"},
			want: waits{15 * m, 30 * m, 60 * m, 60 * m, 0},
		},
		{name: "an alarm", o: handlers.Outgoing{Alarm: true}, want: waits{0}},
		{
			name: "the visit is near", o: handlers.Outgoing{Start: now.Add(m)},
			r: gate.Receipt{Mend: "x"}, want: waits{0},
		},
	} {
		for i, want := range c.want {
			g, o, r := newDoor(t), c.o, c.r
			o.ID, o.Errors = "x", i
			r.ID, r.State, r.Retry, r.At = o.ID, "undelivered", true, now
			g.plan(o)
			if err := g.Receipt(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			got, err := g.store.Next(t.Context(), gate.Pace{})
			if err != nil {
				t.Fatal(err)
			}
			if g.store.Text(o.ID).State == handlers.Failed {
				got = time.Time{}
			}
			if want == 0 != got.IsZero() || want > 0 && got.Sub(now) != want {
				t.Errorf("%s: after %d errors at %v, want in %v", c.name, i, got, want)
			}
		}
	}
}
