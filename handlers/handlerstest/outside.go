package handlerstest

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Clock is a time that a test turns.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock shows a time like "2026-12-01 10:00", in New York.
func NewClock(t testing.TB, at string) *Clock { return &Clock{at: At(t, at)} }

// Now is what the clock shows.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

// Add turns it on.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// Set turns it to a time.
func (c *Clock) Set(at time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.at = at }

// At reads a time like "2026-12-01 10:00" in New York, where the shipped clinic is.
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

// Phone is a fictional number that ends so: "0101".
func Phone(t testing.TB, last4 string) handlers.Phone {
	t.Helper()
	p, err := handlers.NewPhone("+1212555" + last4)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// FAQ is a directory of knowledge that holds only this file of entries; the rest is shipped.
func FAQ(entries string) fs.FS { return fstest.MapFS{"faq/test.yaml": {Data: []byte(entries)}} }

// Base loads the shipped knowledge with the given faq in place of the shipped one: a small base
// trains at once.
func Base(t testing.TB, faq string) *knowledge.Base {
	t.Helper()
	b, err := knowledge.Load(FAQ(faq))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Words is the shipped knowledge with one entry in place of the shipped ones, untrained: for tests
// that read no text.
func Words(t testing.TB) *knowledge.Base {
	t.Helper()
	b, err := knowledge.Read(FAQ(`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Carrier is a phone company.
type Carrier struct {
	OnSend func(o handlers.Outgoing) (sid string, err error) // in place of taking it
	OnFind func(o handlers.Outgoing) (sid string, err error) // in place of finding nothing

	mu     sync.Mutex
	sent   []handlers.Outgoing
	looked int
}

// Send implements gate.Carrier. What OnSend refuses or loses counts as tried, not as sent.
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

// Call is a Send that is spoken.
func (c *Carrier) Call(ctx context.Context, o handlers.Outgoing) (string, error) {
	return c.Send(ctx, o)
}

// Find implements gate.Carrier.
func (c *Carrier) Find(_ context.Context, o handlers.Outgoing, _ time.Time) (string, error) {
	c.mu.Lock()
	c.looked++
	c.mu.Unlock()
	if c.OnFind == nil {
		return "", nil
	}
	return c.OnFind(o)
}

// Sent are the texts taken; Looked is how often one was looked for.
func (c *Carrier) Sent() []handlers.Outgoing { c.mu.Lock(); defer c.mu.Unlock(); return c.sent }

// Looked is how often a text was looked for.
func (c *Carrier) Looked() int { c.mu.Lock(); defer c.mu.Unlock(); return c.looked }

// Desk records what is shown at it, a line each: "card text:1", "note text:2 patient hello", "mark
// S1 sent".
type Desk struct {
	OnPost func(line string) error // in place of showing it

	mu    sync.Mutex
	lines []string
	cases []handlers.Case
}

// Card implements desk.Board; the thread is "T-" and the case's id.
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
	return d.show("note " + p.ID + " " + p.From + " " + handlers.Shown(p.Text, true))
}

// Mark implements desk.Board.
func (d *Desk) Mark(_ context.Context, _ handlers.Case, p handlers.Post) error {
	return d.show("mark " + p.Mark + " " + p.State)
}

// Say implements desk.Board.
func (d *Desk) Say(_ context.Context, channel, text string) error {
	return d.show("say " + channel + " " + text)
}

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

// Lines are what was shown, in order.
func (d *Desk) Lines() []string { d.mu.Lock(); defer d.mu.Unlock(); return d.lines }

// Cases are the cards as they were shown.
func (d *Desk) Cases() []handlers.Case { d.mu.Lock(); defer d.mu.Unlock(); return d.cases }

// Meter counts nothing.
type Meter struct{}

// Answered implements the Meter of each room.
func (Meter) Answered(string, time.Duration) {}

// Sent implements the Meter of each room.
func (Meter) Sent(string, string, time.Duration) {}

// Posted implements the Meter of each room.
func (Meter) Posted(string) {}

// Taken implements the Meter of each room.
func (Meter) Taken(string, time.Duration) {}

// Panicked implements the Meter of each room.
func (Meter) Panicked(string) {}

// Quiet is a log that goes nowhere.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
