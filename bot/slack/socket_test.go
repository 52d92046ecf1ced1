package slack_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
)

func TestSocketNeedsAToken(t *testing.T) {
	if err := start(t).Socket(t.Context()); err == nil {
		t.Error("ran without an app token")
	}
}

func TestSocketAcknowledgesWhatIsDurableOnly(t *testing.T) {
	r := overSocket(t)
	card := mustCard(t, r)
	if err := r.fake.Connected(soon(t)); err != nil {
		t.Fatal(err)
	}
	r.staff.failing(errors.New("store is away"))
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	id, a, err := r.fake.Reply(short, card, ann, "at nine")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("acknowledged: %+v %v", a, err)
	}
	r.staff.failing(nil)
	if _, err := r.fake.Again(soon(t), a); err != nil {
		t.Fatal(err)
	}
	want := handlers.ThreadReply{
		ID: "slack:" + id, Thread: card, User: ann, Text: "at nine", Case: true,
	}
	if n := len(r.staff.replies); n != 2 || r.staff.replies[1] != want {
		t.Errorf("got %+v", r.staff.replies)
	}
}

func TestSocketReconnects(t *testing.T) {
	for name, end := range map[string]func(*slacktest.Slack){
		"Slack asks for it":      (*slacktest.Slack).Refresh,
		"the line is cut":        (*slacktest.Slack).Drop,
		"Slack is away a moment": func(f *slacktest.Slack) { f.Off(true); f.Off(false) },
	} {
		t.Run(name, func(t *testing.T) {
			r := overSocket(t)
			card := mustCard(t, r)
			for range 3 {
				if _, _, err := r.fake.Reply(soon(t), card, ann, "hello"); err != nil {
					t.Fatal(err)
				}
				end(r.fake)
			}
			if n := len(r.staff.replies); n != 3 {
				t.Errorf("%d replies", n)
			}
		})
	}
}

func TestSocketLetsUnknownThingsPass(t *testing.T) {
	r := overSocket(t)
	for _, event := range []map[string]any{
		{"type": "an_event_of_next_year", "ts": 1},
		{"type": "message", "channel": 7},
	} {
		if a, err := r.fake.Event(soon(t), event); err != nil || a.Status != 200 {
			t.Errorf("%v: %d %v", event, a.Status, err)
		}
	}
	// A command without a user is acknowledged too: it would only come again.
	if a, err := r.fake.Command(soon(t), slacktest.Desk, "", "today"); err != nil ||
		a.Status != 200 {
		t.Errorf("%d %v", a.Status, err)
	}
	r.Wait()
	if len(r.staff.replies)+len(r.staff.commands) != 0 {
		t.Errorf("got %+v %+v", r.staff.replies, r.staff.commands)
	}
}

// /status shows what Connected reports, and an engineer on call acts on it.
func TestConnected(t *testing.T) {
	log := make(lines, 100)
	r := start(t, func(c *slack.Config) {
		c.AppToken, c.Log = slacktest.AppToken, slog.New(slog.NewTextHandler(log, nil))
	})
	r.fake.Point("")
	is := func(when string, want, fault bool) {
		t.Helper()
		if up, err := r.Connected(); up != want || (err != nil) != fault {
			t.Errorf("%s: %t %v", when, up, err)
		}
	}
	works := func() {
		t.Helper()
		if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
			t.Fatal(err)
		}
	}
	is("before it began", false, false)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Socket(ctx) }()
	works()
	is("connected", true, false)
	r.fake.Off(true)
	for !strings.Contains(<-log, "slack socket mode connecting") {
	}
	is("Slack is away", false, true)
	r.fake.Off(false)
	works()
	is("connected again", true, false)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestConnects(t *testing.T) {
	r := start(t, func(c *slack.Config) { c.AppToken = slacktest.AppToken })
	if err := r.Connects(t.Context()); err != nil {
		t.Error(err)
	}
	r.fake.Fail(1, slacktest.Fault{Method: "apps.connections.open", Code: "invalid_auth"})
	if err := r.Connects(t.Context()); slack.Word(err) != "invalid_auth" {
		t.Errorf("a token that was taken back: %v", err)
	}
	other := start(t, func(c *slack.Config) { c.AppToken = slacktest.BotToken })
	if err := other.Connects(t.Context()); slack.Word(err) != "invalid_auth" {
		t.Errorf("a token of another kind: %v", err)
	}
}

// lines is a log whose lines a test can wait for.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

func TestSocketOutlivesARefusal(t *testing.T) {
	log := make(lines, 10)
	r := start(t, func(c *slack.Config) {
		c.AppToken, c.Log = slacktest.AppToken, slog.New(slog.NewTextHandler(log, nil))
	})
	r.fake.Fail(1, slacktest.Fault{Method: "apps.connections.open", Code: "invalid_auth"})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Socket(ctx) }()
	if line := <-log; !strings.Contains(line, "invalid_auth") ||
		strings.Contains(line, slacktest.AppToken) {
		t.Errorf("logged %s", line)
	}
	select {
	case err := <-ended:
		t.Errorf("gave up: %v", err)
	default:
	}
	cancel() // while it rests
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
