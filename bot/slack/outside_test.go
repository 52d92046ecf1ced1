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
			name: "a field in the modal", payload: `{"type":"block_actions",` + user + `,
				"view":{"id":"V1","callback_id":"book"},
				"actions":[{"type":"static_select","action_id":"type","block_id":"type"}]}`,
		},
		{
			name: "another app's form", payload: `{"type":"view_submission",` + user + `,
				"view":{"id":"V1","callback_id":"other"}}`,
		},
		{
			name: "the form is closed", payload: `{"type":"view_closed",` + user + `,
				"view":{"id":"V1","callback_id":"book"}}`,
		},
		{
			name: "a form without any values", payload: `{"type":"view_submission",` + user + `,
				"view":{"id":"V1","callback_id":"book"}}`,
			answer: `{"response_action":"errors","errors":{"date":"Choose the date.",` +
				`"lang":"Choose the language.","name":"Give a name.",` +
				`"phone":"Give the number with its area code.","time":"Choose the time.",` +
				`"type":"Choose the visit."}}`,
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
	t.Run("visit types", func(t *testing.T) {
		types := make([]string, 150)
		for i := range types {
			types[i] = fmt.Sprintf("%03d_%s", i, strings.Repeat("é_", 100))
		}
		r := start(t, func(c *slack.Config) { c.VisitTypes = types })
		if _, err := r.fake.Command(soon(t), slacktest.Desk, ann, "book"); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		views := r.fake.Views()
		if len(views) != 1 || len(r.staff.commands) != 0 {
			t.Fatalf("%d forms; %s", len(views), r.log)
		}
		got := string(views[0].JSON)
		last := `{"type":"plain_text","text":"099 ` + strings.Repeat("é ", 35) + `…","emoji":false}`
		if !strings.Contains(got, last) || strings.Contains(got, "100_") {
			t.Errorf("want a hundred types, the last as %s, in %s", last, got)
		}
	})
	for _, test := range []struct{ name, answer, want string }{
		{name: "fits", answer: strings.Repeat("x", 39_000), want: strings.Repeat("x", 39_000)},
		{
			name: "too long", answer: strings.Repeat("x", 39_001),
			want: strings.Repeat("x", 38_999) + "…",
		},
		{
			name: "longer once escaped", answer: strings.Repeat("<", 10_000),
			want: strings.Repeat("&lt;", 9_749) + "…",
		},
		{
			name: "emoji count twice", answer: strings.Repeat("😀", 19_501),
			want: strings.Repeat("😀", 19_499) + "…",
		},
		{name: "lines of Windows", answer: "a\r\nb", want: "a\nb"},
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
				got.WriteString(m.Text)
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
