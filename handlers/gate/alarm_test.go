package gate_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// A text and a call to the on-call phone, and the fixed words to a patient in danger.
var (
	aText     = handlers.Outgoing{ID: "text", Kind: "oncall_text", Alarm: true}
	aCall     = handlers.Outgoing{ID: "call", Kind: "oncall_voice", Alarm: true, Voice: true}
	someWords = handlers.Outgoing{ID: "words", Kind: "crisis", Channel: "whatsapp"}
)

// sendsNow are rows that are sent without the store, and what the carrier takes of them.
var sendsNow = []struct {
	name  string
	rows  []handlers.Outgoing
	fails string // ids and channels that the carrier takes nothing of
	sent  string
	err   string // "" is none
}{
	{name: "both", rows: []handlers.Outgoing{aText, aCall}, sent: "call, text"},
	{
		name: "the text fails", rows: []handlers.Outgoing{aText, aCall}, fails: "text",
		sent: "call",
	},
	{
		name: "the call fails", rows: []handlers.Outgoing{aText, aCall}, fails: "call",
		sent: "text",
	},
	{
		name: "both fail", rows: []handlers.Outgoing{aText, aCall}, fails: "text call",
		err: "text is refused\ncall is refused",
	},
	{
		name: "words on their channel", rows: []handlers.Outgoing{someWords},
		sent: "words on whatsapp",
	},
	{
		name: "words as an SMS", rows: []handlers.Outgoing{someWords}, fails: "whatsapp",
		sent: "words",
	},
	{
		name: "words that fail on both", rows: []handlers.Outgoing{someWords},
		fails: "whatsapp words", err: "words is refused",
	},
}

// While the store is away, a row to the on-call phone or the words to a patient in danger that
// fails takes no other down with it, and words on a channel that fails leave as an SMS.
func TestSendNow(t *testing.T) {
	for _, c := range sendsNow {
		t.Run(c.name, func(t *testing.T) {
			g := newDoor(t)
			g.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
				for no := range strings.FieldsSeq(c.fails) {
					if no == o.ID || no == o.Channel {
						return "", errors.New(o.ID + " is refused")
					}
				}
				return "", nil
			}
			msg := ""
			if err := g.SendNow(t.Context(), c.rows); err != nil {
				msg = err.Error()
			}
			var sent []string
			for _, o := range g.carrier.Sent() {
				if o.Channel != "" {
					o.ID += " on " + o.Channel
				}
				sent = append(sent, o.ID)
			}
			slices.Sort(sent)
			if got := strings.Join(sent, ", "); got != c.sent || msg != c.err {
				t.Errorf("sent %q, error %q; want %q, %q", got, msg, c.sent, c.err)
			}
		})
	}
}

// The call doesn't wait for a text that hangs.
func TestSendNowSendsAllAtOnce(t *testing.T) {
	g := newDoor(t)
	var both sync.WaitGroup
	both.Add(2)
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		both.Done()
		both.Wait() // until the other is being sent, too
		return "", nil
	}
	rows := []handlers.Outgoing{{ID: "text"}, {ID: "call", Voice: true}}
	if err := g.SendNow(t.Context(), rows); err != nil || len(g.carrier.Sent()) != 2 {
		t.Errorf("%d sent: %v", len(g.carrier.Sent()), err)
	}
}

// A row to the on-call phone is sent, skipped or put off as the desk says, and one whose outcome is
// unknown is sent again within a minute, without a look-up: better twice than never.
func TestAnAlarmIsSentAsTheDeskSays(t *testing.T) {
	for _, c := range []struct {
		name  string
		says  handlers.Composed
		wait  time.Duration // that the desk asks for
		err   error         // of the first send
		state string
		why   string
		due   time.Duration
	}{
		{name: "send it", says: handlers.Composed{Body: "now"}, state: handlers.Sent},
		{
			name: "somebody has them", says: handlers.Composed{Skip: "somebody has the case"},
			state: handlers.Skipped, why: "somebody has the case",
		},
		{
			name: "another has just rung", wait: 40 * time.Second, state: handlers.Planned,
			due: 40 * time.Second,
		},
		{
			name: "nobody knows whether it left", says: handlers.Composed{Body: "now"},
			err: errUnknown, state: handlers.Planned, why: "outcome unknown", due: 6 * time.Second,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newDoor(t)
			if c.wait > 0 {
				c.says.Wait = g.clock.Now().Add(c.wait)
			}
			g.say.OnAlarm = func(
				_ context.Context, o handlers.Outgoing,
			) (handlers.Outgoing, handlers.Composed, error) {
				return o, c.says, nil
			}
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", c.err }
			g.plan(handlers.Outgoing{ID: "a", Kind: "oncall_text", Case: "c", Alarm: true})
			g.deliver(t)
			o := g.store.Text("a")
			if o.State != c.state || o.Why != c.why {
				t.Errorf("%s %q, want %s %q", o.State, o.Why, c.state, c.why)
			}
			if n := len(g.store.Queue()); n != 0 {
				t.Errorf("the desk is told %d times of what is no failure", n)
			}
			if c.state != handlers.Planned {
				return
			}
			next, err := g.store.Next(t.Context(), gate.Pace{})
			if wait := next.Sub(g.clock.Now()); err != nil || wait != c.due {
				t.Fatalf("it waits %v (%v), want %v", wait, err, c.due)
			}
			c.says, c.err = handlers.Composed{Body: "now"}, nil
			g.clock.Set(next)
			if n := g.deliver(t); n != 1 || g.carrier.Looked() != 0 {
				t.Errorf("%d sent then, looked up %d times", n, g.carrier.Looked())
			}
		})
	}
}

// A row to the on-call phone whose receipt comes before its outcome is known is done: it doesn't
// come up again and again as the one that has just told the phone, so that later ones are skipped.
func TestAnAlarmThatArrivedIsDone(t *testing.T) {
	for _, state := range []string{handlers.Sent, handlers.Delivered, handlers.Failed} {
		t.Run(state, func(t *testing.T) {
			g, asked := newDoor(t), 0
			g.say.OnAlarm = func(
				_ context.Context, o handlers.Outgoing,
			) (handlers.Outgoing, handlers.Composed, error) {
				asked++
				return o, handlers.Composed{Body: "now"}, nil
			}
			g.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", errUnknown }
			g.plan(handlers.Outgoing{ID: "a", Kind: "oncall_text", Case: "c", Alarm: true})
			g.deliver(t)
			if err := g.Receipt(t.Context(), gate.Receipt{
				ID: "a", SID: "SM1", State: state, At: g.clock.Now(),
			}); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				g.clock.Add(gate.Lease + time.Second)
				g.deliver(t)
			}
			if next, err := g.store.Next(t.Context(), gate.Pace{}); !next.IsZero() || err != nil {
				t.Errorf("it comes up again at %v, %v", next, err)
			}
			if o := g.store.Text("a"); asked != 1 || o.State != state {
				t.Errorf("asked for its words %d times, %s", asked, o.State)
			}
		})
	}
}
