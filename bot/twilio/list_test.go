package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// pages answers requests by their paths and queries, in place of Twilio, and counts them.
type pages struct {
	answer func(r *http.Request) (status int, body string)
	hosts  map[string]int
}

func (p *pages) RoundTrip(r *http.Request) (*http.Response, error) {
	p.hosts[r.URL.Host]++
	status, body := p.answer(r)
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	fmt.Fprint(w, body)
	return w.Result(), nil
}

// scripted is a bench whose Twilio answers as a script has it.
func scripted(
	t *testing.T, answer func(*http.Request) (int, string), change func(*twilio.Config),
) (*bench, *pages) {
	t.Helper()
	p := &pages{answer: answer, hosts: map[string]int{}}
	return newBench(t, func(c *twilio.Config) {
		c.BaseURL, c.Transport = "", p
		if change != nil {
			change(c)
		}
	}), p
}

// A list that can't be read to its end is an error: texts that are left out unsaid would never be
// answered.
func TestIncomingHalf(t *testing.T) {
	const messages = "/2010-04-01/Accounts/" + twiliotest.AccountSID + "/Messages.json"
	for _, c := range []struct {
		name  string
		first string // the answer to the first page; the second is empty
		want  string // a part of the error
		asked int
	}{
		{name: "half a page", first: `{"messages": [`, want: "unexpected EOF", asked: 1},
		{name: "not JSON", first: `<html>`, want: "invalid character", asked: 1},
		{
			// Our credentials would go along.
			name: "a next page elsewhere", first: `{"next_page_uri": "https://evil.example/x"}`,
			want: "outside Twilio's API", asked: 1,
		},
		{
			name: "a next page at a host that begins like Twilio's", asked: 1,
			first: `{"next_page_uri": "https://api.twilio.com.evil.example/x"}`,
			want:  "outside Twilio's API",
		},
		{
			name: "pages without an end", first: `{"next_page_uri": "` + messages + `"}`,
			want: "more than are read", asked: 500,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, p := scripted(t, func(*http.Request) (int, string) { return 200, c.first }, nil)
			got, err := b.Incoming(t.Context(), b.now, (&waits{}).wait)
			if err == nil || !strings.Contains(err.Error(), c.want) || got != nil {
				t.Errorf("%+v, %v; want %q", got, err, c.want)
			}
			if len(p.hosts) != 1 || p.hosts["api.twilio.com"] != c.asked {
				t.Errorf("asked %v, want %d times", p.hosts, c.asked)
			}
			texts := []handlers.Text{{ID: "SM1", From: phone(t, to), At: b.now}}
			if err := b.Answered(t.Context(), texts, b.now, (&waits{}).wait); err == nil ||
				!strings.Contains(err.Error(), c.want) {
				t.Errorf("replies: %v, want %q", err, c.want)
			}
		})
	}
}

// What a message lacks keeps it from being dropped as old, and from having pictures; a next page
// may be named whole.
func TestIncomingGaps(t *testing.T) {
	const listing = `{"messages": [{"sid": "SM1", "direction": "inbound", "from": "+12125550101",
		"to": "+12125550100", "body": null, "num_media": "x"%s}]%s}`
	for _, c := range []struct{ name, date, want string }{
		{name: "no date", want: "0s"},
		{name: "a date that is none", date: `, "date_created": "yesterday"`, want: "0s"},
		{
			name: "only when it was sent", want: "1m0s",
			date: `, "date_created": null, "date_sent": "Mon, 23 Nov 2026 14:31:00 +0000"`,
		},
		{
			name: "in another zone", want: "1h0m0s",
			date: `, "date_created": "Mon, 23 Nov 2026 10:30:00 -0500"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, p := scripted(t, func(r *http.Request) (int, string) {
				next := `, "next_page_uri": "https://api.twilio.com` + r.URL.Path + `?Page=1"`
				switch {
				case strings.HasPrefix(r.URL.Query().Get("To"), "whatsapp:"):
					return 200, `{}`
				case r.URL.Query().Get("Page") == "1":
					return 200, `{"messages": []}`
				}
				return 200, fmt.Sprintf(listing, c.date, next)
			}, nil)
			got, err := b.Incoming(t.Context(), b.now, (&waits{}).wait)
			if err != nil || len(got) != 1 || p.hosts["api.twilio.com"] != 3 {
				t.Fatalf("%+v, %v after %v", got, err, p.hosts)
			}
			if at := got[0].At.Sub(b.now); at.String() != c.want || got[0].Media != 0 {
				t.Errorf("%v after the beginning, want %s: %+v", at, c.want, got[0])
			}
		})
	}
}

// The numbers of a service must be known; without its short codes and channels most texts still
// come in.
func TestIncomingServiceRefused(t *testing.T) {
	const none = `{"code": 20404, "status": 404}`
	for _, c := range []struct {
		name   string
		part   string // of the service that is refused
		status int
		body   string
		logged bool // else it is an error
	}{
		{name: "numbers", part: "PhoneNumbers", status: 404, body: none},
		{name: "short codes", part: "ShortCodes", status: 404, body: none, logged: true},
		{name: "channels", part: "ChannelSenders", status: 404, body: none, logged: true},
		{name: "a gateway fails", part: "ChannelSenders", status: 502, body: "<html>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := scripted(t, func(r *http.Request) (int, string) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/"+c.part):
					return c.status, c.body
				case strings.HasSuffix(r.URL.Path, "/PhoneNumbers"):
					return 200, `{"phone_numbers": [{"phone_number": "+12125550108"}]}`
				case r.URL.Query().Get("To") == "+12125550108":
					return 200, `{"messages": [{"sid": "SM1", "direction": "inbound",
						"from": "+12125550101", "to": "+12125550108", "body": "hi"}]}`
				}
				return 200, `{}`
			}, func(tc *twilio.Config) { tc.MessagingServiceSID = service })
			got, err := b.Incoming(t.Context(), b.now, (&waits{}).wait)
			if want := map[bool]string{true: "0101 hi"}[c.logged]; wrote(got) != want ||
				(err == nil) != c.logged {
				t.Errorf("%q, %v; want %q", wrote(got), err, want)
			}
			if strings.Contains(b.log.String(), "kind="+c.part) != c.logged {
				t.Errorf("logged %s", b.log)
			}
			err = b.Answered(t.Context(), got, b.now, (&waits{}).wait)
			if (err == nil) != c.logged {
				t.Errorf("replies: %v", err)
			}
		})
	}
}

// A text of unknown outcome is never said not to be there because its list can't be made out.
func TestFindHalf(t *testing.T) {
	const created = `"date_created": "Mon, 23 Nov 2026 14:30:00 +0000"`
	message := func(fields string) string { return `{"messages": [{` + fields + `}]}` }
	for _, c := range []struct{ name, list, want, fault string }{
		{name: "nothing", list: `{"messages": []}`},
		{name: "without a date", list: message(`"sid": "SM1"`), fault: "without the date"},
		{
			name: "a date that is none", list: message(`"sid": "SM1", "date_created": "x"`),
			fault: "without the date",
		},
		{
			name:  "without its body",
			list:  message(`"sid": "SM1", "direction": "outbound-api", ` + created),
			fault: "without its body",
		},
		{
			name: "with space around", want: "SM1",
			list: message(`"sid": "SM1", "direction": "outbound-api", "body": " hi\n", ` + created),
		},
		{name: "half a list", list: `{"messages": [`, fault: "find text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := scripted(t, func(*http.Request) (int, string) { return 200, c.list }, nil)
			o := handlers.Outgoing{To: phone(t, to), Body: "hi"}
			got, err := b.Find(t.Context(), o, b.now)
			if got != c.want || (err != nil) != (c.fault != "") ||
				err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%q, %v; want %q, %q", got, err, c.want, c.fault)
			}
		})
	}
}

// What the account says is taken whole or not at all, and a clock that isn't told isn't wrong.
func TestChecksHalf(t *testing.T) {
	b, _ := scripted(t, func(r *http.Request) (int, string) {
		switch {
		case strings.HasSuffix(r.URL.Path, twiliotest.AccountSID+".json"):
			return 200, `{"status": "closed"}`
		case strings.HasSuffix(r.URL.Path, "/IncomingPhoneNumbers.json"):
			return 200, `{"incoming_phone_numbers": [{"phone_number": "+12125550100"}],
				"next_page_uri": "/2"}`
		}
		return 200, `<html>`
	}, nil)
	if a, err := b.Account(t.Context()); err != nil || a != (twilio.Account{Status: "closed"}) {
		t.Errorf("the account: %+v, %v", a, err)
	}
	if n, err := b.Numbers(t.Context()); n != nil || err == nil ||
		!strings.Contains(err.Error(), "more than 1000") {
		t.Errorf("the numbers: %+v, %v", n, err)
	}
	if _, err := b.Service(t.Context()); err == nil || twilio.Unknown(err) {
		t.Errorf("the service: %v", err)
	}
	refuse := func(*http.Request) (int, string) { return 404, `{"code": 20404, "status": 404}` }
	b, _ = scripted(t, refuse, nil)
	_, err := b.Numbers(t.Context())
	if no, ok := errors.AsType[*handlers.Refusal](err); !ok || !twilio.Unknown(err) || !no.Retry {
		t.Errorf("the numbers of no account: %v", err)
	}
	if err := b.Key(t.Context()); err != nil {
		t.Errorf("no key: %v", err)
	}
}

// US carriers count a day's texts anew at midnight Pacific, also where the clocks change.
func TestDailyLimitsPassAtMidnightPacific(t *testing.T) {
	for _, c := range []struct{ name, now, want string }{
		{name: "a minute before", now: "2026-11-24T07:59:00Z", want: "6m0s"},
		{name: "at midnight", now: "2026-11-24T08:00:00Z", want: "24h5m0s"},
		{name: "the clocks go forward", now: "2026-03-08T09:00:00Z", want: "22h5m0s"},
		{name: "the clocks go back", now: "2026-11-01T08:00:00Z", want: "24h5m0s"},
		{name: "the year ends", now: "2026-12-31T20:00:00Z", want: "12h5m0s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, nil)
			var err error
			if b.now, err = time.Parse(time.RFC3339, c.now); err != nil {
				t.Fatal(err)
			}
			if rec := receipt(t, b, "30023"); !rec.Retry || rec.After.String() != c.want {
				t.Errorf("%+v, want it tried again after %s", rec, c.want)
			}
		})
	}
}

// A messaging service may have made a text's typography plain; then its list may show either form.
func TestFindInPlainCharacters(t *testing.T) {
	const listing = `{"messages": [{"sid": "SM1", "direction": "outbound-api", "body": %q,
		"date_created": "Mon, 23 Nov 2026 14:30:00 +0000"}]}`
	for _, c := range []struct{ name, sent, shown, want string }{
		{
			name: "made plain", want: "SM1",
			sent: "We’re at “The Loft” – 2\u00a0pm…", shown: `We're at "The Loft" - 2 pm...`,
		},
		{name: "as it was", sent: "We’re “in”", shown: "We’re “in”", want: "SM1"},
		{
			name: "invisible characters", want: "SM1",
			sent: "We\u200b're in\ufeff", shown: "We're in",
		},
		{name: "accents are kept", sent: "Sí", shown: "Si"},
		{
			name: "other words",
			sent: "We’re at “The Loft” – 2 pm", shown: `We're at "The Loft" - 3 pm`,
		},
		{name: "an emoji more", sent: "See you", shown: "See you 😀"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := scripted(t, func(*http.Request) (int, string) {
				return 200, fmt.Sprintf(listing, c.shown)
			}, nil)
			o := handlers.Outgoing{To: phone(t, to), Body: c.sent}
			if got, err := b.Find(t.Context(), o, b.now); err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}
