// Package slacktest is a fake Slack for tests: the methods of the Web API that Beacon calls,
// response URLs, Socket Mode, and the staff who type and press. It records what it is told, refuses
// what Slack would refuse, and fails on request.
//
// The API side is an HTTP server: give [Slack.URL] to the bot. What staff do reaches the bot over
// HTTP, signed, once [Slack.Point] says where it listens, and over Socket Mode otherwise. The fake
// runs in real time and may be used concurrently.
//
// It doesn't import package slack, so that the two can't share a mistake.
package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
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

// Message is a message that the bot or a person posted. The fields with JSON names are those that
// Slack shows in a channel's history.
type Message struct {
	Channel   string          `json:"channel,omitempty"`
	TS        string          `json:"ts"`
	ThreadTS  string          `json:"thread_ts,omitempty"`
	User      string          `json:"user"`
	BotID     string          `json:"bot_id,omitempty"`
	Text      string          `json:"text"`
	Blocks    json.RawMessage `json:"blocks,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"`
	Reactions []string        `json:"-"`
	OnlyFor   string          `json:"-"` // of an ephemeral one: the only user who sees it
	Updates   int             `json:"-"` // how often chat.update changed it
	Deleted   bool            `json:"-"`
}

// ID returns "channel:ts". The ID of a card is also that of its thread.
func (m Message) ID() string { return m.Channel + ":" + m.TS }

// Thread returns the ID of the message under which this one is a reply. For one that is no reply it
// ends with a colon.
func (m Message) Thread() string { return m.Channel + ":" + m.ThreadTS }

// Buttons returns the action ids of the message's buttons, in their order.
func (m Message) Buttons() []string {
	var ids []string
	walk(m.Blocks, func(o map[string]any) {
		if o["type"] == "button" {
			ids = append(ids, fmt.Sprint(o["action_id"]))
		}
	})
	return ids
}

// Words returns every text in the message's blocks, a line each, as a reader sees them; without
// blocks, the message's own text.
func (m Message) Words() string {
	if len(m.Blocks) == 0 {
		return m.Text
	}
	var lines []string
	walk(m.Blocks, func(o map[string]any) {
		if s, ok := o["text"].(string); ok {
			lines = append(lines, s)
		}
	})
	return strings.Join(lines, "\n")
}

// Call is one request to the API that had the right token. It has either a form or a JSON body.
type Call struct {
	Method string // such as "chat.postMessage"
	Form   url.Values
	JSON   json.RawMessage
}

// View is a modal that was opened.
type View struct {
	ID   string
	User string          // who sees it
	JSON json.RawMessage // as the bot sent it
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

	mu       sync.Mutex // guards all below
	changed  *sync.Cond // signalled when a message, view or socket comes, and when a socket goes
	bot      string     // the bot's base URL; "" for Socket Mode
	off      bool
	channels map[string]Channel
	people   map[string]Person
	groups   map[string][]string // the users of each user group
	scopes   []string            // of the bot's token
	serial   int64               // the last number that next gave out
	messages []*Message
	calls    []Call
	views    []View
	faults   []Fault            // still to come, oldest first
	triggers map[string]string  // user by trigger id; each opens one modal
	urls     map[string]*answer // response URLs by path
	sockets  []*socket
	acks     map[string]chan json.RawMessage // who waits for an acknowledgement, by envelope id
}

// answer is a response URL.
type answer struct {
	channel, user string
	left          int // how many messages it still takes
}

// New starts a Slack on a port of its own. Close it.
func New() *Slack {
	f := &Slack{
		channels: channels(), scopes: scopes(), people: map[string]Person{},
		groups:   map[string][]string{},
		triggers: map[string]string{}, urls: map[string]*answer{},
		acks: map[string]chan json.RawMessage{},
	}
	f.changed = sync.NewCond(&f.mu)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", f.serve)
	mux.HandleFunc("POST /response/{id}", f.serveResponse)
	mux.HandleFunc("GET /socket", f.serveSocket)
	f.server = httptest.NewServer(f.gate(mux))
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

// Views returns every modal that was opened, oldest first.
func (f *Slack) Views() []View {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.views)
}

// Await waits until want accepts the messages that [Slack.Messages] returns. Its error is that ctx
// ended first. want must not call the fake.
func (f *Slack) Await(ctx context.Context, want func([]Message) bool) error {
	return f.until(ctx, func() bool { return want(f.copied()) })
}

// AwaitView waits for the n-th modal, counted from 1, and returns it. Its error is that ctx ended
// first.
func (f *Slack) AwaitView(ctx context.Context, n int) (View, error) {
	var v View
	err := f.until(ctx, func() bool {
		if len(f.views) < n {
			return false
		}
		v = f.views[n-1]
		return true
	})
	return v, err
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
	m.TS = fmt.Sprintf("%d.%06d", time.Now().Unix(), f.next())
	f.messages = append(f.messages, &m)
	f.changed.Broadcast()
	return &m
}

// find returns the message with a channel and a timestamp; nil if it doesn't exist, was deleted, or
// is ephemeral, which the API can't address. The lock is held.
func (f *Slack) find(channel, ts string) *Message {
	for _, m := range f.messages {
		if m.Channel == channel && m.TS == ts && !m.Deleted && m.OnlyFor == "" {
			return m
		}
	}
	return nil
}

// walk visits every object in a JSON text, a parent before its children, arrays in their order and
// fields by name. What isn't JSON has none.
func walk(raw json.RawMessage, visit func(map[string]any)) {
	var v any
	if json.Unmarshal(raw, &v) == nil {
		walkValue(v, visit)
	}
}

// walkValue is walk for JSON that was decoded.
func walkValue(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			walkValue(one, visit)
		}
	case map[string]any:
		visit(v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walkValue(v[key], visit)
		}
	}
}
