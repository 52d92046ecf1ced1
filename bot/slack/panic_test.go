package slack_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// thrower is a Staff that panics on every command, and on replies with a certain word. The panic's
// value is the text, which must not reach the log.
type thrower struct{ *staff }

func (thrower) Command(_ context.Context, c handlers.Command) (answer.Answer, error) {
	panic(c.Text)
}

func (x thrower) Reply(ctx context.Context, r handlers.ThreadReply) error {
	if strings.Contains(r.Text, "lithium") {
		panic(r.Text)
	}
	return x.staff.Reply(ctx, r)
}

// lockedLog is a log that several goroutines may write to.
type lockedLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A panic over what staff sent doesn't end the program. The log says where it was, without the
// text.
func TestWorkThatPanics(t *testing.T) {
	const words = "say 212-555-0101 take your lithium"
	log, x := &lockedLog{}, thrower{&staff{answer: "ok"}}
	change := func(c *slack.Config) { c.Staff, c.Log = x, slog.New(slog.NewTextHandler(log, nil)) }
	for name, r := range map[string]func(*testing.T) room{
		"http":   func(t *testing.T) room { return start(t, change) },
		"socket": func(t *testing.T) room { return overSocket(t, change) },
	} {
		t.Run(name, func(t *testing.T) {
			r := r(t)
			for range 2 {
				a, err := r.fake.Command(soon(t), slacktest.Desk, ann, words)
				if err != nil || a.Status != 200 {
					t.Errorf("%+v %v", a, err)
				}
				r.Wait()
			}
		})
	}
	t.Run("an envelope", func(t *testing.T) {
		r := overSocket(t, change)
		card := mustCard(t, r)
		_, a, err := r.fake.Reply(t.Context(), card, ann, "hello")
		if err != nil || a.Status != 200 {
			t.Fatalf("%+v %v", a, err)
		}
		short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, _, err := r.fake.Reply(short, card, ann, words); err == nil {
			t.Error("acknowledged though nothing was done")
		}
		if _, _, err := r.fake.Reply(soon(t), card, ann, "hello again"); err != nil {
			t.Error(err)
		}
	})
	got := log.String()
	if strings.Contains(got, "lithium") || strings.Count(got, "panic_test.go") < 5 {
		t.Errorf("logged %s", got)
	}
}
