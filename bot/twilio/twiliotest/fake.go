package twiliotest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/stall"
)

// The account that a Fake has if its Config names none.
const (
	AccountSID = "AC0123456789abcdef0123456789abcdef"
	AuthToken  = "0123456789abcdef0123456789abcdef"
	From       = "+12125550100"
)

// Config is how a Fake behaves. The zero Config is a Twilio that takes every text and posts no
// receipts.
type Config struct {
	Addr       string // to listen on; a free port of 127.0.0.1 if empty
	AccountSID string
	AuthToken  string
	APIKey     string // taken for messages beside SID and token; may be empty
	APISecret  string

	Delay time.Duration // before each answer to a post, on the average
	// The delay is up to so much shorter or longer, never below none.
	Jitter time.Duration
	// Texts taken in a second of the wall clock, then 429; 0 is no limit.
	Rate     int
	Fault    func(n int, form url.Values) Fault // of the n-th post, from 1; may be nil
	Receipts *Receipts                          // nil: none are posted by themselves
	Now      func() time.Time                   // time.Now if nil; dates messages

	ListLag   time.Duration                   // how long a message isn't in the list yet
	ListFault func(n int, q url.Values) Fault // of the n-th look at the list, from 1; may be nil
	// Absolute makes the URIs of a list absolute, as the format "uri" in Twilio's OpenAPI file
	// demands of a validator. Twilio's own are relative, those of the file's examples too, and its
	// clients can follow no others: with it a list is good for its first page.
	Absolute bool
}

// Fault is how a post goes wrong. The zero Fault is none.
type Fault struct {
	Status     int    // answer with this HTTP status,
	Code       int    // this code of Twilio's,
	RetryAfter string // this header
	Location   string // and this one
	Drop       bool   // close the connection without taking the text
	Lose       bool   // take the text, then close the connection without an answer
	Hang       bool   // take the text, then never answer: the caller's time runs out
}

// Message is a text that the Fake holds.
type Message struct {
	SID       string
	From, To  string
	Service   string // the messaging service it was sent from
	Body      string
	Callback  string // StatusCallback
	Direction string
	Status    string
	Media     int // pictures
	Code      int // its error, once it failed
	Created   time.Time
	Updated   time.Time
	Sent      time.Time // zero while it is queued
}

// Fake is the stateful Twilio.
type Fake struct {
	stall.Gate // of all requests to the API

	c      Config
	prefix string // of SIDs: two fakes give no SID twice
	server *http.Server
	url    string
	served sync.WaitGroup
	closed chan struct{}
	once   sync.Once
	worker *worker
	client *http.Client // to the bot

	mu       sync.Mutex
	posts    int
	limited  int   // posts refused by Rate
	lists    int   // look-ups in the list of messages
	second   int64 // the wall clock's, and
	taken    int   // the texts taken in it
	messages []Message
	calls    []Call
	byTo     map[string][]int
	bySID    map[string]int
	rules    map[string]int
	routes   map[string]string
	texts    int
	status   string // the account's
	numbers  []Number
	services map[string]Service
	incoming []Incoming
	replies  []Message // of webhooks' answers
}

// New starts a Fake; Close ends it.
func New(c Config) (*Fake, error) {
	def := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	def(&c.Addr, "127.0.0.1:0")
	def(&c.AccountSID, AccountSID)
	def(&c.AuthToken, AuthToken)
	if c.Now == nil {
		c.Now = time.Now
	}
	var seed [8]byte
	_, _ = rand.Read(seed[:]) // it never fails
	f := &Fake{
		c: c, prefix: hex.EncodeToString(seed[:]), closed: make(chan struct{}),
		byTo: map[string][]int{}, bySID: map[string]int{}, rules: map[string]int{},
		routes: map[string]string{}, services: map[string]Service{}, status: "active",
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("twiliotest: %w", err)
	}
	f.url = "http://" + l.Addr().String()
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	f.served.Go(func() {
		if err := f.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(err)
		}
	})
	if c.Receipts != nil {
		f.worker = newWorker(f, *c.Receipts)
	}
	return f, nil
}

// Start starts a Fake for a test, which ends it.
func Start(t testing.TB, c Config) *Fake {
	t.Helper()
	f, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// URL is where the Fake listens: the base of its API.
func (f *Fake) URL() string { return f.url }

// Close ends the server and the receipts, and waits for both. Receipts not posted yet are dropped;
// Drain first if they count.
func (f *Fake) Close() {
	f.once.Do(func() {
		close(f.closed)
		f.Hang(false)
		_ = f.server.Close()
		f.served.Wait()
		if f.worker != nil {
			f.worker.close()
		}
		f.client.CloseIdleConnections()
	})
}

// Rule gives a number a fate, by Twilio's code: 21610 (opted out) and its like refuse the post, a
// call's too; 30006 (landline) and the other codes from 30000 take the text and fail in the
// receipt. 0 lifts it. To "" it is the fate of every number without one of its own: the account's,
// say.
func (f *Fake) Rule(to string, code int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules[to] = code
}

// rule is the fate of a number: whether its post is refused, with which status and code, or which
// code its receipt brings. f.mu is held.
func (f *Fake) rule(to string) (refused Fault, receipt int) {
	code := f.rules[to]
	if code == 0 {
		code = f.rules[""]
	}
	if code >= 30000 || code == 0 {
		return Fault{}, code
	}
	refused = Fault{Status: http.StatusBadRequest, Code: code}
	switch code {
	case 20003:
		refused.Status = http.StatusUnauthorized
	case 20404:
		refused.Status = http.StatusNotFound
	case 20429:
		refused.Status = http.StatusTooManyRequests
	}
	return refused, 0
}

// Route says where a public base is to be found: what is posted to a URL that begins with it goes
// to place, signed as for the public URL.
func (f *Fake) Route(public, place string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.routes[public] = place
}

// Add puts a message in the list as though it had been there: one sent by other means, an old one.
// One that a patient sent is told to no webhook.
func (f *Fake) Add(m Message) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch m.Direction {
	case Inbound:
		f.incoming = append(f.incoming, Incoming{Message: m})
		return m.SID
	case Reply:
		f.replies = append(f.replies, m)
		return m.SID
	}
	return f.add(m)
}

func (f *Fake) add(m Message) string {
	if m.SID == "" {
		m.SID = fmt.Sprintf("SM%s%016x", f.prefix, len(f.messages)+1)
	}
	if m.Created.IsZero() {
		m.Created = f.c.Now()
	}
	if m.Updated.IsZero() {
		m.Updated = m.Created
	}
	f.messages = append(f.messages, m)
	f.bySID[m.SID] = len(f.messages) - 1
	f.byTo[m.To] = append(f.byTo[m.To], len(f.messages)-1)
	return m.SID
}

// Messages are all that were taken, in the order they came.
func (f *Fake) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.messages)
}

// Message is the one of that SID.
func (f *Fake) Message(sid string) (Message, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.bySID[sid]
	if !ok {
		return Message{}, false
	}
	return f.messages[i], true
}

// Count is how many were taken to the number and of the body; "" is any.
func (f *Fake) Count(to, body string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if to == "" && body == "" {
		return len(f.messages)
	}
	n := 0
	for _, m := range f.messages {
		if (to == "" || m.To == to) && (body == "" || m.Body == body) {
			n++
		}
	}
	return n
}

// Posts is how many posts came, those that were refused and dropped included.
func (f *Fake) Posts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.posts
}

// Lists is how often the list of messages was asked for.
func (f *Fake) Lists() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lists
}

// Limited is how many posts were refused because of Rate.
func (f *Fake) Limited() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limited
}
