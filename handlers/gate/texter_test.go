package gate_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// held is a row, and what the gate makes of it.
type held struct {
	given func(*door)
	row   handlers.Outgoing
	state string
	why   string // a part of it
	mark  string
	cases int
}

func heldBack(t *testing.T) map[string]held {
	t.Helper()
	out := func(g *door) {
		g.store.Put(g.to, handlers.Effects{Consent: &handlers.Consent{Out: true}})
	}
	words := func(s string) func(*door) { return func(g *door) { g.words = s } }
	return map[string]held{
		"a reminder to who opted out": {
			given: out, row: reminder("r"), state: handlers.Skipped, why: "opted out",
		},
		"a staff message to who opted out": {
			given: out, row: staffText("S1", "hello"), state: handlers.Skipped,
			why: "opted out", mark: "S1 refused",
		},
		"a word that no reminder may hold": {
			given: words("Your KETAMINE visit is tomorrow."), row: reminder("r"),
			state: handlers.Failed, why: "ketamin", cases: 1,
		},
		"such a word in Spanish": {
			given: words("Su visita por la depresión."), row: reminder("r"),
			state: handlers.Failed, why: "depresi", cases: 1,
		},
		"a reminder of two segments": {
			given: words(strings.Repeat("x", 306)), row: reminder("r"), state: handlers.Sent,
		},
		"a reminder of three segments": {
			given: words(strings.Repeat("x", 307)), row: reminder("r"), state: handlers.Failed,
			why: "segment", cases: 1,
		},
		"a reminder that isn't GSM-7": {
			given: words("See you soon “friend”."), row: reminder("r"),
			state: handlers.Failed, why: "segment", cases: 1,
		},
		"a reminder without words": {
			given: words("  "), row: reminder("r"), state: handlers.Failed, why: "empty", cases: 1,
		},
		"a staff message longer than a text": {
			row: staffText("S1", strings.Repeat("x", 1601)), state: handlers.Skipped,
			why: "longer", mark: "S1 refused",
		},
		"a command's text longer than a text": {
			row:   handlers.Outgoing{ID: "say", Kind: "say", Body: strings.Repeat("x", 1601)},
			state: handlers.Skipped, why: "longer", cases: 1,
		},
		"an answer that has become stale": {
			row: answer(t, -time.Millisecond), state: handlers.Skipped, why: "too late",
			cases: 1,
		},
		"a stale one whose question has a case": {
			row: asked(answer(t, -time.Millisecond)), state: handlers.Skipped, why: "too late",
		},
		"an answer just in time": {row: answer(t, 0), state: handlers.Sent},
		"a staff message may name treatments": {
			row: staffText("S1", "Your ketamine visit"), state: handlers.Sent, mark: "S1 sent",
		},
	}
}

func TestGateHoldsBack(t *testing.T) {
	for name, c := range heldBack(t) {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			if c.given != nil {
				c.given(g)
			}
			g.plan(c.row)
			sent := g.deliver(t)
			got := g.store.Text(c.row.ID)
			if got.State != c.state || !strings.Contains(got.Why, c.why) {
				t.Errorf("state %q why %q, want %q %q", got.State, got.Why, c.state, c.why)
			}
			if want := c.state == handlers.Sent; (sent == 1) != want ||
				(len(g.carrier.Sent()) == 1) != want {
				t.Errorf("sent %d, the carrier has %d", sent, len(g.carrier.Sent()))
			}
			if m := g.marks(); m != c.mark {
				t.Errorf("marks %q, want %q", m, c.mark)
			}
			if n := len(g.store.Open(g.to)); n != c.cases {
				t.Errorf("%d cases, want %d", n, c.cases)
			}
		})
	}
}

func TestReplyPassesTheGate(t *testing.T) {
	g := newDoor(t)
	long := strings.Repeat("x", 1601)
	for name, c := range map[string]struct {
		out  bool
		kind string
		in   []string
		want string
	}{
		"an answer":            {kind: kinds.Answer, in: []string{" a ", "b"}, want: "a|b"},
		"to who opted out":     {out: true, kind: kinds.Answer, in: []string{"a"}},
		"to who opts in again": {out: true, kind: kinds.Start, in: []string{"a"}, want: "a"},
		"empty and endless ones": {
			kind: kinds.Answer, in: []string{"", "  ", long, "a"}, want: "a",
		},
		// The fixed words say where help is, and the card says CALL.
		"a crisis of one who out": {out: true, kind: kinds.Crisis, in: []string{"a"}, want: "a"},
	} {
		t.Run(name, func(t *testing.T) {
			got := g.Reply(handlers.State{Consent: handlers.Consent{Out: c.out}}, handlers.Reply{
				Kind: c.kind, Bodies: c.in,
			})
			if s := strings.Join(got.Bodies, "|"); s != c.want || got.Kind != c.kind {
				t.Errorf("%s: %q, want %q", got.Kind, s, c.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		no    handlers.Refusal
		state string
		wait  time.Duration // till the next try
		out   bool
		cases int
	}{
		"later, in its own time": {
			no:    handlers.Refusal{Code: 20429, Retry: true, After: 90 * time.Second, Why: "rate"},
			state: handlers.Planned, wait: 90 * time.Second,
		},
		"later": {
			no: handlers.Refusal{Retry: true, Why: "busy"}, state: handlers.Planned,
			wait: 2 * time.Second,
		},
		"never": {
			no: handlers.Refusal{Code: 21211, Why: "invalid"}, state: handlers.Failed, cases: 1,
		},
		"the number has opted out": {
			no: handlers.Refusal{Code: gate.OptedOut, Why: "opted out"}, state: handlers.Failed,
			out: true, cases: 1,
		},
		"a landline takes no texts": {
			no: handlers.Refusal{Code: 21614, Why: "landline"}, state: handlers.Failed,
			cases: 1,
		},
		"later, and opted out there": {
			no:    handlers.Refusal{Code: gate.OptedOut, Retry: true, Why: "x"},
			state: handlers.Planned, wait: 2 * time.Second, out: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", &c.no }
			g.plan(reminder("r"))
			g.deliver(t)
			row := g.store.Text("r")
			next, _ := g.store.Next(t.Context(), gate.Pace{})
			if row.State != c.state || (c.wait > 0) != !next.IsZero() ||
				c.wait > 0 && next.Sub(g.clock.Now()) != c.wait {
				t.Errorf(
					"state %q, next in %v; want %q, %v", row.State, next.Sub(g.clock.Now()),
					c.state, c.wait,
				)
			}
			s, _ := g.store.Peek(t.Context(), g.to)
			if s.Consent.Out != c.out || len(s.Cases) != c.cases {
				t.Errorf("consent %+v, %d cases", s.Consent, len(s.Cases))
			}
			if s.Texted {
				t.Error("a text that was refused counts against the number")
			}
			if c.out && (s.Consent.Way != "carrier" || s.Consent.Words != "21610") {
				t.Errorf("consent %+v: want the carrier's word", s.Consent)
			}
		})
	}
}

// An opt-out at the carrier keeps what else the number asked for: when it opts in again, its texts
// are as discreet as before.
func TestOptingOutAtTheCarrierKeepsDiscretion(t *testing.T) {
	g := newDoor(t)
	g.store.Put(g.to, handlers.Effects{Consent: &handlers.Consent{Basic: true, Words: "BASIC"}})
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Code: gate.OptedOut, Why: "opted out"}
	}
	g.plan(reminder("r"))
	g.deliver(t)
	s, err := g.store.Peek(t.Context(), g.to)
	if c := s.Consent; err != nil || !c.Out || !c.Basic || c.Way != "carrier" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestRetriesEndAndTheDeskHears(t *testing.T) {
	g := newDoor(t)
	tries := 0
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		tries++
		return "", &handlers.Refusal{Retry: true, Why: "busy"}
	}
	g.plan(reminder("r"))
	began := g.clock.Now()
	var last time.Duration
	for range 100 {
		g.deliver(t)
		next, _ := g.store.Next(t.Context(), gate.Pace{})
		if next.IsZero() {
			break
		}
		if wait := next.Sub(g.clock.Now()); wait < last || wait > 30*time.Minute {
			t.Errorf("waits %v after %v", wait, last)
		} else {
			last = wait
		}
		g.clock.Set(next)
	}
	if row := g.store.Text("r"); row.State != handlers.Failed || tries < 5 {
		t.Errorf("state %q after %d tries", row.State, tries)
	}
	if took := g.clock.Now().Sub(began); took < time.Hour || took > 6*time.Hour {
		t.Errorf("given up after %v", took)
	}
	if len(g.store.Open(g.to)) != 1 {
		t.Error("the desk doesn't know")
	}
}

func TestShutdownGivesClaimsBack(t *testing.T) {
	g := newDoor(t)
	ctx, stop := context.WithCancel(t.Context())
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) { stop(); return "", nil }
	var rows []handlers.Outgoing
	for i := range gate.Batch {
		rows = append(rows, staffText(string(rune('a'+i%26))+string(rune('a'+i/26)), "hello"))
	}
	g.plan(rows...)
	sent, err := g.Deliver(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if sent == 0 || sent >= gate.Batch || sent != len(g.carrier.Sent()) {
		t.Fatalf(
			"sent %d, the carrier has %d: want what was on its way, no more", sent,
			len(g.carrier.Sent()),
		)
	}
	// A released claim can be claimed at once, not when the lease ends.
	if n := g.deliver(t); n != gate.Batch-sent {
		t.Errorf("%d left, want %d", n, gate.Batch-sent)
	}
}

func TestReceipt(t *testing.T) {
	row := staffText("S1", "hello")
	for name, c := range map[string]struct {
		row   handlers.Outgoing
		state string
		code  int
		mark  string
		cases int
		out   bool
	}{
		"sent says nothing new": {row: row, state: handlers.Sent},
		"a staff message arrived": {
			row: row, state: handlers.Delivered, mark: "S1 delivered",
		},
		"a staff message didn't": {
			row: row, state: "undelivered", code: 30003, mark: "S1 failed",
		},
		"a reminder arrived": {row: reminder("r"), state: handlers.Delivered},
		"a reminder didn't": {
			row: reminder("r"), state: "undelivered", code: 30006, cases: 1,
		},
		"it didn't since the number is out": {
			row: reminder("r"), state: "undelivered", code: gate.OptedOut, cases: 1, out: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			g.plan(c.row)
			r := gate.Receipt{ID: c.row.ID, State: c.state, Code: c.code, At: g.clock.Now()}
			for range 2 { // receipts repeat
				if err := g.Receipt(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			s, _ := g.store.Peek(t.Context(), g.to)
			if g.marks() != c.mark || len(s.Cases) != c.cases || s.Consent.Out != c.out {
				t.Errorf("marks %q, %d cases, out %v", g.marks(), len(s.Cases), s.Consent.Out)
			}
		})
	}
}

func TestDeliverSendsEachOnceFromManyHands(t *testing.T) {
	g := newDoor(t)
	for i := range 300 {
		g.plan(staffText("S"+string(rune('a'+i%26))+string(rune('a'+i/26)), "hello"))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := g.Deliver(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, o := range g.carrier.Sent() {
		if seen[o.ID] {
			t.Errorf("%s was sent twice", o.ID)
		}
		seen[o.ID] = true
	}
	if len(seen) != 300 {
		t.Errorf("%d of 300 were sent", len(seen))
	}
}

// interrupted is a ledger in which something happens between a claim and the sends.
type interrupted struct {
	gate.Ledger
	between func()
}

func (i *interrupted) Claim(
	ctx context.Context, now time.Time, n int, p gate.Pace, lease time.Duration,
) ([]gate.Claim, error) {
	rows, err := i.Ledger.Claim(ctx, now, n, p, lease)
	if len(rows) > 0 && i.between != nil {
		i.between()
		i.between = nil
	}
	return rows, err
}

func TestWhatChangesBetweenClaimAndSendCounts(t *testing.T) {
	for name, c := range map[string]struct {
		change handlers.Effects
		sent   int
		state  string
	}{
		"an opt-out": {
			change: handlers.Effects{Consent: &handlers.Consent{Out: true}},
			state:  handlers.Skipped,
		},
		"nothing for them": {
			change: handlers.Effects{Conversation: &handlers.Conversation{Lang: "es"}}, sent: 1,
			state: handlers.Sent,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			g.plan(reminder("r"))
			g.Ledger = &interrupted{g.store, func() { g.store.Put(g.to, c.change) }}
			if n := g.deliver(t); n != c.sent || g.store.Text("r").State != c.state {
				t.Errorf(
					"%d sent, the row is %q; want %d, %q", n, g.store.Text("r").State, c.sent,
					c.state,
				)
			}
		})
	}
}
