package slack_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// Nobody who doesn't know the secret is heard. Without a secret that is everybody: an HMAC with an
// empty key is one that anybody can make.
func TestForgedSignatures(t *testing.T) {
	body := read(t, "event/reply.json")
	sign := func(secret, at string) func(*http.Request) {
		return func(r *http.Request) {
			mac := hmac.New(sha256.New, []byte(secret))
			_, _ = fmt.Fprintf(mac, "v0:%s:%s", at, body)
			r.Header.Set("X-Slack-Request-Timestamp", at)
			r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
		}
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	noSecret := func(c *slack.Config) { c.SigningSecret, c.AppToken = "", slacktest.AppToken }
	for _, test := range []struct {
		name   string
		config func(*slack.Config)
		change func(*http.Request)
		want   int
	}{
		{name: "the app's secret", change: sign(slacktest.SigningSecret, now), want: 200},
		{name: "the empty secret", change: sign("", now), want: 403},
		{name: "there is none", config: noSecret, change: sign("", now), want: 403},
		{name: "another app's secret", change: sign("f0e1", now), want: 403},
		{name: "no number for a time", change: sign(slacktest.SigningSecret, "now"), want: 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.config == nil {
				test.config = func(*slack.Config) {}
			}
			r := start(t, test.config)
			status, text := r.post(t, "/slack/event", body, test.change)
			if heard := len(r.staff.replies); status != test.want || heard != 1-status/400 {
				t.Errorf("status %d %s, staff heard %d, want %d", status, text, heard, test.want)
			}
			if log := r.log.String(); strings.Contains(log, slacktest.SigningSecret) ||
				strings.Contains(log, "bring a friend") {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// A redirect isn't followed: it would carry the token to wherever it points.
func TestTokenStaysWithSlack(t *testing.T) {
	heard := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard <- r.Header.Get("Authorization")
	}))
	defer other.Close()
	proxy := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer proxy.Close()
	r := start(t, func(c *slack.Config) { c.APIURL = proxy.URL })
	if _, err := r.Auth(t.Context()); err == nil || strings.Contains(err.Error(), "xoxb") {
		t.Errorf("got %v", err)
	}
	if err := r.Say(t.Context(), handlers.DeskChannel, "x"); err == nil {
		t.Error("a line that went nowhere was said")
	}
	if len(heard) != 0 {
		t.Errorf("the other server was sent %q", <-heard)
	}
}

// withoutScopes is a proxy that drops a header that it doesn't know.
type withoutScopes struct{}

func (withoutScopes) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		resp.Header.Del("X-Oauth-Scopes")
	}
	return resp, err
}

// What isn't told isn't missing: an app that works mustn't be reported as one without a scope.
func TestAuthBehindAProxy(t *testing.T) {
	r := start(t, func(c *slack.Config) {
		c.Transport, c.APIURL = withoutScopes{}, strings.TrimSuffix(c.APIURL, "/")
	})
	got, err := r.Auth(t.Context())
	if want := (slack.Auth{Team: "Clinic"}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v %v, want %+v", got, err, want)
	}
}

// A response URL lets whoever reads it post as the bot, so a failure to reach it isn't logged with
// it.
func TestResponseURLStaysOutOfTheLog(t *testing.T) {
	r := start(t)
	r.fake.Off(true)
	if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
		t.Fatal(err)
	}
	r.Wait()
	if log := r.log.String(); !strings.Contains(log, "slack answer not delivered") ||
		strings.Contains(log, "/response/") {
		t.Errorf("log: %s", log)
	}
}

// strict is staff whose store keeps nothing; it records how long it was given.
type strict struct {
	*staff
	err  error
	left time.Duration
}

func (s *strict) Reply(ctx context.Context, r handlers.ThreadReply) error {
	at, _ := ctx.Deadline()
	s.left = time.Until(at)
	return s.err
}

// Who wrote a reply that isn't stored is told at its first delivery, once, and in time for Slack:
// whether it is tried again by itself depends on why.
func TestReplyThatIsNotStored(t *testing.T) {
	const again, by = "It is tried again for five minutes", "use `/clinic say`"
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{name: "the store is away", err: handlers.ErrAway, want: again},
		{name: "the store is slow", err: context.DeadlineExceeded, want: again},
		{name: "no such case", err: errors.New("no case in that thread"), want: by},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := &strict{staff: &staff{}, err: fmt.Errorf("take: %w", test.err)}
			r := start(t, func(c *slack.Config) { c.Staff = x })
			_, a, err := r.fake.Reply(soon(t), mustCard(t, r), ann, "at nine")
			for range 3 {
				if err != nil || a.Status != 500 {
					t.Fatalf("not stored, and acknowledged: %d %v", a.Status, err)
				}
				a, err = r.fake.Again(soon(t), a)
			}
			r.Wait()
			var told []string
			for _, m := range r.fake.Messages() {
				if m.OnlyFor == ann {
					told = append(told, m.Text)
				}
			}
			if len(told) != 1 || !strings.Contains(told[0], test.want) {
				t.Errorf("was told %q, want %q once", told, test.want)
			}
			if x.left <= 0 || x.left > 2500*time.Millisecond {
				t.Errorf("the store was given %v; Slack waits three seconds", x.left)
			}
		})
	}
}

// Interactions that aren't ours, or that are put together in another way than usual.
func TestInteractions(t *testing.T) {
	const at = "CDESK:1764599400.000100"
	press := func(id, action string) handlers.Press {
		return handlers.Press{ID: "press:" + at + ":" + id, Thread: at, Action: action, User: ann, FromDesk: true}
	}
	const user = `"api_app_id":"A123456","team":{"id":"T0001"},"user":{"id":"` + ann + `"}`
	const where = `"container":{"channel_id":"CDESK","message_ts":"1764599400.000100"}`
	for _, test := range []struct {
		name, payload, answer string
		want                  []handlers.Press
	}{
		{
			name: "the place in the container only",
			payload: `{"type":"block_actions",` + user + `,` + where + `,
				"actions":[{"action_id":"take","block_id":"b1","action_ts":"7.1"}]}`,
			want: []handlers.Press{press("take:7.1", desk.ActionTake)},
		},
		{
			name: "a place without a message",
			payload: `{"type":"block_actions",` + user + `,"channel":{"id":"CDESK"},
				"actions":[{"type":"button","action_id":"take","block_id":"b1"}]}`,
		},
		{
			name: "another app's form", payload: `{"type":"view_submission",` + user + `,
				"view":{"id":"V1","callback_id":"other"}}`,
		},
		{
			name: "the form is closed", payload: `{"type":"view_closed",` + user + `,
				"view":{"id":"V1","callback_id":"form"}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			body := url.Values{"payload": {test.payload}}.Encode()
			status, answer := r.post(t, "/slack/interaction", []byte(body))
			r.Wait()
			if status != 200 || strings.TrimSpace(answer) != test.answer ||
				!reflect.DeepEqual(r.staff.presses, test.want) || len(r.staff.commands) != 0 {
				t.Errorf(
					"%d %s, %+v, %+v; want %s, %+v", status, answer, r.staff.presses,
					r.staff.commands, test.answer, test.want,
				)
			}
		})
	}
}

// What a clinic configures, and what staff are answered, may be longer than Slack takes.
func TestLimits(t *testing.T) {
	for _, test := range []struct{ name, answer, want string }{
		{name: "fits", answer: strings.Repeat("x", 12_000), want: strings.Repeat("x", 12_000)},
		{name: "more than one message", answer: strings.Repeat("x", 50_000), want: strings.Repeat("x", 50_000)},
		{
			name: "more than a response URL takes", answer: strings.Repeat("x", 70_000),
			want: strings.Repeat("x", 60_000) + "There is more than can be shown here. " +
				"Ask for less at a time.",
		},
		{
			name: "longer once escaped", answer: strings.Repeat("<", 4_000),
			want: strings.Repeat("&lt;", 4_000),
		},
		{name: "emoji", answer: strings.Repeat("😀", 4_000), want: strings.Repeat("😀", 4_000)},
		{name: "lines of Windows", answer: "a\r\nb", want: "ab"},
		{name: "nothing to say"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			r.staff.answer = test.answer
			if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "today"); err != nil {
				t.Fatal(err)
			}
			r.Wait()
			var got bytes.Buffer
			for _, m := range r.fake.Messages() {
				got.WriteString(strings.ReplaceAll(m.Words(), "\n", ""))
			}
			if got.String() != test.want {
				t.Errorf(
					"got %d bytes ending in %.20q, want %d", got.Len(),
					got.String()[max(0, got.Len()-12):], len(test.want),
				)
			}
		})
	}
}
