package handlerstest

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Clock is a clock that stands still until a test turns it. It is safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock makes a clock that shows a time like "2026-12-01 10:00" in New York.
func NewClock(t testing.TB, at string) *Clock { return &Clock{at: At(t, at)} }

// Now returns what the clock shows.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

// Add turns the clock on by d.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// Set turns the clock to a time.
func (c *Clock) Set(at time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.at = at }

// At returns a time like "2026-12-01 10:00" in New York, where the shipped clinic is.
func At(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Phone returns a fictional number (212-555-xxxx) with these last four digits.
func Phone(t testing.TB, last4 string) handlers.Phone {
	t.Helper()
	p, err := handlers.NewPhone("+1212555" + last4)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// FAQ returns a directory of knowledge that holds only this file of entries, in YAML; the rest is
// as it is shipped.
func FAQ(entries string) fs.FS { return fstest.MapFS{"faq/test.yaml": {Data: []byte(entries)}} }

// Base loads the shipped knowledge with the given FAQ in place of the shipped one. It is trained,
// which takes no time with few entries.
func Base(t testing.TB, faq string) *knowledge.Base {
	t.Helper()
	b, err := knowledge.Load(FAQ(faq))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Words returns the shipped knowledge with one entry in place of the shipped ones, untrained, and
// with each visit by itself (see Series). It is
// for tests that need the clinic and what is said, but read no text.
func Words(t testing.TB) *knowledge.Base {
	t.Helper()
	b := Series(t)
	for name, kind := range b.Clinic.VisitTypes {
		kind.Series = nil
		b.Clinic.VisitTypes[name] = kind
	}
	return b
}

// Series is Words where visits of some types are series, as shipped.
func Series(t testing.TB) *knowledge.Base {
	t.Helper()
	b, err := knowledge.Read(FAQ(`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Carrier is a phone company that takes every text and finds none, if a test doesn't say otherwise.
// It is safe for concurrent use.
type Carrier struct {
	// OnSend is asked before a text is taken. With an error it isn't taken; that, and the SID, is
	// what the sender gets.
	OnSend func(o handlers.Outgoing) (sid string, err error)
	OnFind func(o handlers.Outgoing) (sid string, err error) // what looking for a text finds

	mu     sync.Mutex
	sent   []handlers.Outgoing
	looked int
}

// Send implements gate.Carrier. The SIDs of the texts that are taken are SM1, SM2 …
func (c *Carrier) Send(_ context.Context, o handlers.Outgoing) (string, error) {
	if c.OnSend != nil {
		if sid, err := c.OnSend(o); err != nil {
			return sid, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, o)
	return fmt.Sprintf("SM%d", len(c.sent)), nil
}

// Call implements gate.Carrier as Send does: a call counts as a text.
func (c *Carrier) Call(ctx context.Context, o handlers.Outgoing) (string, error) {
	return c.Send(ctx, o)
}

// Find implements gate.Carrier, whatever the time since which it is to look.
func (c *Carrier) Find(_ context.Context, o handlers.Outgoing, _ time.Time) (string, error) {
	c.mu.Lock()
	c.looked++
	c.mu.Unlock()
	if c.OnFind == nil {
		return "", nil
	}
	return c.OnFind(o)
}

// Sent returns the texts and calls that were taken, in order.
func (c *Carrier) Sent() []handlers.Outgoing { c.mu.Lock(); defer c.mu.Unlock(); return c.sent }

// Looked returns how often a text was looked for.
func (c *Carrier) Looked() int { c.mu.Lock(); defer c.mu.Unlock(); return c.looked }

// Desk is a desk.Board that records what is shown at it, a line each: "card text:1", "note text:2
// patient hello", "mark S1 sent". It is safe for concurrent use.
type Desk struct {
	OnPost func(line string) error // asked before a line is shown; with an error it isn't

	mu    sync.Mutex
	lines []string
	cases []handlers.Case
}

// Card implements desk.Board. The card's thread is "T-" and the case's id.
func (d *Desk) Card(_ context.Context, c handlers.Case, again bool) (string, error) {
	line := "card " + c.ID
	if c.Via != "" {
		line += " via " + c.Via
	}
	if again {
		line += " again"
	}
	if err := d.show(line); err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cases = append(d.cases, c)
	return "T-" + c.ID, nil
}

// Note implements desk.Board.
func (d *Desk) Note(_ context.Context, _ handlers.Case, p handlers.Post) error {
	return d.show("note " + p.ID + " " + p.From + " " + veil.Shown(p.Text, true))
}

// Mark implements desk.Board.
func (d *Desk) Mark(_ context.Context, _ handlers.Case, p handlers.Post) error {
	return d.show("mark " + p.Mark + " " + p.State)
}

// Say implements desk.Board.
func (d *Desk) Say(_ context.Context, channel, text string) error {
	return d.show("say " + channel + " " + text)
}

// show records a line, unless OnPost refuses it.
func (d *Desk) show(line string) error {
	if d.OnPost != nil {
		if err := d.OnPost(line); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
	return nil
}

// Lines returns what was shown, in order.
func (d *Desk) Lines() []string { d.mu.Lock(); defer d.mu.Unlock(); return d.lines }

// Cases returns the cases of the cards that were shown, as they then stood.
func (d *Desk) Cases() []handlers.Case { d.mu.Lock(); defer d.mu.Unlock(); return d.cases }

// Meter counts nothing.
type Meter struct{}

// Answered implements the Meter of each room.
func (Meter) Answered(string, time.Duration) {}

// Replayed counts nothing.
func (Meter) Replayed() {}

// Sent implements the Meter of each room.
func (Meter) Sent(string, string, time.Duration) {}

// Posted implements the Meter of each room.
func (Meter) Posted(string) {}

// Taken implements the Meter of each room.
func (Meter) Taken(string, time.Duration) {}

// Replied implements the Meter of each room.
func (Meter) Replied(int) {}

// Refused implements the Meter of each room.
func (Meter) Unanswered(string) {}

// Panicked implements the Meter of each room.
func (Meter) Panicked(string) {}

// Quiet is a log that goes nowhere.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// PlaceOf stands in for the vendor's tables of numbers: +1 is the United States but for +1876
// (Jamaica) and +1900 (premium-rate), +33 is France, +881 a satellite.
func PlaceOf(p handlers.Phone) budget.Place {
	for _, one := range []struct {
		prefix string
		at     budget.Place
	}{
		{prefix: "+1876", at: budget.Place{Country: "JM"}},
		{prefix: "+1900", at: budget.Place{Special: "a premium-rate number"}},
		{prefix: "+1", at: budget.Place{Country: "US"}},
		{prefix: "+33", at: budget.Place{Country: "FR"}},
		{prefix: "+881", at: budget.Place{Special: "a satellite or international number"}},
	} {
		if strings.HasPrefix(p.E164(), one.prefix) {
			return one.at
		}
	}
	return budget.Place{Special: "a number of no country"}
}
