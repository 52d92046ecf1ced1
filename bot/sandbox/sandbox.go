// Package sandbox replaces the phone network, Slack and Redis when nothing is configured: it has a
// web page (page.go), JSON endpoints (http.go), a clock that can be turned (clock.go), and an
// in-process Redis. Nothing leaves the machine, and nothing survives the process.
//
// The endpoints do what the page does, so a script can play a patient or the clinic's staff:
//
//	curl -d '{"from":"2125550101","body":"are you open?"}' localhost:8080/sandbox/text
//	curl -d '{"to":"next"}' localhost:8080/sandbox/clock
//	curl localhost:8080/sandbox/desk
//
// An error is {"error": what}, in words for people. All errors but 500 are the caller's to mend.
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
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Receiver answers a patient's text. A text that comes again under its id gets the first reply.
type Receiver interface {
	Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error)
}

// Receipter handles a delivery receipt. With an error the receipt is handed over again later.
type Receipter interface {
	Receipt(ctx context.Context, r gate.Receipt) error
}

// Staff handles what staff do at the desk. See the interface of the same name in package slack.
type Staff interface {
	Command(ctx context.Context, c handlers.Command) (answer.Answer, error)
	Reply(ctx context.Context, r handlers.ThreadReply) error
	Revise(ctx context.Context, r handlers.Revision) error
	Press(ctx context.Context, p handlers.Press) (answer.Answer, error)
	Submit(ctx context.Context, f handlers.Submission) (answer.Answer, map[string]string, error)
}

// Patient is whose phone the page offers.
type Patient struct {
	Name  string `json:"name"`
	Phone string `json:"phone"` // E.164
	// Clinic says that it is a phone of the clinic's own: no patient's.
	Clinic bool `json:"clinic,omitempty"`
	// Texts is how many messages the phone has, Got how many of them are the clinic's, and Last what
	// the last one says, as servePatients counts them.
	Texts int    `json:"texts"`
	Got   int    `json:"got,omitempty"`
	Last  string `json:"last,omitempty"`
}

// Config is what [Sandbox.Serve] needs. Every function is required, and every interface but
// Stories and Edited.
type Config struct {
	Patient  Receiver
	Receipts Receipter
	// CatchUp takes a text whose webhook was refused while Redis was away; see package patient.
	CatchUp func(ctx context.Context, t handlers.Text, refused bool) (what string, err error)
	Staff   Staff
	// Home returns what the app's Home shows somebody.
	Home  func(ctx context.Context, user string) (answer.Answer, error)
	Calls Calls
	// Import imports a file of visits; asJSON says that the body holds it and how it is to be read.
	// The result is answered as JSON. An error means that nothing of the file could be read; faults
	// in single lines are in the result.
	Import func(ctx context.Context, body io.Reader, asJSON bool) (result any, err error)
	// Importing says how far an import is.
	Importing func() (done, of int64)
	// Because says in sentences why a text was answered as it was.
	Because func(text string, r handlers.Reply) []string
	// Words returns all that patients can be sent, and Preview what a number is to get in the next
	// days, each as a page to print.
	Words   func(ctx context.Context) ([]byte, error)
	Preview func(ctx context.Context, p handlers.Phone) ([]byte, error)
	// Due delivers all that is due by now, texts and cards. It returns how many texts were sent,
	// and when the next row falls due, zero if none waits. It is never called concurrently.
	Due func(ctx context.Context, now time.Time) (sent int, next time.Time, err error)
	// Phone reads a number as people write it. Its error is shown to the caller.
	Phone    func(s string) (handlers.Phone, error)
	Patients []Patient // those who are there at the start
	// Others returns who else has a visit, and the clinic's own phones.
	Others func(ctx context.Context) ([]Patient, error)
	// Day returns the visits of some days with all of their texts.
	Day func(ctx context.Context, q DayQuery) (Day, error)
	// Figures returns what the front desk did.
	Figures func(ctx context.Context) (Figures, error)
	// Start is what the clock shows at first, in the zone in which the page shows times. Zero means
	// the real time.
	Start time.Time
	// Stories are what the page can play; nil: none, as in the sandbox that a story is played in.
	Stories Stories
	Edited  Edited       // nil: nobody edits the words
	Log     *slog.Logger // nil: nothing is logged
}

// Sandbox is the carrier ([gate.Carrier]), the desk ([desk.Board]), the clock and Redis. Create it
// with [New]. Its methods may be called concurrently.
type Sandbox struct {
	cfg atomic.Pointer[Config] // set by Serve, before anything runs, and by Change

	// turning is held while rows are delivered and receipts handed over, so that the clock makes
	// one turn at a time. It is taken before mu.
	turning sync.Mutex
	// switching is held while failures are switched, and what waited for one is handed over. It is
	// taken before mu.
	switching sync.Mutex
	halt      atomic.Bool // the turn that goes on is to end

	mu       sync.Mutex // guards all below but events, which has a lock of its own
	clock    clock
	turns    bool                 // a turn of the clock goes on
	still    bool                 // the clock moves only when it is turned
	next     time.Time            // when the next row falls due, by the last Due; zero: none waits
	redis    *miniredis.Miniredis // nil until [Sandbox.Redis], and after Close
	redisURL string
	redisAt  time.Time       // up to when time has passed for redis
	count    int             // how many ids were given out
	messages []*message      // oldest first
	receipts []receipt       // still to be handed over, oldest first
	cards    []*card         // oldest first
	untaken  map[string]bool // by case: it is an alarm that nobody has
	began    int             // how many alarms have begun
	noted    map[string]bool // ids of the posts that are in a thread, for dedupe
	broken   map[string]bool // the failures that are switched on, by id
	refused  []handlers.Text // that came while Redis was away, oldest first
	events   hub
}

var (
	_ gate.Carrier = (*Sandbox)(nil)
	_ desk.Board   = (*Sandbox)(nil)
)

// New returns a sandbox whose clock shows the real time.
func New() *Sandbox {
	return &Sandbox{
		clock: startClock(time.Now()), noted: map[string]bool{}, untaken: map[string]bool{},
		events: newHub(),
	}
}

// Serve returns the handler of the page and the endpoints. It sets the clock, so call it once,
// before anything is due.
func (s *Sandbox) Serve(c Config) http.Handler {
	s.Change(c)
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

// Change has other handlers take what comes from now on, after what is being delivered. Requests
// that go on end with those that they began with, or with these. The clock goes on, in the zone of
// c.Start.
func (s *Sandbox) Change(c Config) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s.turning.Lock()
	defer s.turning.Unlock()
	s.cfg.Store(&c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.Start.IsZero() {
		s.clock.at = s.clock.at.In(c.Start.Location())
	}
}

// Redis starts an in-process Redis on loopback, unless it runs already, and returns its URL. Its
// keys expire by the sandbox's clock, so that a key of a day is gone after turning by a day.
func (s *Sandbox) Redis() (url string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.redis == nil {
		m := miniredis.NewMiniRedis()
		if err := m.StartAddr("127.0.0.1:0"); err != nil {
			return "", fmt.Errorf("start redis in the process: %w", err)
		}
		s.redis, s.redisAt = m, s.clock.now()
		s.redisURL = "redis://" + m.Addr() + "/0"
		m.SetTime(s.redisAt)
	}
	return s.redisURL, nil
}

// serveStore is POST /sandbox/store: the URL of the Redis inside, and what the clock shows, for the
// commands of this program that read what a bot knows.
func (s *Sandbox) serveStore(w http.ResponseWriter, _ *http.Request) error {
	url, err := s.Redis()
	if err != nil {
		return err
	}
	return writeJSON(w, map[string]any{"url": url, "now": s.Now()})
}

// Hangup ends the pages' event streams, which would otherwise hold up a server's shutdown, and
// stops a turn of the clock before its next step. Register it with
// [http.Server.RegisterOnShutdown].
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

// zone returns the zone in which the page shows times.
func (s *Sandbox) zone() *time.Location {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.at.Location()
}

// id returns an id that wasn't given out before. The count begins anew with the process, but so
// does Redis, so no event is taken for one of an earlier run.
func (s *Sandbox) id(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.idLocked(prefix)
}

// idLocked is id for callers that hold mu. With the prefix SM it has the form of a Twilio SID.
func (s *Sandbox) idLocked(prefix string) string {
	s.count++
	return fmt.Sprintf("%s%032x", prefix, s.count)
}

// errUnknownThread answers a reply or a press whose thread was never posted.
var errUnknownThread = errors.New("no such thread: take one of GET /sandbox/desk")
