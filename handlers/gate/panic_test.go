package gate_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// private are a patient's words, which no log may hold.
const private = "I take lithium"

// faulty is a store and a carrier of which one step panics for the row "bad".
type faulty struct {
	*handlerstest.Store
	*handlerstest.Carrier
	at string // how the id of the turn begins; or send, sent: before the carrier has it, or after
}

func (f faulty) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	if id == f.at+":bad" || strings.HasPrefix(id, f.at+":bad:") {
		panic(private)
	}
	return f.Store.Turn(ctx, id, p, decide)
}

func (f faulty) Send(ctx context.Context, o handlers.Outgoing) (string, error) {
	if f.at == "send" && o.ID == "bad" {
		panic(private)
	}
	sid, err := f.Carrier.Send(ctx, o)
	if f.at == "sent" && o.ID == "bad" {
		panic(private)
	}
	return sid, err
}

type panics struct {
	handlerstest.Meter
	n *atomic.Int64
}

func (p panics) Panicked(string) { p.n.Add(1) }

func bad(o handlers.Outgoing) {
	if o.ID == "bad" {
		panic(private)
	}
}

// fallible makes the row "bad" panic at the step that at names.
func (g *door) fallible(at string) {
	f := &faulty{Store: g.store, Carrier: g.carrier, at: at}
	g.Texter.Store, g.Texter.Carrier = f, f
	g.say.OnCompose = func(_ handlers.State, o handlers.Outgoing, _ time.Time) handlers.Composed {
		c := handlers.Composed{Body: "See you soon."}
		switch at {
		case "compose":
			bad(o)
		case "instead":
			c.Body = ""
		case "said":
			c.Says = gate.Said(gate.AsksRide, "v")
		}
		return c
	}
	g.say.OnInstead = func(
		_ handlers.State, o handlers.Outgoing, _ time.Time,
	) (string, []handlers.Visit) {
		bad(o)
		return "", nil
	}
	g.say.OnTask = func(
		_ handlers.State, o handlers.Outgoing, _ time.Time,
	) (handlers.Effects, string) {
		bad(o)
		return handlers.Effects{}, ""
	}
	g.say.OnAlarm = func(
		context.Context, handlers.Outgoing,
	) (handlers.Outgoing, handlers.Composed, error) {
		panic(private)
	}
	g.carrier.OnFind = func(o handlers.Outgoing) (string, error) {
		for i, one := range g.carrier.Sent() {
			if one.ID == o.ID {
				return fmt.Sprintf("SM%d", i+1), nil
			}
		}
		return "", nil
	}
}

// badRow returns a reminder "bad" with a change.
func badRow(change func(*handlers.Outgoing)) handlers.Outgoing {
	o := reminder("bad")
	change(&o)
	return o
}

// panicking are rows that make the program panic at some step, and what becomes of them.
var panicking = []struct {
	name  string
	row   handlers.Outgoing
	at    string
	sent  bool   // it leaves, once
	cases string // what staff are told in the end
}{
	{name: "as it is worded", row: reminder("bad"), at: "compose", cases: "(confirm) was not sent"},
	{
		name: "as its task is looked at", at: "task", cases: "do it yourself",
		row: badRow(func(o *handlers.Outgoing) { o.Task = true }),
	},
	{
		name: "as staff are told what to say instead", at: "instead", cases: "was not sent",
		row: badRow(func(o *handlers.Outgoing) { o.Must = true }),
	},
	{
		name: "as its slot is agreed with", at: "leaves", cases: "was not sent",
		row: badRow(func(o *handlers.Outgoing) { o.Slot = "slot" }),
	},
	{name: "before the carrier has it", row: reminder("bad"), at: "send", cases: "was not sent"},
	{name: "as the carrier takes it", row: reminder("bad"), at: "sent", sent: true},
	{name: "after the carrier has it", row: reminder("bad"), at: "said", sent: true},
	{name: "a staff message", row: staffText("bad", private), at: "send"},
	{
		name: "an alarm", at: "case", cases: "The on-call phone was not told",
		row: handlers.Outgoing{ID: "bad", Kind: "oncall_text", Body: private, Alarm: true},
	},
}

// A row that makes the program panic is put off, and after a few tries it is given up and staff are
// told. All other rows are sent.
func TestARowThatPanics(t *testing.T) {
	for _, c := range panicking {
		t.Run(c.name, func(t *testing.T) {
			g := newDoor(t)
			var said bytes.Buffer
			counted := panics{n: new(atomic.Int64)}
			g.Log, g.Meter = slog.New(slog.NewTextHandler(&said, nil)), counted
			g.fallible(c.at)
			g.plan(c.row, staffText("fine", "hello"))
			g.deliver(t)
			if o := g.store.Text("fine"); o.State != handlers.Sent {
				t.Errorf("the other row: %+v", o)
			}
			o := g.store.Text("bad")
			if o.State != handlers.Planned || !o.Due.After(g.clock.Now()) {
				t.Errorf("%+v, want it put off", o)
			}
			for range 60 {
				g.clock.Add(30 * time.Second)
				g.deliver(t)
			}
			g.ended(t, c.sent, c.cases, c.row.Mark != "")
			log := said.String()
			if counted.n.Load() == 0 || !strings.Contains(log, "id=bad") ||
				!strings.Contains(log, "panic_test.go") {
				t.Errorf("%d counted, logged %s", counted.n.Load(), log)
			}
			if strings.Contains(log, private) {
				t.Error("a patient's words are in the log")
			}
		})
	}
}

// ended checks what became of the row "bad".
func (g *door) ended(t *testing.T, sent bool, cases string, mark bool) {
	t.Helper()
	state, times := handlers.Failed, 0
	if sent {
		state, times = handlers.Sent, 1
	}
	o := g.store.Text("bad")
	if o.State != state || o.Panics > guard.MostPanics {
		t.Errorf("in the end %+v, want %s", o, state)
	}
	if n := len(g.carrier.Sent()) - 1; n != times {
		t.Errorf("the carrier has it %d times, want %d", n, times)
	}
	told := ""
	for _, k := range g.store.Open(g.to) {
		told += k.Title
		if strings.Contains(k.Title, private) || k.Row != "bad" {
			t.Errorf("%+v", k)
		}
	}
	if !strings.Contains(told, cases) || (told == "") != (cases == "") {
		t.Errorf("staff are told %q, want %q", told, cases)
	}
	if mark && !strings.Contains(g.marks(), "bad failed") {
		t.Errorf("marks %q", g.marks())
	}
}
