package twilio_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

const public = "https://bot.example.com"

// house stands behind the webhooks: it keeps what it was told and answers what the test set.
type house struct {
	mu       sync.Mutex
	texts    []handlers.Text
	receipts []gate.Receipt
	bodies   []string
	err      error
	deadline time.Duration
	ended    error // of the context at the end
	hold     func()
}

func (h *house) Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error) {
	if h.hold != nil {
		h.hold()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at, _ := ctx.Deadline()
	h.deadline, h.ended = time.Until(at), ctx.Err()
	h.texts = append(h.texts, t)
	return handlers.Reply{Bodies: h.bodies}, h.err
}

func (h *house) Receipt(_ context.Context, r gate.Receipt) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.receipts = append(h.receipts, r)
	return h.err
}

// OnCall says back what was pressed for which case.
func (h *house) OnCall(_ context.Context, call, caseID, digits string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return call + " pressed " + digits + " for " + caseID, h.err
}

// bench is a Twilio under test with what is around it.
type bench struct {
	*twilio.Twilio
	house *house
	log   *bytes.Buffer
	now   time.Time
}

func newBench(t testing.TB, change func(*twilio.Config)) *bench {
	t.Helper()
	b := &bench{
		house: &house{}, log: &bytes.Buffer{}, now: time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC),
	}
	c := twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, From: twiliotest.From,
		BaseURL: "http://127.0.0.1:1", PublicURL: public, Timeout: 5 * time.Second,
		Patient: b.house, Receipts: b.house, OnCall: b.house,
		Now: func() time.Time { return b.now },
		Log: slog.New(slog.NewTextHandler(b.log, nil)),
	}
	if change != nil {
		change(&c)
	}
	tw, err := twilio.New(c)
	if err != nil {
		t.Fatal(err)
	}
	b.Twilio = tw
	return b
}

func phone(t *testing.T, s string) handlers.Phone {
	t.Helper()
	p, err := handlers.NewPhone(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// form is a recorded body of a post.
func form(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".form")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// signed is a post as Twilio makes it.
func signed(t testing.TB, uri, body string) *http.Request {
	t.Helper()
	f, err := url.ParseQuery(body)
	if err != nil {
		f = nil // a malformed one: the signature is of the URL alone
	}
	r := httptest.NewRequest(http.MethodPost, uri, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", twiliotest.Sign(twiliotest.AuthToken, public+uri, f))
	return r
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := twilio.New(
		twilio.Config{
			AccountSID: "AC/..", APIKey: "SK1", BaseURL: "ftp://x", PublicURL: "bot.example.com",
		},
	)
	if err == nil {
		t.Fatal("an empty configuration is taken")
	}
	for _, want := range []string{
		"account SID", "auth token", "secret", "messaging service", "API's URL", "public URL",
		"needed",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in:\n%v", want, err)
		}
	}
}

// wrong is a change to a sound configuration, and what New says of it.
type wrong struct {
	name   string
	change func(*twilio.Config)
	want   string // "" if it is taken
}

func wrongs() []wrong {
	const public = "the public URL is not one"
	return []wrong{
		{
			name:   "a service and no number",
			change: func(c *twilio.Config) { c.From, c.MessagingServiceSID = "", service },
		},
		{name: "a short code", change: func(c *twilio.Config) { c.From = "55501" }},
		{
			name: "nothing to send from", change: func(c *twilio.Config) { c.From = "" },
			want: "a messaging service or a number to send from is missing",
		},
		{
			name: "a key without its secret", change: func(c *twilio.Config) { c.APIKey = "SK1" },
			want: "an API key needs its secret",
		},
		{
			name: "a secret without its key", change: func(c *twilio.Config) { c.APISecret = "x" },
			want: "an API key needs its secret",
		},
		{
			name:   "an account that leaves its path",
			want:   "the account SID is AC and 32 digits or letters a to f",
			change: func(c *twilio.Config) { c.AccountSID = "AC1/../../x" },
		},
		{
			name: "a query", want: public,
			change: func(c *twilio.Config) { c.PublicURL = "https://bot.example.com/?a=b" },
		},
		{
			name: "a fragment", want: public,
			change: func(c *twilio.Config) { c.PublicURL = "https://bot.example.com/#a" },
		},
		{
			name: "no host", want: public,
			change: func(c *twilio.Config) { c.PublicURL = "https:///x" },
		},
		{
			name: "an API that isn't HTTP", want: "the API's URL is not one",
			change: func(c *twilio.Config) { c.BaseURL = "file:///etc" },
		},
		{
			name: "nobody to answer", want: "Patient, Receipts, OnCall, Now and Log are needed",
			change: func(c *twilio.Config) { c.Patient = nil },
		},
	}
}

// Each fault of a configuration is found alone, and what is sound is taken.
func TestNewChecks(t *testing.T) {
	for _, c := range wrongs() {
		h := &house{}
		config := twilio.Config{
			AccountSID: twiliotest.AccountSID, AuthToken: "x", From: twiliotest.From,
			PublicURL: "https://bot.example.com/", Patient: h, Receipts: h, OnCall: h,
			Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}
		c.change(&config)
		got, err := twilio.New(config)
		want := "<nil>"
		if c.want != "" {
			want = "twilio: " + c.want
		}
		if fmt.Sprint(err) != want || (got == nil) != (c.want != "") {
			t.Errorf("%s: %v; want %s", c.name, err, want)
		}
	}
}
