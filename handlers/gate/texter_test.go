package gate_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// door is a Texter with all around it.
type door struct {
	*gate.Texter
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	carrier *handlerstest.Carrier
	to      handlers.Phone
	say     handlerstest.Wording
	words   string // of every reminder
	share   handlers.Share
	instead string // what staff are to say
	wait    time.Time
	why     string // of wait
}

func newDoor(t *testing.T) *door {
	t.Helper()
	b := handlerstest.Words(t)
	g := &door{clock: handlerstest.NewClock(t, "2026-12-01 10:00"), carrier: &handlerstest.Carrier{}, to: handlerstest.Phone(t, "0101"), words: "See you soon."}
	g.store = handlerstest.NewStore(g.clock.Now)
	g.Texter = &gate.Texter{
		Clinic: b.Clinic, Store: g.store, Ledger: g.store, Receipts: g.store, Wording: &g.say,
		Carrier: g.carrier, Now: g.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	g.say = handlerstest.Wording{
		OnCompose: func(handlers.State, handlers.Outgoing, time.Time) handlers.Composed {
			if !g.wait.IsZero() {
				return handlers.Composed{Wait: g.wait, Why: g.why}
			}
			return handlers.Composed{Body: g.words, Share: g.share}
		},
		OnInstead: func(handlers.State, handlers.Outgoing, time.Time) (string, []handlers.Visit) { return g.instead, nil },
	}
	return g
}

// plan puts rows into the ledger, due now.
func (g *door) plan(rows ...handlers.Outgoing) {
	for i := range rows {
		if rows[i].To.IsZero() {
			rows[i].To = g.to
		}
		if rows[i].Due.IsZero() {
			rows[i].Due = g.clock.Now()
		}
	}
	g.store.Put(g.to, handlers.Effects{Texts: rows})
}

func (g *door) deliver(t *testing.T) int {
	t.Helper()
	n, err := g.Deliver(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func staffText(id, body string) handlers.Outgoing {
	return handlers.Outgoing{ID: id, Kind: "staff", Body: body, Case: "case", Mark: id}
}

func reminder(id string) handlers.Outgoing {
	return handlers.Outgoing{ID: id, Kind: "confirm", Visit: "v", Unasked: true}
}

// answer is a row that answers a patient, good until so long after the door's clock begins.
func answer(t *testing.T, until time.Duration) handlers.Outgoing {
	t.Helper()
	return handlers.Outgoing{
		ID: "reply", Kind: gate.KindReply, Body: "We open at nine.",
		Until: handlerstest.At(t, "2026-12-01 10:00").Add(until),
	}
}

// asked is an answer whose question a person has.
func asked(o handlers.Outgoing) handlers.Outgoing {
	o.Case = "text:SM1"
	return o
}

// marks are what the desk is told of staff messages: "S1 sent".
func (g *door) marks() string {
	var out []string
	for _, p := range g.store.Queue() {
		if p.Do == desk.PostMark {
			out = append(out, p.Mark+" "+p.State)
		}
	}
	return strings.Join(out, ", ")
}

func TestGateHoldsBack(t *testing.T) {
	out := func(g *door) {
		g.store.Put(g.to, handlers.Effects{Consent: &handlers.Consent{Out: true}})
	}
	words := func(s string) func(*door) { return func(g *door) { g.words = s } }
	for name, c := range map[string]struct {
		given func(*door)
		row   handlers.Outgoing
		state string
		why   string // a part of it
		mark  string
		cases int
	}{
		"a reminder to who opted out":           {out, reminder("r"), handlers.Skipped, "opted out", "", 0},
		"a staff message to who opted out":      {out, staffText("S1", "hello"), handlers.Skipped, "opted out", "S1 refused", 0},
		"a word that no reminder may hold":      {words("Your KETAMINE visit is tomorrow."), reminder("r"), handlers.Skipped, "ketamin", "", 0},
		"such a word in Spanish":                {words("Su visita por la depresión."), reminder("r"), handlers.Skipped, "depresi", "", 0},
		"a reminder of two segments":            {words(strings.Repeat("x", 161)), reminder("r"), handlers.Skipped, "segment", "", 0},
		"a reminder that isn't GSM-7":           {words("See you soon “friend”."), reminder("r"), handlers.Skipped, "segment", "", 0},
		"a reminder without words":              {words("  "), reminder("r"), handlers.Skipped, "empty", "", 0},
		"a staff message longer than a text":    {nil, staffText("S1", strings.Repeat("x", 1601)), handlers.Skipped, "longer", "S1 refused", 0},
		"a command's text longer than a text":   {nil, handlers.Outgoing{ID: "say", Kind: "say", Body: strings.Repeat("x", 1601)}, handlers.Skipped, "longer", "", 1},
		"an answer that has become stale":       {nil, answer(t, -time.Millisecond), handlers.Skipped, "too late", "", 1},
		"a stale one whose question has a case": {nil, asked(answer(t, -time.Millisecond)), handlers.Skipped, "too late", "", 0},
		"an answer just in time":                {nil, answer(t, 0), handlers.Sent, "", "", 0},
		"a staff message may name treatments":   {nil, staffText("S1", "Your ketamine visit"), handlers.Sent, "", "S1 sent", 0},
	} {
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
			if want := c.state == handlers.Sent; (sent == 1) != want || (len(g.carrier.Sent()) == 1) != want {
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
		"an answer":               {false, kinds.Answer, []string{" a ", "b"}, "a|b"},
		"to who opted out":        {true, kinds.Answer, []string{"a"}, ""},
		"to who opts in again":    {true, kinds.Start, []string{"a"}, "a"},
		"empty and endless ones":  {false, kinds.Answer, []string{"", "  ", long, "a"}, "a"},
		"a crisis of one who out": {true, kinds.Crisis, []string{"a"}, "a"}, // where help is; the card says CALL
	} {
		t.Run(name, func(t *testing.T) {
			got := g.Reply(handlers.State{Consent: handlers.Consent{Out: c.out}}, handlers.Reply{Kind: c.kind, Bodies: c.in})
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
		"later, in its own time":     {handlers.Refusal{Code: 20429, Retry: true, After: 90 * time.Second, Why: "rate"}, handlers.Planned, 90 * time.Second, false, 0},
		"later":                      {handlers.Refusal{Retry: true, Why: "busy"}, handlers.Planned, 2 * time.Second, false, 0},
		"never":                      {handlers.Refusal{Code: 21211, Why: "invalid"}, handlers.Failed, 0, false, 1},
		"the number has opted out":   {handlers.Refusal{Code: gate.OptedOut, Why: "opted out"}, handlers.Failed, 0, true, 1},
		"a landline takes no texts":  {handlers.Refusal{Code: 21614, Why: "landline"}, handlers.Failed, 0, false, 1},
		"later, and opted out there": {handlers.Refusal{Code: gate.OptedOut, Retry: true, Why: "x"}, handlers.Planned, 2 * time.Second, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", &c.no }
			g.plan(reminder("r"))
			g.deliver(t)
			row := g.store.Text("r")
			next, _ := g.store.Next(t.Context(), gate.Pace{})
			if row.State != c.state || (c.wait > 0) != !next.IsZero() || c.wait > 0 && next.Sub(g.clock.Now()) != c.wait {
				t.Errorf("state %q, next in %v; want %q, %v", row.State, next.Sub(g.clock.Now()), c.state, c.wait)
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

// The carrier's word that a number opted out leaves standing what else the number asked for: once
// it opts in again its texts are discreet, as before.
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
		t.Fatalf("sent %d, the carrier has %d: want what was on its way, no more", sent, len(g.carrier.Sent()))
	}
	// What was given back is anybody's now, not when the lease ends.
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
		"sent says nothing new":             {row, handlers.Sent, 0, "", 0, false},
		"a staff message arrived":           {row, handlers.Delivered, 0, "S1 delivered", 0, false},
		"a staff message didn't":            {row, "undelivered", 30003, "S1 failed", 0, false},
		"a reminder arrived":                {reminder("r"), handlers.Delivered, 0, "", 0, false},
		"a reminder didn't":                 {reminder("r"), "undelivered", 30006, "", 1, false},
		"it didn't since the number is out": {reminder("r"), "undelivered", gate.OptedOut, "", 1, true},
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

// interrupted is a ledger where something happens between a claim and the sends that begin by it.
type interrupted struct {
	gate.Ledger
	between func()
}

func (i *interrupted) Claim(ctx context.Context, now time.Time, n int, p gate.Pace, lease time.Duration) ([]gate.Claim, error) {
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
		"an opt-out":       {handlers.Effects{Consent: &handlers.Consent{Out: true}}, 0, handlers.Skipped},
		"nothing for them": {handlers.Effects{Conversation: &handlers.Conversation{Lang: "es"}}, 1, handlers.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			g.plan(reminder("r"))
			g.Ledger = &interrupted{g.store, func() { g.store.Put(g.to, c.change) }}
			if n := g.deliver(t); n != c.sent || g.store.Text("r").State != c.state {
				t.Errorf("%d sent, the row is %q; want %d, %q", n, g.store.Text("r").State, c.sent, c.state)
			}
		})
	}
}
