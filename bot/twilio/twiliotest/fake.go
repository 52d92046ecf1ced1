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

// Config sets how a Fake behaves. The zero Config is a Twilio that takes every text and posts no
// receipts. The functions in it are called from the goroutines of requests, concurrently.
type Config struct {
	Addr       string // to listen on; a free port of 127.0.0.1 if empty
	AccountSID string
	AuthToken  string
	APIKey     string // accepted besides SID and token, except for the account; may be empty
	APISecret  string

	Delay time.Duration // before each answer to a post, on average
	// Each delay is up to this much shorter or longer; a negative one is none.
	Jitter time.Duration
	// How many texts are taken in a second of the wall clock; the rest get a 429. 0 is no limit.
	Rate     int
	Fault    func(n int, form url.Values) Fault // of the n-th post of a text, from 1; may be nil
	Receipts *Receipts                          // nil: none are posted by themselves
	Now      func() time.Time                   // dates messages and answers; time.Now if nil

	ListLag   time.Duration                   // how long the list doesn't show a new message
	ListFault func(n int, q url.Values) Fault // of the n-th read of the list, from 1; may be nil
	// Absolute makes the URIs of lists absolute, as a validator of Twilio's OpenAPI file demands
	// (format "uri"). Twilio's own are relative, as in the file's examples, and its clients can
	// follow no others: with Absolute only a list's first page can be read.
	Absolute bool
}

// Fault is how a request goes wrong. The zero Fault is none. Of a list only the first four count.
type Fault struct {
	Status     int    // answer with this HTTP status; nothing is taken
	Code       int    // Twilio's code in that answer; 0: it is a gateway's, without a body
	RetryAfter string // the Retry-After header
	Location   string // the Location header
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
	Callback  string // StatusCallback, as it was posted
	Direction string // outbound-api, or one of Inbound and Reply
	Status    string // as receipts have moved it
	Media     int    // how many pictures
	Code      int    // Twilio's error code, once it failed
	Created   time.Time
	Updated   time.Time
	Sent      time.Time // zero while it is queued
}

// Fake is the stateful Twilio. Create it with [New] or [Start].
type Fake struct {
	stall.Gate // Hang(true) makes all requests to the API wait

	c      Config
	prefix string // of SIDs, random: two fakes give no SID twice
	server *http.Server
	url    string
	served sync.WaitGroup
	closed chan struct{} // closed when the Fake ends
	once   sync.Once     // Close is called by tests and again by their end
	worker *worker       // posts receipts; nil without Config.Receipts
	client *http.Client  // to the bot

	mu       sync.Mutex // guards what follows
	posts    int
	limited  int   // posts refused by Rate
	lists    int   // look-ups in the list of messages
	second   int64 // the second of the wall clock that taken is about
	taken    int   // texts taken in it
	messages []Message
	calls    []Call
	byTo     map[string][]int  // indices of messages
	bySID    map[string]int    // index of a message
	rules    map[string]int    // a number's fate: see Rule
	routes   map[string]string // from public bases to where they are: see Route
	texts    int               // how many texts of patients were given a SID
	status   string            // the account's
	numbers  []Number
	services map[string]Service // by SID
	incoming []Incoming
	replies  []Message // from webhooks' answers
}

// New starts a Fake on its own port. The caller ends it with Close.
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
	// A server that fails must not look like a Twilio that hangs.
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

// Start starts a Fake that ends with the test.
func Start(t testing.TB, c Config) *Fake {
	t.Helper()
	f, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// URL returns the base of the Fake's API, without a trailing slash.
func (f *Fake) URL() string { return f.url }

// Close ends the server and the receipts, and waits for both. Requests that hang are cut off.
// Receipts not posted yet are dropped; Drain first if they count.
func (f *Fake) Close() {
	f.once.Do(func() {
		// Handlers that wait must end before the server can: those that answer late or never, and
		// those that hang.
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

// Rule gives a number a fate, by Twilio's code: a code below 30000, like 21610 (opted out), refuses
// texts and calls to it; one from 30000 on, like 30006 (landline), takes the text and has its
// receipt fail. 0 lifts the rule. The rule of "" goes for every number without one of its own, as a
// fault of the account does.
func (f *Fake) Rule(to string, code int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules[to] = code
}

// rule returns a number's fate: what its post is refused with, or which code its receipt brings.
// f.mu must be held.
func (f *Fake) rule(to string) (refused Fault, receipt int) {
	// A rule that was lifted is 0 as well, so the common one counts again.
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

// Route sends what is posted to URLs that begin with public to place instead, signed for the public
// URL: the bot's PublicURL need not be where a test serves it.
func (f *Fake) Route(public, place string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.routes[public] = place
}

// Add puts a message into the list, as though it had been there before: an old one, say, or one
// sent by other means. Its webhook isn't called. It returns the SID. What isn't Inbound or a Reply
// gets a SID and dates if it has none; those two must have theirs.
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

// add stores a message, gives it a SID and dates if it has none, and returns the SID. f.mu must be
// held.
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

// Messages returns all texts that were taken or added, in the order they came. Texts of patients
// and replies in webhooks' answers aren't among them.
func (f *Fake) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.messages)
}

// Message returns the text with a SID, and whether there is one.
func (f *Fake) Message(sid string) (Message, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.bySID[sid]
	if !ok {
		return Message{}, false
	}
	return f.messages[i], true
}

// Count returns how many texts with a body were taken for a number, or added; "" is any.
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

// Posts returns how many posts of texts came, including those that were refused or dropped.
func (f *Fake) Posts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.posts
}

// Lists returns how many pages of the list of messages were asked for.
func (f *Fake) Lists() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lists
}

// Limited returns how many posts were refused because of Rate.
func (f *Fake) Limited() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limited
}
