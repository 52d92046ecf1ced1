package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// document is Twilio's published OpenAPI file. It is not part of the project.
const document = "../../shared/twilio_api_v2010.json"

// prism puts Stoplight's proxy before a fake Twilio, and returns its URL. What goes through it and
// isn't as the document says is answered with an error of the proxy's own.
func prism(t *testing.T, f *twiliotest.Fake) string {
	t.Helper()
	b, err := os.ReadFile(document)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("skipped: needs Twilio's OpenAPI file as ../shared/twilio_api_v2010.json beside " +
			"the checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "twilio.json")
	if err := os.WriteFile(file, amended(t, b), 0o600); err != nil {
		t.Fatal(err)
	}
	_, at := listen(
		t, "node_modules/@stoplight/prism-cli/dist/index.js", "proxy", file, f.URL(), "--errors",
		"--port", "0",
	)
	return at
}

// amended mends one fault of the document: it calls the lists' links URIs, but Twilio's are
// relative, in the document's own examples too. What it says of requests is left as it is.
func amended(t *testing.T, document []byte) []byte {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(document, &all); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"Messages", "IncomingPhoneNumbers"} {
		at := all
		for _, key := range []string{
			"paths", "/2010-04-01/Accounts/{AccountSid}/" + list + ".json", "get", "responses",
			"200",
			"content", "application/json", "schema", "properties",
		} {
			at, _ = at[key].(map[string]any)
		}
		for _, key := range []string{
			"uri", "first_page_uri", "next_page_uri", "previous_page_uri",
		} {
			link, ok := at[key].(map[string]any)
			if !ok {
				t.Fatalf("the document has no %s of %s where it was", key, list)
			}
			link["format"] = "uri-reference"
		}
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// violations fails the test for each answer that is the proxy's own, or that the proxy found a
// fault in.
type violations struct{ t *testing.T }

func (v violations) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // read
	resp.Body = io.NopCloser(bytes.NewReader(b))
	// A status that the document doesn't have is a warning only: it has none of Twilio's errors.
	faults := resp.Header.Get("Sl-Violations")
	if strings.Contains(resp.Header.Get("Content-Type"), "problem+json") ||
		strings.Contains(faults, `"severity":"Error"`) {
		v.t.Errorf("%s %s: %d %s %s", r.Method, r.URL, resp.StatusCode, faults, b)
	}
	return resp, err
}

// through is the bot's way to a fake Twilio, through the proxy.
func through(t *testing.T, at string, change func(*twilio.Config)) *twilio.Twilio {
	t.Helper()
	c := twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, From: twiliotest.From,
		BaseURL: at, PublicURL: "https://beacon.example.com", Transport: violations{t},
		Patient: deaf{}, Receipts: deaf{}, OnCall: deaf{}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler),
	}
	change(&c)
	way, err := twilio.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return way
}

// outgoing is a text to the number of these last four digits.
func outgoing(t *testing.T, last4, body string) handlers.Outgoing {
	t.Helper()
	to, err := handlers.NewPhone("+1212555" + last4)
	if err != nil {
		t.Fatal(err)
	}
	return handlers.Outgoing{ID: "visit:1/2026-12-01 prepare & más", To: to, Body: body}
}

// TestTwilioCalls: every call of Twilio's API that the bot makes is as Twilio's document has it,
// and arrives.
func TestTwilioCalls(t *testing.T) {
	t.Parallel()
	const limited = "slower"
	f := twiliotest.Start(t, twiliotest.Config{
		APIKey: "SK0123456789abcdef0123456789abcdef", APISecret: "secret",
		Fault: func(_ int, form url.Values) (none twiliotest.Fault) {
			switch form.Get("Body") {
			case limited:
				return twiliotest.Fault{
					Status: http.StatusTooManyRequests, Code: 20429, RetryAfter: "7",
				}
			case "broken":
				return twiliotest.Fault{Status: http.StatusServiceUnavailable}
			}
			return none
		},
	})
	f.Own(
		twiliotest.Number{
			Phone: twiliotest.From, TextURL: "https://beacon.example.com/twilio/text",
		},
	)
	at := prism(t, f)
	ways := map[string]*twilio.Twilio{
		"from a number": through(t, at, func(*twilio.Config) {}),
		"from a service, by a key": through(t, at, func(c *twilio.Config) {
			c.From, c.MessagingServiceSID = "", "MG0123456789abcdef0123456789abcdef"
			c.APIKey, c.APISecret = "SK0123456789abcdef0123456789abcdef", "secret"
		}),
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			if a, err := way.Account(t.Context()); err != nil || a.Status != "active" {
				t.Errorf("account %+v, %v", a, err)
			}
			if numbers, err := way.Numbers(t.Context()); err != nil || len(numbers) != 1 {
				t.Errorf("numbers %+v, %v", numbers, err)
			}
			if err := way.Key(t.Context()); err != nil {
				t.Error(err)
			}
			for i, body := range []string{
				"C", "¿Viene mañana? 👍🏽 +1 & 2%\n\"x\"", strings.Repeat("long ", 300),
			} {
				sends(t, f, way, outgoing(t, fmt.Sprintf("01%02d", i), body))
			}
		})
	}
	t.Run("a long list", func(t *testing.T) {
		o := outgoing(t, "0150", "the one that is looked for")
		now := time.Now()
		sid := f.Add(
			twiliotest.Message{
				To: o.To.E164(), From: twiliotest.From, Body: o.Body, Direction: "outbound-api",
				Status: "sent", Created: now, Sent: now,
			},
		)
		for range 250 {
			f.Add(
				twiliotest.Message{
					To: o.To.E164(), From: twiliotest.From, Body: "another",
					Direction: "outbound-api", Status: "sent", Created: now, Sent: now,
				},
			)
		}
		if got, err := ways["from a number"].Find(t.Context(), o, now); got != sid || err != nil {
			t.Errorf("found %q, %v; want %q", got, err, sid)
		}
	})
	t.Run("calls", func(t *testing.T) {
		alarm, nurse := outgoing(t, "0112", "Press 1."), outgoing(t, "0113", "Press 1.")
		alarm.Alarm, alarm.Voice = true, true
		nurse.User, nurse.Voice = "U1", true
		for _, o := range []handlers.Outgoing{alarm, nurse} {
			if sid, err := ways["from a number"].Call(t.Context(), o); err != nil || sid == "" {
				t.Errorf("%q %v", sid, err)
			}
		}
	})
	t.Run("errors", func(t *testing.T) {
		f.Rule("+12125550161", gate.OptedOut)
		way := ways["from a number"]
		stranger := through(t, at, func(c *twilio.Config) { c.AuthToken = "wrong" })
		refused(t, way, outgoing(t, "0161", "x"), handlers.Refusal{Code: gate.OptedOut})
		refused(
			t, way, outgoing(t, "0162", limited),
			handlers.Refusal{Code: 20429, Retry: true, After: 7 * time.Second},
		)
		refused(t, stranger, outgoing(t, "0163", "x"), handlers.Refusal{Code: 20003, Retry: true})
		if _, err := way.Send(t.Context(), outgoing(t, "0164", "broken")); err == nil ||
			errors.As(err, new(*handlers.Refusal)) {
			t.Errorf("503: %v; want an unknown outcome", err)
		}
	})
	t.Run("the proxy is awake", func(t *testing.T) { awake(t, at, f) })
}

// sends sends a text, and looks for it before and after.
func sends(t *testing.T, f *twiliotest.Fake, way *twilio.Twilio, o handlers.Outgoing) {
	t.Helper()
	began := time.Now()
	o.Body += began.Format(" .000000000")
	if sid, err := way.Find(t.Context(), o, began); sid != "" || err != nil {
		t.Errorf("found %q, %v before it was sent", sid, err)
	}
	sid, err := way.Send(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := f.Message(sid); !ok || m.To != o.To.E164() || m.Body != o.Body ||
		!strings.HasSuffix(m.Callback, "?id="+url.QueryEscape(o.ID)) {
		t.Errorf("arrived as %+v", m)
	}
	if found, err := way.Find(t.Context(), o, began); found != sid || err != nil {
		t.Errorf("found %q, %v; sent %q", found, err, sid)
	}
}

// refused sends a text that Twilio doesn't take.
func refused(t *testing.T, way *twilio.Twilio, o handlers.Outgoing, want handlers.Refusal) {
	t.Helper()
	_, err := way.Send(t.Context(), o)
	got, ok := errors.AsType[*handlers.Refusal](err)
	if !ok || got.Code != want.Code || got.Retry != want.Retry || got.After != want.After {
		t.Errorf("%v; want %+v", err, want)
	}
}

// awake holds the proxy against calls that the document doesn't allow.
func awake(t *testing.T, at string, f *twiliotest.Fake) {
	posts, messages := f.Posts(), at+"/2010-04-01/Accounts/"+twiliotest.AccountSID+"/Messages.json"
	for _, test := range []struct{ method, url, form string }{
		{method: http.MethodPost, url: messages, form: "From=%2B12125550100&Body=x"},
		{
			method: http.MethodPost, url: messages,
			form: "To=%2B12125550101&From=%2B12125550100&Body=x&StatusCallback=receipt",
		},
		{
			method: http.MethodPost, url: messages,
			form: "To=%2B12125550101&From=%2B12125550100&Body=x&ValidityPeriod=soon",
		},
		{method: http.MethodGet, url: messages + "?PageSize=5000"},
		{method: http.MethodGet, url: messages + "?DateSent=yesterday"},
		{method: http.MethodGet, url: strings.Replace(messages, "Messages", "Texts", 1)},
		{method: http.MethodGet, url: strings.Replace(messages, twiliotest.AccountSID, "AC1", 1)},
	} {
		r, err := http.NewRequestWithContext(
			t.Context(), test.method, test.url, strings.NewReader(test.form),
		)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(twiliotest.AccountSID, twiliotest.AuthToken)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close() // unread: the status says it
		if resp.StatusCode < 400 || !strings.Contains(
			resp.Header.Get("Content-Type"), "problem+json",
		) {
			t.Errorf(
				"%s %s %s: the proxy answers %d", test.method, test.url, test.form, resp.StatusCode,
			)
		}
	}
	if f.Posts() != posts {
		t.Errorf("%d posts that the document doesn't allow arrived", f.Posts()-posts)
	}
}

// TestProgramThroughPrism: the whole program is ready with the proxy for TWILIO_API_URL, and a
// staff member's words reach the patient.
func TestProgramThroughPrism(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, clinic(t))
	at := prism(t, p.twilio)
	p.kill()
	p.env = append(p.env, "TWILIO_API_URL="+at) // the last one of a name counts
	p.run()
	p.await("the bot to be ready", func() bool { return p.get("/readyz") == http.StatusOK })
	p.text("+12125550101", "did i leave my grey umbrella at your place")
	card := p.card(slacktest.Desk, "umbrella")
	// Nobody writes in the moment between the card's coming up and its thread's being stored.
	p.await("the thread to be known", func() bool {
		keys, err := p.redis.CLI("--scan", "--pattern", "*thread:"+card.ID())
		return err == nil && strings.Contains(keys, card.ID())
	})
	if _, a, err := p.slack.Reply(
		p.ctx, card.ID(), "UNURSE", "You did, it is at the desk.",
	); err != nil || a.Status != http.StatusOK {
		t.Fatal(a.Status, err)
	}
	p.sent("+12125550101", "You did, it is at the desk.")
}
