// Package slacktest is a Slack that fits in a test: the methods of the Web API that Beacon calls,
// response URLs, Socket Mode, and the staff who type and press. It keeps what it is told, refuses
// what Slack would refuse, and fails when it is told to.
//
// It knows nothing of package slack, so that the two can't share a mistake.
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

// The credentials of the one app that the fake knows.
const (
	BotToken      = "xoxb-fake"
	AppToken      = "xapp-fake"
	SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	BotUser       = "UBEACON"
	BotID         = "BBEACON"
)

// The channels that there are.
const (
	Desk   = "CDESK"
	Urgent = "CURGENT"
	Lobby  = "CLOBBY" // not the desk's
)

// Message is something that was posted.
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
	OnlyFor   string          `json:"-"` // an ephemeral one: who sees it
	Updates   int             `json:"-"` // how often it was changed
	Deleted   bool            `json:"-"`
}

// ID is "channel:ts", which of a card is its thread.
func (m Message) ID() string { return m.Channel + ":" + m.TS }

// Thread is the id of the thread that the message is in.
func (m Message) Thread() string { return m.Channel + ":" + m.ThreadTS }

// Buttons are the action ids of the message's buttons.
func (m Message) Buttons() []string {
	var ids []string
	walk(m.Blocks, func(o map[string]any) {
		if o["type"] == "button" {
			ids = append(ids, fmt.Sprint(o["action_id"]))
		}
	})
	return ids
}

// Words is every text in the message's blocks, a line each; the plain text if it has none.
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

// Call is one request to the API.
type Call struct {
	Method string
	Form   url.Values      // of a form
	JSON   json.RawMessage // of a JSON body
}

// View is a modal that was opened.
type View struct {
	ID   string
	User string
	JSON json.RawMessage
}

// Fault is how a call fails.
type Fault struct {
	Method string        // "" is any
	Code   string        // Slack's word, in an answer with "ok": false
	Status int           // or an HTTP status
	After  time.Duration // or 429 with Retry-After
	Lose   bool          // or it is done, but the answer is lost
}

// Slack is the fake. Make it with New.
type Slack struct {
	stall.Gate // of all calls
	server     *httptest.Server

	mu       sync.Mutex
	changed  *sync.Cond
	bot      string // the bot's base URL
	off      bool
	channels map[string]Channel
	scopes   []string
	serial   int64
	messages []*Message
	calls    []Call
	views    []View
	faults   []Fault
	triggers map[string]string  // id → user; each opens one modal
	urls     map[string]*answer // response URLs by path
	sockets  []*socket
	acks     map[string]chan json.RawMessage // by envelope id
}

// answer is a response URL.
type answer struct {
	channel, user string
	left          int
}

// New starts a Slack. Close it.
func New() *Slack {
	f := &Slack{
		channels: channels(), scopes: scopes(),
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

// Close ends every connection and the server.
func (f *Slack) Close() {
	f.Hang(false)
	f.Drop()
	f.server.CloseClientConnections()
	f.server.Close()
}

// URL is the base of the Web API.
func (f *Slack) URL() string { return f.server.URL + "/api/" }

// Point says where the bot listens, as in "http://127.0.0.1:8080". Without it what staff do goes
// through Socket Mode.
func (f *Slack) Point(bot string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bot = strings.TrimRight(bot, "/")
}

// Fail lets the next n calls that the fault is about fail.
func (f *Slack) Fail(n int, how Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.faults = append(f.faults, how)
	}
}

// Off cuts every connection, old and new, until it is told otherwise.
func (f *Slack) Off(off bool) {
	f.mu.Lock()
	f.off = off
	f.mu.Unlock()
	if off {
		f.Drop()
		f.server.CloseClientConnections()
	}
}

// gate cuts the connection while Slack is off.
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

// Messages is all that was posted, oldest first, what only one person sees included.
func (f *Slack) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.copied()
}

// Thread is a card or any other message, and what stands under it.
func (f *Slack) Thread(id string) []Message {
	return slices.DeleteFunc(f.Messages(), func(m Message) bool {
		return m.ID() != id &&
			m.Thread() != id
	})
}

// Calls is every request to a method, or to all with "".
func (f *Slack) Calls(method string) []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.calls), func(c Call) bool {
		return method != "" &&
			c.Method != method
	})
}

// Views is every modal that was opened.
func (f *Slack) Views() []View {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.views)
}

// Await waits until what is posted is as wanted.
func (f *Slack) Await(ctx context.Context, want func([]Message) bool) error {
	return f.until(ctx, func() bool { return want(f.copied()) })
}

// AwaitView waits for the n-th modal (from 1).
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

// Delete takes a message away, as its author or an administrator may.
func (f *Slack) Delete(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.messages {
		if m.ID() == id {
			m.Deleted = true
		}
	}
}

// until waits for a change until done; done is called with the lock held.
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

// copied is the messages that are there; the lock is held.
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

// next is a number that nobody had; the lock is held.
func (f *Slack) next() int64 {
	f.serial++
	return f.serial
}

// add posts a message; the lock is held.
func (f *Slack) add(m Message) *Message {
	// Timestamps are ids: unique, and they sort in the order of posting.
	m.TS = fmt.Sprintf("%d.%06d", time.Now().Unix(), f.next())
	f.messages = append(f.messages, &m)
	f.changed.Broadcast()
	return &m
}

// find is the message of that channel and timestamp; the lock is held.
func (f *Slack) find(channel, ts string) *Message {
	for _, m := range f.messages {
		if m.Channel == channel && m.TS == ts && !m.Deleted && m.OnlyFor == "" {
			return m
		}
	}
	return nil
}

// walk visits every object in a JSON text, in order.
func walk(raw json.RawMessage, visit func(map[string]any)) {
	var v any
	if json.Unmarshal(raw, &v) == nil {
		walkValue(v, visit)
	}
}

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
