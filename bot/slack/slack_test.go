package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ann is the user id of the staff member in these tests.
const ann = "U2147483697"

// staff records what it is told.
type staff struct {
	mu       sync.Mutex
	commands []handlers.Command
	replies  []handlers.ThreadReply
	revised  []handlers.Revision
	presses  []handlers.Press
	forms    []handlers.Submission
	answer   string
	shows    *answer.Answer    // in place of answer
	pressed  answer.Answer     // what a press comes to
	faults   map[string]string // of a form
	fail     error
	hold     chan struct{} // a command waits for it
}

func (s *staff) Command(ctx context.Context, c handlers.Command) (answer.Answer, error) {
	if s.hold != nil {
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, c)
	return s.said(), s.fail
}

// said returns what a line or a form comes to.
func (s *staff) said() answer.Answer {
	if s.shows != nil {
		return *s.shows
	}
	return answer.Say("%s", s.answer)
}

func (s *staff) Submit(
	_ context.Context, f handlers.Submission,
) (answer.Answer, map[string]string, error) {
	if s.hold != nil {
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forms = append(s.forms, f)
	return s.said(), s.faults, s.fail
}

func (s *staff) Reply(_ context.Context, r handlers.ThreadReply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies = append(s.replies, r)
	return s.fail
}

func (s *staff) Revise(_ context.Context, r handlers.Revision) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revised = append(s.revised, r)
	return s.fail
}

func (s *staff) Press(_ context.Context, p handlers.Press) (answer.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.presses = append(s.presses, p)
	return s.pressed, s.fail
}

// failing sets the error of the next calls; nil lets them succeed.
func (s *staff) failing(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// room is a Slack under test, with a fake Slack behind it and a fake Staff in front.
type room struct {
	*slack.Slack
	fake  *slacktest.Slack
	staff *staff
	url   string // of the bot
	log   *bytes.Buffer
}

// start returns a room that listens on HTTP.
func start(t testing.TB, change ...func(*slack.Config)) room {
	t.Helper()
	r := room{fake: slacktest.New(), staff: &staff{answer: "ok"}, log: &bytes.Buffer{}}
	t.Cleanup(r.fake.Close)
	c := slack.Config{
		BotToken: slacktest.BotToken, SigningSecret: slacktest.SigningSecret,
		DeskChannel: slacktest.Desk, UrgentChannel: slacktest.Urgent,
		APIURL: r.fake.URL(), Staff: r.staff,
		Log: slog.New(slog.NewTextHandler(r.log, nil)),
	}
	for _, f := range change {
		f(&c)
	}
	s, err := slack.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r.Slack = s
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack/command", s.Command)
	mux.HandleFunc("POST /slack/interaction", s.Interaction)
	mux.HandleFunc("POST /slack/event", s.Event)
	bot := httptest.NewServer(mux)
	t.Cleanup(func() { bot.Close(); s.Wait() })
	r.url = bot.URL
	r.fake.Point(bot.URL)
	return r
}

// overSocket returns a room to which everything comes through Socket Mode.
func overSocket(t testing.TB, change ...func(*slack.Config)) room {
	t.Helper()
	r := start(
		t,
		append(
			change, func(c *slack.Config) { c.AppToken, c.SigningSecret = slacktest.AppToken, "" },
		)...,
	)
	r.fake.Point("")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Socket(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("socket: %v", err)
		}
	})
	return r
}

// bothWays runs a test over HTTP and over Socket Mode.
func bothWays(t *testing.T, run func(*testing.T, room)) {
	t.Run("http", func(t *testing.T) { run(t, start(t)) })
	t.Run("socket", func(t *testing.T) { run(t, overSocket(t)) })
}

// post sends a signed body to the bot and returns the status and the body of the answer. change may
// alter the signed request.
func (r room) post(
	t *testing.T, path string, body []byte, change ...func(*http.Request),
) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(
		t.Context(), http.MethodPost, r.url+path, bytes.NewReader(body),
	)
	if err != nil {
		t.Fatal(err)
	}
	slacktest.Sign(req, body)
	for _, f := range change {
		f(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	return resp.StatusCode, b.String()
}

// ephemeral waits for a message that only the user sees and that contains want.
func (r room) ephemeral(t *testing.T, user, want string) {
	t.Helper()
	r.await(t, func(all []slacktest.Message) bool {
		for _, m := range all {
			if m.OnlyFor == user && strings.Contains(m.Text, want) {
				return true
			}
		}
		return false
	})
}

func (r room) await(t *testing.T, want func([]slacktest.Message) bool) {
	t.Helper()
	if err := r.fake.Await(soon(t), want); err != nil {
		t.Fatalf("%v; there is %+v", err, r.fake.Messages())
	}
}

// soon bounds a wait.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// read returns a file of testdata.
func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b)
}

// golden compares got with a file of testdata/golden, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	got = append(bytes.TrimSpace(got), '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

// indent returns v as indented JSON with sorted keys, and with < unescaped.
func indent(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := errors.Join(err, e.Encode(v)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func phone(t *testing.T, s string) handlers.Phone {
	t.Helper()
	p, err := handlers.NewPhone(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := slack.New(slack.Config{})
	if err == nil {
		t.Fatal("an empty configuration was taken")
	}
	for _, want := range []string{
		"bot token", "signing secret", "desk channel", "urgent channel", "staff",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q doesn't name the %s", err, want)
		}
	}
}
