package gate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// errUnknown is an error after which the carrier may have the text or not.
var errUnknown = errors.New("time-out")

func TestUnknownOutcomeIsLookedUp(t *testing.T) {
	for name, c := range map[string]struct {
		taken bool // the carrier took it although it didn't say so
		found bool
		sends int
	}{
		"found: not sent again": {taken: true, found: true, sends: 1},
		"not found: sent again": {sends: 2},
	} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			tries := 0
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
				if tries++; tries == 1 {
					return "", errUnknown
				}
				return "", nil
			}
			g.carrier.OnFind = func(handlers.Outgoing) (string, error) {
				if c.found {
					return "SM-found", nil
				}
				return "", nil
			}
			g.plan(staffText("S1", "hello"))
			if n := g.deliver(t); n != 0 || g.carrier.Looked() != 0 {
				t.Fatalf("sent %d, looked %d at once", n, g.carrier.Looked())
			}
			next, _ := g.store.Next(t.Context(), gate.Pace{})
			if wait := next.Sub(g.clock.Now()); wait < 5*time.Second {
				t.Errorf("looked for after %v: the carrier's list needs longer", wait)
			}
			g.clock.Set(next)
			if n := g.deliver(t); n != 1 {
				t.Errorf("sent %d, want 1", n)
			}
			row := g.store.Text("S1")
			if row.State != handlers.Sent || row.SID == "" || tries != c.sends ||
				g.carrier.Looked() != 1 {
				t.Errorf(
					"state %q sid %q, %d sends, %d look-ups", row.State, row.SID, tries,
					g.carrier.Looked(),
				)
			}
			if m := g.marks(); m != "S1 sent" {
				t.Errorf("marks %q", m)
			}
		})
	}
}

func TestLookUpThatFailsIsTriedAgainAndNeverSentBlindly(t *testing.T) {
	g := newDoor(t)
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", errUnknown }
	g.carrier.OnFind = func(handlers.Outgoing) (string, error) { return "", errUnknown }
	g.plan(staffText("S1", "hello"))
	sends := 0
	for range 40 {
		g.deliver(t)
		next, _ := g.store.Next(t.Context(), gate.Pace{})
		if next.IsZero() {
			break
		}
		sends++
		g.clock.Set(next)
	}
	row := g.store.Text("S1")
	if row.State != handlers.Failed || len(g.carrier.Sent()) != 0 || row.Tries != 1 {
		t.Errorf("state %q, tries %d, %d rounds", row.State, row.Tries, sends)
	}
	if m := g.marks(); m != "S1 failed" {
		t.Errorf("marks %q", m)
	}
}

// A receipt of a send whose outcome is unknown settles it: the carrier has the text, so it isn't
// sent again.
func TestReceiptSettlesAnUnknownOutcome(t *testing.T) {
	for _, state := range []string{handlers.Sent, handlers.Delivered} {
		t.Run(state, func(t *testing.T) {
			g := newDoor(t)
			tries := 0
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
				tries++
				return "", errUnknown
			}
			g.plan(staffText("S1", "hello"))
			g.deliver(t)
			if _, moved, err := g.store.Advance(
				t.Context(), "S1", state, "SM9", "", g.clock.Now(), time.Time{},
			); !moved || err != nil {
				t.Fatal(moved, err)
			}
			g.clock.Add(time.Minute)
			g.deliver(t)
			if row := g.store.Text("S1"); row.State != state || row.SID != "SM9" || tries != 1 {
				t.Errorf("state %q sid %q, sent %d times", row.State, row.SID, tries)
			}
		})
	}
}

// dying is a store that fails when the gate stores that no text reaches a number.
type dying struct{ handlers.Store }

func (d dying) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	if strings.HasPrefix(id, "reach:") {
		return handlers.Reply{}, false, errUnknown
	}
	return d.Store.Turn(ctx, id, p, decide)
}

// The desk is told of a failed text before the number is marked as unreachable. In the other order,
// a crash in between would have the next try skipped without a word to anybody.
func TestTheDeskHearsOfAFailureFirst(t *testing.T) {
	g := newDoor(t)
	g.Store = dying{g.store}
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		return "", &handlers.Refusal{Code: 21614, NoTexts: true, Why: "the number can't get texts"}
	}
	g.plan(reminder("r"))
	_, _ = g.Deliver(t.Context())
	if row := g.store.Text("r"); row.State != handlers.Failed || len(g.store.Open(g.to)) != 1 {
		t.Errorf("%s, %d cases", row.State, len(g.store.Open(g.to)))
	}
}

// A text that didn't reach the carrier is worded as if it had never been begun: it is still the
// number's first, with how to opt out.
func TestALostTextIsWordedAsIfItHadNotBegun(t *testing.T) {
	g := newDoor(t)
	g.say.OnCompose = func(s handlers.State, _ handlers.Outgoing, _ time.Time) handlers.Composed {
		if s.Texted {
			return handlers.Composed{Body: "See you soon."}
		}
		return handlers.Composed{Body: "See you soon. STOP to end."}
	}
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", errUnknown }
	g.plan(reminder("r"))
	g.deliver(t)
	g.carrier.OnSend = nil
	g.clock.Add(time.Minute)
	g.deliver(t)
	var words []string
	for _, o := range g.carrier.Sent() {
		words = append(words, o.Body)
	}
	if got := strings.Join(words, "|"); got != "See you soon. STOP to end." ||
		g.carrier.Looked() != 1 || g.store.Text("r").State != handlers.Sent {
		t.Errorf("sent %q, looked %d times, %s", got, g.carrier.Looked(), g.store.Text("r").State)
	}
}

// A process that dies between Begin and Settle leaves a row with Tries > 0. The next process looks
// it up.
func TestCrashBetweenBeginAndSettle(t *testing.T) {
	for name, found := range map[string]string{"it was sent": "SM7", "it was not": ""} {
		t.Run(name, func(t *testing.T) {
			g := newDoor(t)
			g.carrier.OnFind = func(o handlers.Outgoing) (string, error) {
				if len(g.carrier.Sent()) > 0 {
					t.Error("sent before it was looked for")
				}
				return found, nil
			}
			g.plan(staffText("S1", "hello"))
			rows, err := g.store.Claim(t.Context(), g.clock.Now(), 1, gate.Pace{}, gate.Lease)
			if err != nil || len(rows) != 1 {
				t.Fatal(rows, err)
			}
			rows[0].Tries, rows[0].First = 1, g.clock.Now()
			if b, err := g.store.Begin(
				t.Context(), rows[0].Outgoing, rows[0].Known, gate.Caps{Now: g.clock.Now()},
				gate.Pace{}, gate.Lease,
			); b.Answer != gate.Ready || err != nil {
				t.Fatal(b, err)
			}
			if n := g.deliver(t); n != 0 {
				t.Fatal("carried while another has it")
			}
			g.clock.Add(gate.Lease)
			if n := g.deliver(t); n != 1 {
				t.Fatalf("sent %d", n)
			}
			want := 1
			if found != "" {
				want = 0
			}
			if len(g.carrier.Sent()) != want || g.carrier.Looked() != 1 {
				t.Errorf("sent %d times, looked %d", len(g.carrier.Sent()), g.carrier.Looked())
			}
		})
	}
}

func TestStoreAwayWhileDelivering(t *testing.T) {
	g := newDoor(t)
	g.plan(staffText("S1", "hello"))
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		g.store.Fail(errUnknown)
		return "", nil
	}
	if _, err := g.Deliver(t.Context()); err == nil {
		t.Error("no error although nothing could be stored")
	}
	g.store.Fail(nil)
	g.carrier.OnSend = nil
	g.carrier.OnFind = func(handlers.Outgoing) (string, error) { return "SM1", nil }
	g.clock.Add(time.Minute)
	if n := g.deliver(t); n != 1 || len(g.carrier.Sent()) != 1 {
		t.Errorf("found %d, sent %d times", n, len(g.carrier.Sent()))
	}
}
