package twilio_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

const to = "+12125550101"

func row(t *testing.T) handlers.Outgoing {
	t.Helper()
	return handlers.Outgoing{
		ID: "visit:7/confirm 1", To: phone(t, to), Body: "See you Monday 😀 & bring a friend",
	}
}

func TestSend(t *testing.T) {
	const service = "MG0123456789abcdef0123456789abcdef"
	for _, c := range []struct {
		name          string
		change        func(*twilio.Config)
		channel       string
		from, service string
		to            string // "" is to
	}{
		{name: "from a number", change: func(*twilio.Config) {}, from: twiliotest.From},
		{
			name:   "from a service",
			change: func(c *twilio.Config) { c.MessagingServiceSID = service }, service: service,
		},
		{
			name:   "with an API key",
			change: func(c *twilio.Config) { c.APIKey, c.APISecret = "SK1", "secret" },
			from:   twiliotest.From,
		},
		{
			name: "on WhatsApp", change: func(*twilio.Config) {}, channel: "whatsapp",
			from: "whatsapp:" + twiliotest.From, to: "whatsapp:" + to,
		},
		{
			name:    "on RCS, from a service",
			change:  func(c *twilio.Config) { c.MessagingServiceSID = service },
			channel: "rcs", service: service, to: "rcs:" + to,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := twiliotest.Start(t, twiliotest.Config{APIKey: "SK1", APISecret: "secret"})
			b := newBench(t, func(tc *twilio.Config) {
				tc.BaseURL = fake.URL()
				c.change(tc)
			})
			o := row(t)
			o.Channel = c.channel
			sid, err := b.Send(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := fake.Message(sid)
			if !ok || fake.Count("", "") != 1 || got.Body != row(t).Body ||
				got.To != cmp.Or(c.to, to) || got.From != c.from || got.Service != c.service {
				t.Errorf("sent as %+v", got)
			}
			if want := public + "/twilio/receipt?id=visit%3A7%2Fconfirm+1"; got.Callback != want {
				t.Errorf("callback %s, want %s", got.Callback, want)
			}
		})
	}
}

// refusal is how Twilio refuses a text, and what the Refusal must say.
type refusal struct {
	name       string
	status     int
	code       int
	retryAfter string

	retry bool
	after time.Duration
	mend  string // a part of it
	why   string // a part of the reason
}

func refusals() []refusal {
	return []refusal{
		{name: "opted out", status: 400, code: gate.OptedOut, why: "opted out"},
		{
			name: "our queue is full", status: 429, code: 21611,
			retry: true, after: 15 * time.Minute, why: "holds as many",
		},
		{
			name: "credentials", status: 401, code: 20003,
			retry: true, mend: "TWILIO_AUTH_TOKEN", why: "credentials",
		},
		{
			name: "forbidden", status: 403,
			retry: true, mend: "TWILIO_AUTH_TOKEN", why: "credentials",
		},
		{
			name: "forbidden, another code", status: 403, code: 21211,
			retry: true, mend: "TWILIO_AUTH_TOKEN", why: "credentials",
		},
		{
			name: "suspended", status: 403, code: 20005,
			retry: true, mend: "console.twilio.com", why: "not active",
		},
		{
			name: "an unknown code of the account", status: 400, code: 20077, retry: true,
			mend: "errors/20077", why: "HTTP 400 for a reason that Beacon doesn't know",
		},
		{
			name: "an unknown code of the service", status: 400, code: 21777, retry: true,
			mend: "TWILIO_MESSAGING_SERVICE_SID", why: "taken as one of the messaging service",
		},
		{
			name: "an unknown code, not found", status: 404, code: 21999, retry: true,
			mend: "errors/21999", why: "HTTP 404",
		},
		{
			name: "an unknown code", status: 400, code: 29999,
			why: "HTTP 400 for a reason that Beacon doesn't know, taken as this text's own " +
				"fault (29999)",
		},
	}
}

// limits are refusals that say when to come again, or not.
func limits() []refusal {
	at := func(d time.Duration) string { // from the bench's now
		return time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC).Add(d).Format(http.TimeFormat)
	}
	return []refusal{
		{
			name: "rate, seconds", status: 429, code: 20429, retryAfter: "7",
			retry: true, after: 7 * time.Second, why: "no more",
		},
		{
			name: "rate, a date", status: 429, code: 20429,
			retryAfter: at(time.Minute),
			retry:      true, after: time.Minute, why: "no more",
		},
		{name: "rate, nonsense", status: 429, retryAfter: "-5", retry: true, why: "no more"},
		{name: "rate, an unknown code", status: 429, code: 29999, retry: true, why: "no more"},
		{
			name: "rate, a date that is over", status: 429, code: 20429,
			retryAfter: at(-time.Hour), retry: true, why: "no more",
		},
		{
			name: "rate, a fraction", status: 429, code: 20429,
			retryAfter: "1.5", retry: true, why: "no more",
		},
		// Whoever asks for days has a clock or a header wrong; the text would be stale by then.
		{
			name: "rate, a year", status: 429, code: 20429,
			retryAfter: "31536000", retry: true, after: time.Hour, why: "no more",
		},
		{
			name: "rate, more than can be counted", status: 429, code: 20429,
			retryAfter: "9223372036854775807", retry: true, after: time.Hour, why: "no more",
		},
		{
			name: "rate, a date in a year", status: 429, code: 20429,
			retryAfter: at(365 * 24 * time.Hour), retry: true, after: time.Hour, why: "no more",
		},
		{
			name: "the code knows better", status: 429, code: 21611, retryAfter: "7",
			retry: true, after: 15 * time.Minute, why: "holds as many",
		},
		{
			name: "the header knows better", status: 429, code: 21611, retryAfter: "1800",
			retry: true, after: 30 * time.Minute, why: "holds as many",
		},
	}
}

func TestSendRefused(t *testing.T) {
	for _, c := range append(refusals(), limits()...) {
		t.Run(c.name, func(t *testing.T) {
			fault := twiliotest.Fault{Status: c.status, Code: c.code, RetryAfter: c.retryAfter}
			fake := twiliotest.Start(t, twiliotest.Config{
				Fault: func(int, url.Values) twiliotest.Fault { return fault },
			})
			b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
			_, err := b.Send(context.Background(), row(t))
			var no *handlers.Refusal
			if !errors.As(err, &no) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if no.Code != c.code || no.Retry != c.retry || no.NoTexts || no.After != c.after {
				t.Errorf("got %+v, want %+v", no, c)
			}
			if !strings.Contains(no.Reason(), c.why) || !mended(no.Mend, c.mend) {
				t.Errorf("staff read %q, %q; want %+v", no.Reason(), no.Mend, c)
			}
			if fake.Posts() != 1 {
				t.Errorf("%d posts, want 1", fake.Posts())
			}
		})
	}
}

// mended says whether what is to be mended holds some words; "" wants that there is nothing.
func mended(mend, words string) bool {
	return (mend == "") == (words == "") && strings.Contains(mend, words)
}

// Every one of these may have been sent, so none may be a refusal, which would be sent again.
func TestSendUnknown(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault twiliotest.Fault
		taken int
	}{
		{name: "500", fault: twiliotest.Fault{Status: 500, Code: 20500}},
		{name: "502 of a gateway", fault: twiliotest.Fault{Status: 502}},
		{name: "503", fault: twiliotest.Fault{Status: 503, Code: 20503}},
		{name: "408", fault: twiliotest.Fault{Status: 408, Code: 20408}},
		{name: "404 of something in between", fault: twiliotest.Fault{Status: 404}},
		{name: "302", fault: twiliotest.Fault{Status: 302, Location: "/elsewhere"}},
		{
			name: "307",
			fault: twiliotest.Fault{
				Status:   307,
				Location: "/2010-04-01/Accounts/" + twiliotest.AccountSID + "/Messages.json",
			},
		},
		{name: "cut off before", fault: twiliotest.Fault{Drop: true}},
		{name: "cut off after", fault: twiliotest.Fault{Lose: true}, taken: 1},
		{name: "time-out after", fault: twiliotest.Fault{Hang: true}, taken: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := twiliotest.Start(
				t,
				twiliotest.Config{Fault: func(int, url.Values) twiliotest.Fault { return c.fault }},
			)
			b := newBench(t, func(tc *twilio.Config) {
				tc.BaseURL, tc.Timeout = fake.URL(), 200*time.Millisecond
			})
			_, err := b.Send(context.Background(), row(t))
			if err == nil || errors.As(err, new(*handlers.Refusal)) {
				t.Errorf("got %v, want that the outcome is unknown", err)
			}
			if fake.Posts() != 1 || fake.Count("", "") != c.taken {
				t.Errorf(
					"%d posts, %d taken; want 1 and %d", fake.Posts(), fake.Count("", ""), c.taken,
				)
			}
		})
	}
	for name, answer := range map[string]string{"no SID": `{}`, "not JSON": `<html>`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, answer)
		}))
		b := newBench(t, func(c *twilio.Config) { c.BaseURL = server.URL })
		if _, err := b.Send(context.Background(), row(t)); err == nil ||
			errors.As(err, new(*handlers.Refusal)) {
			t.Errorf("%s: got %v, want that the outcome is unknown", name, err)
		}
		server.Close()
	}
}

// What was never written was never sent.
func TestSendUnreached(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{closed, "http://nowhere.invalid"} {
		b := newBench(t, func(c *twilio.Config) { c.BaseURL = base })
		_, err := b.Send(context.Background(), row(t))
		var no *handlers.Refusal
		if !errors.As(err, &no) || !no.Retry {
			t.Errorf("%s: got %v, want a refusal to be tried again", base, err)
		}
	}
}

func TestSendCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	fake := twiliotest.Start(t, twiliotest.Config{Fault: func(int, url.Values) twiliotest.Fault {
		cancel()
		return twiliotest.Fault{Hang: true}
	}})
	b := newBench(t, func(c *twilio.Config) { c.BaseURL = fake.URL() })
	_, err := b.Send(ctx, row(t))
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*handlers.Refusal)) {
		t.Errorf("got %v, want the context's end and an unknown outcome", err)
	}
}
