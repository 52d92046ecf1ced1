// Package sandbox replaces the phone network, Slack and Redis when nothing is configured: it has a
// web page, JSON endpoints, a clock that can be turned, and an in-process Redis. Nothing leaves the
// machine, and nothing survives the process.
//
// Wiring it takes two steps, because the dependencies form a cycle: [New] returns the carrier,
// desk, clock and Redis that the handlers are built on, and [Sandbox.Serve] takes the handlers.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Receiver answers a patient's text.
type Receiver interface {
	Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error)
}

// Receipter handles a delivery receipt.
type Receipter interface {
	Receipt(ctx context.Context, r gate.Receipt) error
}

// Staff handles what staff do at the desk.
type Staff interface {
	Command(ctx context.Context, c handlers.Command) (string, error)
	Reply(ctx context.Context, r handlers.ThreadReply) error
	Press(ctx context.Context, p handlers.Press) error
}

// Patient is a fictional patient, offered on the page.
type Patient struct {
	Name  string `json:"name"`
	Phone string `json:"phone"` // E.164
}

// ImportResult counts what an import did.
type ImportResult struct {
	Imported  int `json:"imported"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Cancelled int `json:"cancelled,omitempty"` // off, says the file
	Faults    any `json:"faults"`              // marshals as a list of line, column, what
}

// Config is what [Sandbox.Serve] needs. Every function and interface is required.
type Config struct {
	Patient  Receiver
	Receipts Receipter
	Staff    Staff
	// Import reads visits from a CSV file; an error is for a file that holds nothing to read.
	Import func(ctx context.Context, csv io.Reader) (ImportResult, error)
	// Due carries out all that is due by now, texts and cards; next is when the next row falls due,
	// zero if none waits.
	Due      func(ctx context.Context, now time.Time) (sent int, next time.Time, err error)
	Phone    func(s string) (handlers.Phone, error) // reads a number as people write it
	Patients []Patient
	// What the clock shows at first, in the zone that the page shows; zero: the real time.
	Start time.Time
	Log   *slog.Logger // nil: nothing is logged
}

// Sandbox is the carrier ([gate.Carrier]), the desk ([desk.Board]), the clock and Redis. Create it
// with [New].
type Sandbox struct {
	cfg Config

	turning sync.Mutex // held while what is due is carried out: one turn of the clock at a time

	mu       sync.Mutex // guards all below
	clock    clock
	next     time.Time // when the next row falls due, as far as is known
	redis    *miniredis.Miniredis
	redisAt  time.Time // the time that redis has been brought to
	count    int       // of ids given out
	messages []*message
	receipts []receipt
	cards    []*card
	noted    map[string]bool // ids of the posts that are in a thread
	events   hub
}

var (
	_ gate.Carrier = (*Sandbox)(nil)
	_ desk.Board   = (*Sandbox)(nil)
)

// New returns a sandbox whose clock shows the real time.
func New() *Sandbox {
	return &Sandbox{clock: startClock(time.Now()), noted: map[string]bool{}, events: newHub()}
}

// Serve returns the handler of the page and the endpoints. It sets the clock, so call it once,
// before anything is due.
func (s *Sandbox) Serve(c Config) http.Handler {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s.cfg = c
	if !c.Start.IsZero() {
		s.mu.Lock()
		s.clock = startClock(c.Start)
		s.redisAt = c.Start
		if s.redis != nil {
			s.redis.SetTime(c.Start)
		}
		s.mu.Unlock()
	}
	return s.routes()
}

// Redis starts an in-process Redis on loopback and returns its URL. Its keys expire by the
// sandbox's clock.
func (s *Sandbox) Redis() (url string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.redis == nil {
		m := miniredis.NewMiniRedis()
		if err := m.StartAddr("127.0.0.1:0"); err != nil {
			return "", fmt.Errorf("start redis in the process: %w", err)
		}
		s.redis, s.redisAt = m, s.clock.now()
		m.SetTime(s.redisAt)
	}
	return "redis://" + s.redis.Addr() + "/0", nil
}

// Hangup ends the pages' event streams, which would otherwise hold up a server's shutdown. Register
// it with [http.Server.RegisterOnShutdown].
func (s *Sandbox) Hangup() { s.events.close() }

// Close stops Redis and ends the event streams.
func (s *Sandbox) Close() error {
	s.Hangup()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.redis != nil {
		s.redis.Close()
		s.redis = nil
	}
	return nil
}

// id gives a fresh id. Redis lives no longer than the count, so they never meet again.
func (s *Sandbox) id(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.idLocked(prefix)
}

func (s *Sandbox) idLocked(prefix string) string {
	s.count++
	return fmt.Sprintf("%s%032x", prefix, s.count)
}

var errUnknownThread = errors.New("no such thread: take one of GET /sandbox/desk")
