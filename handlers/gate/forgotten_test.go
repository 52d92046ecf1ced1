package gate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// forgetful is a door whose store may have forgotten a send. Its reminder "r" tells of the visit of
// the reminder "r2" as well, which is due later, unless it may not.
func forgetful(t *testing.T, has string) *door {
	t.Helper()
	g := newDoor(t)
	now := g.clock.Now()
	g.store.Forget(handlers.Doubt{From: now.Add(-time.Hour), Until: now})
	g.say.OnCompose = func(_ handlers.State, o handlers.Outgoing, _ time.Time) handlers.Composed {
		if o.Apart && o.With == "" {
			return handlers.Composed{Body: "r"}
		}
		return handlers.Composed{Body: "both", With: "r2", Alone: []handlers.Composed{
			{Body: "r"}, {Body: "r2"},
		}}
	}
	g.carrier.OnFind = func(o handlers.Outgoing) (string, error) {
		switch {
		case has == "error" && o.Body == "r":
			return "", errUnknown
		case o.Body == has:
			return "SM9", nil
		}
		return "", nil
	}
	later := reminder("r2")
	later.Due = now.Add(time.Hour)
	g.plan(reminder("r"), later)
	return g
}

// A reminder of two visits that the store may have forgotten to have sent is looked up by all the
// words that it may have left with. Neither visit is told of twice, and none is left out.
func TestAForgottenTextOfTwoVisits(t *testing.T) {
	for _, c := range []struct {
		name string
		has  string // what the carrier has
		off  bool   // the other visit is off
		sent string
		r    string // the states of the two rows
		r2   string
	}{
		{name: "nothing left", sent: "both", r: handlers.Sent, r2: handlers.Skipped},
		{name: "both left in one", has: "both", r: handlers.Sent, r2: handlers.Skipped},
		{
			name: "both left in one, and the other is off since", has: "both", off: true,
			r: handlers.Sent, r2: handlers.Void,
		},
		{name: "it left by itself", has: "r", r: handlers.Sent, r2: handlers.Planned},
		{
			name: "the other left by itself", has: "r2", sent: "r", r: handlers.Sent,
			r2: handlers.Planned,
		},
		{name: "a look-up fails", has: "error", r: handlers.Planned, r2: handlers.Planned},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := forgetful(t, c.has)
			if c.off {
				e := handlers.Effects{Void: handlers.Voids("the visit is off", "r2")}
				g.store.Put(g.to, e)
			}
			g.deliver(t)
			var sent []string
			for _, o := range g.carrier.Sent() {
				sent = append(sent, o.Body)
			}
			r, r2 := g.store.Text("r"), g.store.Text("r2")
			if got := strings.Join(sent, ", "); got != c.sent || r.State != c.r ||
				r2.State != c.r2 {
				t.Errorf("sent %q, r is %s %q, r2 %s; want %q, %s, %s", got, r.State, r.Why,
					r2.State, c.sent, c.r, c.r2)
			}
			had, err := g.store.UnaskedAt(t.Context(), g.to)
			if want := c.r == handlers.Sent; err != nil || (len(had) == 1) != want {
				t.Errorf("%d texts count against the caps: %v", len(had), err)
			}
			if found := c.r == handlers.Sent && c.sent == ""; (r.SID == "SM9") != found {
				t.Errorf("r has the id %q", r.SID)
			}
		})
	}
}

// unsettled is a ledger that is gone when the first row is settled.
type unsettled struct {
	gate.Ledger
	left int
}

func (u *unsettled) Settle(ctx context.Context, o handlers.Outgoing) (bool, error) {
	if u.left > 0 {
		u.left--
		return false, handlers.ErrAway
	}
	return u.Ledger.Settle(ctx, o)
}

// A task that was told to the desk, and whose row couldn't be settled, isn't told a second time.
func TestATaskIsToldOnce(t *testing.T) {
	g := newDoor(t)
	looks := 0
	g.say.OnTask = func(handlers.State, handlers.Outgoing, time.Time) (handlers.Effects, string) {
		looks++
		c := handlers.Case{ID: "task", Channel: handlers.DeskChannel, Phone: g.to, Open: true}
		return handlers.Effects{Cases: []handlers.Case{c}}, "the desk has a task"
	}
	g.Ledger = &unsettled{Ledger: g.store, left: 1}
	o := reminder("r")
	o.Task = true
	g.plan(o)
	if _, err := g.Deliver(t.Context()); !errors.Is(err, handlers.ErrAway) {
		t.Fatalf("%v, want what the ledger says", err)
	}
	done := g.store.Open(g.to)[0] // staff are quick
	done.Open = false
	g.store.Put(g.to, handlers.Effects{Cases: []handlers.Case{done}})
	g.clock.Add(gate.Lease)
	g.deliver(t)
	if row := g.store.Text("r"); row.State != handlers.Skipped ||
		row.Why != "the desk has a task" || len(g.carrier.Sent()) != 0 {
		t.Errorf("%s %q, %d sent", row.State, row.Why, len(g.carrier.Sent()))
	}
	if looks != 1 || len(g.store.Open(g.to)) != 0 {
		t.Errorf("looked %d times, the desk has %+v", looks, g.store.Open(g.to))
	}
}

// late is a ledger whose answer to Begin takes a while, so that the send misses its moment.
type late struct {
	gate.Ledger
	clock *handlerstest.Clock
	times int // how often still
	begun int
}

func (l *late) Begin(
	ctx context.Context, o handlers.Outgoing, s handlers.State, c gate.Caps, p gate.Pace,
	lease time.Duration,
) (gate.Begun, error) {
	l.begun++
	b, err := l.Ledger.Begin(ctx, o, s, c, p, lease)
	if l.times > 0 {
		l.times--
		l.clock.Add(51 * time.Millisecond)
	}
	return b, err
}

// A send that misses the moment that the pace gave it takes another, but not for ever: a process
// that is always late sends all the same.
func TestASendThatMissesItsMoment(t *testing.T) {
	for times, begins := range map[int]int{0: 1, 1: 2, 4: 5, 100: 5} {
		g := newDoor(t)
		clinic := *g.Clinic
		clinic.Pace.PerSecond = 1
		l := &late{Ledger: g.store, clock: g.clock, times: times}
		g.Clinic, g.Ledger, g.Sleep = &clinic, l, g.clock.Add
		g.plan(staffText("S1", "hello"))
		if n := g.deliver(t); n != 1 || l.begun != begins {
			t.Errorf("late %d times: %d sent, %d begins; want 1, %d", times, n, l.begun, begins)
		}
	}
}
