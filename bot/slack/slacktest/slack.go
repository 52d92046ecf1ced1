// Package slacktest is a fake Slack for tests: the methods of the Web API that Beacon calls,
// response URLs, Socket Mode, and the staff who type, press and fill in forms ([Slack.Nurse]). It
// records what it is told, refuses what Slack would refuse, in Slack's own words, and fails on
// request.
//
// The API side is an HTTP server: give [Slack.URL] to the bot. What staff do reaches the bot over
// HTTP, signed, once [Slack.Point] says where it listens, and over Socket Mode otherwise. The fake
// runs in real time unless [Slack.Clock] says otherwise, and may be used concurrently.
//
// It doesn't import package slack, so that the two can't share a mistake.
package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/stall"
)

// The credentials of the one app that the fake knows. Any other token is refused with invalid_auth.
const (
	BotToken      = "xoxb-fake"
	AppToken      = "xapp-fake"
	SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	BotUser       = "UBEACON"
	BotID         = "BBEACON"
	Team          = "T0001"
	App           = "A123456"
)

// The channels of a new Slack. The bot is a member of all three.
const (
	Desk   = "CDESK"
	Urgent = "CURGENT"
	Lobby  = "CLOBBY" // not the desk's
)

// Call is one request to the API that had the right token. It has either a form or a JSON body.
type Call struct {
	Method string // such as "chat.postMessage"
	Form   url.Values
	JSON   json.RawMessage
}

// Fault says which calls fail, and how. Set one of Code, Status, After and Lose.
type Fault struct {
	Method string        // the method, "response" for response URLs; "" for any
	Code   string        // Slack's error code, in an answer with "ok": false
	Status int           // an HTTP status
	After  time.Duration // 429 with Retry-After, rounded up to seconds
	Lose   bool          // the call takes effect, but its answer is lost
}

// Slack is the fake. Create it with [New] and end it with [Slack.Close].
type Slack struct {
	stall.Gate // Hang holds every request to the server back
	server     *httptest.Server
	methods    map[string]method

	mu       sync.Mutex // guards all below
	changed  *sync.Cond // signalled when a message, view or socket comes, and when a socket goes
	bot      string     // the bot's base URL; "" for Socket Mode
	off      bool
	channels map[string]Channel
	people   map[string]Person
	scopes   []string // of the bot's token
	serial   int64    // the last number that next gave out
	messages []*Message
	calls    []Call
	views    []*View          // modals, oldest first
	homes    map[string]*View // what Home shows, by user
	faults   []Fault          // still to come, oldest first
	triggers map[string]*trigger
	urls     map[string]*answer // response URLs by path
	files    []*File
	groups   map[string][]string // users by user group
	now      func() time.Time
	pace     *pace // nil: no rate is limited
	sockets  []*socket
	acks     map[string]chan json.RawMessage // who waits for an acknowledgement, by envelope id
}

// New starts a Slack on a port of its own. Close it.
func New() *Slack {
	f := &Slack{
		channels: channels(), scopes: scopes(), people: map[string]Person{},
		triggers: map[string]*trigger{}, urls: map[string]*answer{},
		acks: map[string]chan json.RawMessage{}, homes: map[string]*View{},
		groups: map[string][]string{}, now: time.Now, methods: methods(),
	}
	f.changed = sync.NewCond(&f.mu)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", f.serve)
	mux.HandleFunc("POST /response/{id}", f.serveResponse)
	mux.HandleFunc("POST /upload/{id}", f.serveUpload)
	mux.HandleFunc("GET /socket", f.serveSocket)
	// Set before it serves: a client of an earlier server may knock at a port that is given again.
	f.server = httptest.NewUnstartedServer(f.gate(mux))
	f.server.Start()
	return f
}

// Close ends every connection and the server. It first lets go of the requests that Hang holds,
// which the server would wait for.
func (f *Slack) Close() {
	f.Hang(false)
	f.Drop()
	f.server.CloseClientConnections()
	f.server.Close()
}

// URL returns the base of the Web API, with a slash at its end.
func (f *Slack) URL() string { return f.server.URL + "/api/" }

// Point sets the bot's base URL, such as "http://127.0.0.1:8080". With "" what staff do goes
// through Socket Mode.
func (f *Slack) Point(bot string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bot = strings.TrimRight(bot, "/")
}

// Clock sets what Slack takes for the time: of messages, of the age of triggers and response URLs,
// and of rate limits. Requests are signed with the real time, which the bot's verifier reads.
func (f *Slack) Clock(now func() time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = now
}

// Fail makes the next n calls fail that the fault applies to. Faults that were set earlier come
// first.
func (f *Slack) Fail(n int, how Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.faults = append(f.faults, how)
	}
}

// Off cuts every connection to Slack, and each new one, until Off(false).
func (f *Slack) Off(off bool) {
	f.mu.Lock()
	f.off = off
	f.mu.Unlock()
	if off {
		f.Drop()
		f.server.CloseClientConnections()
	}
}

// gate cuts the connection of a request while Slack is off, and holds it back while Slack hangs.
func (f *Slack) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		off := f.off
		f.mu.Unlock()
		if off || !f.Pass(r.Context()) {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// Messages returns all messages that weren't deleted, ephemeral ones included, oldest first.
func (f *Slack) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.copied()
}

// Thread returns a message by its ID, followed by its replies. It returns nothing if the message
// doesn't exist and has none.
func (f *Slack) Thread(id string) []Message {
	return slices.DeleteFunc(f.Messages(), func(m Message) bool {
		return m.ID() != id &&
			m.Thread() != id
	})
}

// Calls returns the calls of a method, or of all methods with "", oldest first.
func (f *Slack) Calls(method string) []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.calls), func(c Call) bool {
		return method != "" &&
			c.Method != method
	})
}

// Await waits until want accepts the messages that [Slack.Messages] returns. Its error is that ctx
// ended first. want must not call the fake.
func (f *Slack) Await(ctx context.Context, want func([]Message) bool) error {
	return f.until(ctx, func() bool { return want(f.copied()) })
}

// Delete deletes a message by its ID, as an administrator may. Its replies stay, but can't be
// listed or added to.
func (f *Slack) Delete(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.messages {
		if m.ID() == id {
			m.Deleted = true
		}
	}
}

// until waits until done returns true. done is called with the lock held, at first and after each
// change. Its error is that ctx ended first.
func (f *Slack) until(ctx context.Context, done func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.changed.Broadcast()
	})
	defer stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	for !done() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("slacktest: waited in vain: %w", err)
		}
		f.changed.Wait()
	}
	return nil
}

// copied returns copies of the messages that weren't deleted. The lock is held.
func (f *Slack) copied() []Message {
	var all []Message
	for _, m := range f.messages {
		if !m.Deleted {
			c := *m
			c.Reactions = slices.Clone(m.Reactions)
			all = append(all, c)
		}
	}
	return all
}

// next returns a number that wasn't given out before. The lock is held.
func (f *Slack) next() int64 {
	f.serial++
	return f.serial
}

// add posts a message under a new timestamp. The lock is held.
func (f *Slack) add(m Message) *Message {
	// Slack's timestamps are ids: they are unique, and sort in the order of posting. So the part
	// after the dot is a serial number rather than microseconds.
	m.TS = f.stamp()
	f.messages = append(f.messages, &m)
	f.changed.Broadcast()
	return &m
}

// stamp returns a new timestamp. The lock is held.
func (f *Slack) stamp() string { return fmt.Sprintf("%d.%06d", f.now().Unix(), f.next()) }

// find returns the message with a channel and a timestamp; nil if it doesn't exist, was deleted, or
// is ephemeral, which the API can't address. The lock is held.
func (f *Slack) find(channel, ts string) *Message {
	if m := f.any(channel, ts); m != nil && m.OnlyFor == "" {
		return m
	}
	return nil
}

// any is find for ephemeral messages as well, which people can press. The lock is held.
func (f *Slack) any(channel, ts string) *Message {
	for _, m := range f.messages {
		if m.Channel == channel && m.TS == ts && !m.Deleted {
			return m
		}
	}
	return nil
}
