package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

var errAway = errors.New("store: away")

// away is what the handlers are while the store is away.
type away struct{ sandbox.Staff }

func (away) Command(context.Context, handlers.Command) (answer.Answer, error) {
	return answer.Answer{}, errAway
}

func (away) Press(context.Context, handlers.Press) (answer.Answer, error) {
	return answer.Answer{}, errAway
}

func (away) Receipt(context.Context, gate.Receipt) error { return errAway }

// TestDoorsWhileSomethingFails holds each door to its answer: 400 for what the caller can mend, 500
// with the cause for what fails behind it.
func TestDoorsWhileSomethingFails(t *testing.T) {
	staffAway := func(c *sandbox.Config) { c.Staff = away{c.Staff} }
	dueFails := func(c *sandbox.Config) {
		c.Due = func(context.Context, time.Time) (int, time.Time, error) {
			return 0, time.Time{}, errAway
		}
	}
	noVisits := func(c *sandbox.Config) {
		c.Import = func(context.Context, io.Reader, bool) (any, error) {
			return nil, errors.New("line 1: no column start")
		}
	}
	const (
		text    = `{"from":"2125550101","body":"hi"}`
		reply   = `{"thread":"T1","text":"Yes."}`
		press   = `{"thread":"T1","action":"take"}`
		notDone = `{"error":"carry out what is due: store: away"}`
	)
	for _, c := range []struct {
		path, body string
		change     func(*sandbox.Config)
		status     int
		want       string
	}{
		{
			path: "command", body: `{"text":"today"}`, change: staffAway, status: 500,
			want: `{"error":"staff command: store: away"}`,
		},
		{
			path: "press", body: press, change: staffAway, status: 500,
			want: `{"error":"staff press: store: away"}`,
		},
		{
			path: "import", body: "x", change: noVisits, status: 400,
			want: `{"error":"line 1: no column start"}`,
		},
		{path: "text", body: text, change: dueFails, status: 500, want: notDone},
		{path: "reply", body: reply, change: dueFails, status: 500, want: notDone},
		{path: "press", body: press, change: dueFails, status: 500, want: notDone},
		{path: "command", body: `{"text":"x"}`, change: dueFails, status: 500, want: notDone},
		{path: "import", body: "x", change: dueFails, status: 500, want: notDone},
		{path: "clock", body: `{"advance":"1h"}`, change: dueFails, status: 500, want: notDone},
	} {
		t.Run(c.path, func(t *testing.T) {
			r := newRig(t, c.change)
			r.card(t, question(t), "T1")
			r.want(t, "/sandbox/"+c.path, c.body, c.status, c.want)
		})
	}
	r := newRig(t)
	for _, path := range []string{"text", "clock", "command", "reply", "press"} {
		r.want(
			t, "/sandbox/"+path, `{"user":1`, 400,
			`{"error":"the body: want one JSON object: unexpected EOF"}`,
		)
	}
}

// A receipt that can't be taken is handed over again, before the later ones: "delivered" must not
// overtake "sent".
func TestReceiptsWhileTheStoreIsAway(t *testing.T) {
	r, store := sandbox.New(), &flaky{fails: 2}
	r.Serve(sandbox.Config{
		Receipts: store, Start: start(),
		Due: func(context.Context, time.Time) (sent int, next time.Time, err error) {
			return 0, time.Time{}, nil
		},
	})
	o := handlers.Outgoing{ID: "v1", To: mustPhone(t, "+12125550101"), Body: "See you"}
	if _, err := r.Send(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for range store.fails {
		if err := r.Settle(t.Context()); !errors.Is(err, errAway) {
			t.Errorf("got %v", err)
		}
	}
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, store.told, "sent", "sent", "sent", "delivered")
}

// flaky takes receipts once it has failed so often.
type flaky struct {
	fails int
	told  []string
}

func (f *flaky) Receipt(_ context.Context, r gate.Receipt) error {
	f.told = append(f.told, r.State)
	if len(f.told) <= f.fails {
		return errAway
	}
	return nil
}

// A call's words can be read, since nobody hears them, and it has receipts like a text.
func TestCall(t *testing.T) {
	r := newRig(t)
	o := handlers.Outgoing{
		ID: "oncall", To: mustPhone(t, "+12125550112"), Kind: "oncall", Body: "A patient may be…",
	}
	sid, err := r.Call(t.Context(), o)
	if err != nil || !strings.HasPrefix(sid, "SM") {
		t.Fatalf("%q %v", sid, err)
	}
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, r.texts(t, "2125550112"), "out delivered oncall: A patient may be…")
}

// The desk shows who was pinged, replaces a page by the next, and counts what joined a case.
func TestNotesOfAPagingCase(t *testing.T) {
	r := newRig(t)
	c := question(t)
	c.More = 2
	r.card(t, c, "T1")
	for _, p := range []handlers.Post{
		{ID: "p1", From: "patient", Text: "hello?"},
		{ID: "p2", From: "bot", Text: "Nobody has this yet, 5 minutes on.", Ping: "here"},
		{ID: "p3", From: "bot", Text: "15 minutes on.", Ping: "channel", Clear: "p2"},
		{ID: "p3", From: "bot", Text: "15 minutes on.", Ping: "channel", Clear: "p2"},
	} {
		if err := r.Note(t.Context(), c, p); err != nil {
			t.Fatal(err)
		}
	}
	_, got := r.call(t, "/sandbox/desk", "")
	if want := `"replies":[{"from":"patient","state":"","text":"hello?"},` +
		`{"from":"bot","state":"","text":"@channel 15 minutes on."}]`; !strings.Contains(
		bare(t, got), want,
	) {
		t.Errorf("got %s, want %s", bare(t, got), want)
	}
	if want := `"text":"A question\ncan i bring my dog\n(2 more in the thread)"`; !strings.Contains(
		got, want,
	) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A line that belongs to no case shows when it was said, though nobody has touched the clock since.
func TestSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sandbox.New()
		page := r.Serve(sandbox.Config{Start: start()})
		<-time.After(90 * time.Minute)
		if err := r.Say(t.Context(), handlers.UrgentChannel, "Redis is away."); err != nil {
			t.Fatal(err)
		}
		res := httptest.NewRecorder()
		page.ServeHTTP(res, httptest.NewRequestWithContext(
			t.Context(), http.MethodGet, "http://localhost/sandbox/desk", nil,
		))
		const want = `[{"thread":"T1","channel":"urgent","at":"2026-11-23T10:30:00-05:00",` +
			`"phone":"","text":"@channel Redis is away.","open":false,"actions":[],"replies":[]}]`
		if got := res.Body.String(); bare(t, got) != bare(t, want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}

// asleep is the connection to a page that reads nothing until it wakes.
type asleep struct {
	*httptest.ResponseRecorder
	began chan struct{} // closed at the first write
	wake  chan struct{}
}

func (a *asleep) Write(b []byte) (int, error) {
	if a.Body.Len() == 0 {
		close(a.began)
	}
	<-a.wake
	return a.ResponseRecorder.Write(b)
}

// A page that sleeps holds nobody up. It is hung up on, and starts anew, rather than shown a part
// of what happened as if it were all.
func TestEventsOfAPageThatSleeps(t *testing.T) {
	r := sandbox.New()
	page := r.Serve(sandbox.Config{Start: start()})
	a := &asleep{
		ResponseRecorder: httptest.NewRecorder(), began: make(chan struct{}),
		wake: make(chan struct{}),
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		page.ServeHTTP(a, httptest.NewRequestWithContext(
			ctx, http.MethodGet, "http://localhost/sandbox/events", nil,
		))
	}()
	<-a.began
	const backlog = 256
	for range backlog + 10 {
		if err := r.Say(t.Context(), handlers.DeskChannel, "x"); err != nil {
			t.Fatal(err)
		}
	}
	close(a.wake)
	<-ended
	n := strings.Count(a.Body.String(), "event: card\n")
	if err := ctx.Err(); err != nil || n != backlog {
		t.Errorf("%d events, %v; want %d and then the end", n, err, backlog)
	}
}

// A turn ends when the program does: the clock stays at the last row that was delivered.
func TestTurnWhileClosing(t *testing.T) {
	r := newRig(t)
	r.bot.at(start().Add(time.Hour), func(context.Context) { r.Hangup() })
	r.bot.at(start().Add(2*time.Hour), func(context.Context) { t.Error("went on") })
	r.want(
		t, "/sandbox/clock", `{"advance":"3h"}`, 500,
		`{"error":"the sandbox is closing: the clock stopped on its way"}`,
	)
	if now := r.Now(); now.Before(start().Add(time.Hour)) || !now.Before(start().Add(2*time.Hour)) {
		t.Errorf("now %s, want about ten", now)
	}
}

// telling is a Stories with one story, whose one step came otherwise in part.
type telling struct{ began string }

func (t *telling) List() []sandbox.Story {
	return []sandbox.Story{{Name: "a", Title: "A", Why: "Since.", Steps: 2}}
}

func (t *telling) Playing() *sandbox.Playing {
	if t.began == "" {
		return nil
	}
	return &sandbox.Playing{Story: t.List()[0], Scene: 1, Began: []sandbox.Line{}, Done: []sandbox.Step{{
		Remarks: []string{"A remark."}, Seen: "[Publish]", Desk: true, Lines: []sandbox.Line{
			{Text: "Dana asks today"},
			{Text: "Dana sees a visit", Check: true},
			{Text: "desk shows a card", Check: true, Came: "came: nothing"},
		},
	}}}
}

func (t *telling) Next(context.Context) error { return sandbox.ErrNoStory }
func (t *telling) Leave() error               { return errAway }

func (t *telling) Begin(_ context.Context, name string) error {
	t.began = name
	return nil
}

// The doors of stories: what is asked for reaches them, a fault of the caller's is told as one, and
// a sandbox without stories has none.
func TestStoriesDoors(t *testing.T) {
	one := &telling{}
	with := newRig(t, func(c *sandbox.Config) { c.Stories = one })
	without := newRig(t)
	const list = `{"stories":[{"name":"a","title":"A","why":"Since.","steps":2}],"playing":null}`
	for _, c := range []struct {
		on     rig
		path   string
		body   string
		status int
		want   string
	}{
		{on: with, path: "/sandbox/stories", status: 200, want: list},
		{
			on: with, path: "/sandbox/story", body: `{"do":"begin","name":"a"}`, status: 200,
			want: `"scene":1`,
		},
		{on: with, path: "/sandbox/story", body: `{"do":"next"}`, status: 404, want: "no such story"},
		{on: with, path: "/sandbox/story", body: `{"do":"leave"}`, status: 500, want: "store: away"},
		{on: with, path: "/sandbox/story", body: `{"do":"fly"}`, status: 400, want: "do: want"},
		{on: without, path: "/sandbox/stories", status: 200, want: `{"stories":[],"playing":null}`},
		{on: without, path: "/sandbox/story", body: `{"do":"next"}`, status: 404, want: "no such story"},
	} {
		method := http.MethodPost
		if c.body == "" {
			method = http.MethodGet
		}
		r, err := http.NewRequestWithContext(t.Context(), method, c.on.url+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if err != nil || a.StatusCode != c.status || !strings.Contains(string(got), c.want) {
			t.Errorf("%s %s: %d %s, %v", c.path, c.body, a.StatusCode, got, err)
		}
	}
	if one.began != "a" {
		t.Errorf("began %q", one.began)
	}
}
