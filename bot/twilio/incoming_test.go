package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// waits notes how long it was asked to wait.
type waits []time.Duration

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	*w = append(*w, d)
	return ctx.Err()
}

// came is a text that a patient sent to a number of ours.
func came(sid, from, to, body string, at time.Time) twiliotest.Message {
	return twiliotest.Message{
		SID: sid, From: from, To: to, Body: body, Direction: twiliotest.Inbound, Status: "received",
		Created: at, Sent: at,
	}
}

// wrote shows texts as "0101 hello".
func wrote(texts []handlers.Text) string {
	var out []string
	for _, t := range texts {
		out = append(out, t.From.Last4()+t.Sender+" "+t.Body)
	}
	return strings.Join(out, "; ")
}

// incomingSince is just after a UTC midnight: the list is filtered by days.
var incomingSince = time.Date(2026, 11, 24, 0, 0, 2, 500e6, time.UTC)

// arrived are messages of Twilio's list, and the texts that are made of them.
type arrived struct {
	name    string
	service string
	texts   []twiliotest.Message
	want    string
}

// arrivals come to our number.
func arrivals() []arrived {
	since := incomingSince
	return []arrived{
		{name: "nothing", want: ""},
		{name: "the oldest first", texts: []twiliotest.Message{
			came("SM1", to, twiliotest.From, "one", since),
			came("SM2", "+12125550102", twiliotest.From, "two", since.Add(time.Minute)),
			came("SM3", to, twiliotest.From, "three", since.Add(time.Hour)),
		}, want: "0101 one; 0102 two; 0101 three"},
		{name: "within a second, as they came", texts: []twiliotest.Message{
			came("SM1", to, twiliotest.From, "one", since.Add(100*time.Millisecond)),
			came("SM2", to, twiliotest.From, "two", since.Add(200*time.Millisecond)),
		}, want: "0101 one; 0101 two"},
		{name: "before, the same day", texts: []twiliotest.Message{
			came("SM1", to, twiliotest.From, "one", since.Add(-2*time.Second)),
		}},
		{name: "in another channel's form", texts: []twiliotest.Message{
			came("SM1", "rcs:"+to, twiliotest.From, "one", since),
			came("SM2", "whatsapp:+12125550102", twiliotest.From, "two", since.Add(time.Second)),
		}, want: "0101 one; 0102 two"},
		{name: "a sender's that is no number", texts: []twiliotest.Message{
			came("SM1", "72345", twiliotest.From, "one", since),
			came("SM2", "ACME", twiliotest.From, "two", since.Add(time.Second)),
		}, want: "72345 one; ACME two"},
		{name: "of our own number", texts: []twiliotest.Message{
			came("SM1", twiliotest.From, twiliotest.From, "one", since),
			came("SM2", "rcs:"+twiliotest.From, twiliotest.From, "two", since),
			came("SM3", "+12125550112", twiliotest.From, "three", since),
		}},
		{name: "ours", texts: []twiliotest.Message{
			{
				SID: "SM1", From: to, To: twiliotest.From, Body: "one", Direction: "outbound-api",
				Created: since, Sent: since,
			},
		}},
	}
}

// arrivalsElsewhere come to other addresses, ours or not.
func arrivalsElsewhere() []arrived {
	since := incomingSince
	return []arrived{
		{name: "to another number of the account", texts: []twiliotest.Message{
			came("SM1", to, "+12125550109", "one", since),
		}},
		{name: "to the numbers of the service", service: service, texts: []twiliotest.Message{
			came("SM1", to, "+12125550108", "one", since),
			came("SM2", to, "+12125550107", "two", since.Add(time.Minute)),
			came("SM3", to, twiliotest.From, "not to the service", since.Add(time.Minute)),
		}, want: "0101 one; 0101 two"},
		{name: "on other channels, to a number", texts: []twiliotest.Message{
			came("SM1", "whatsapp:"+to, "whatsapp:"+twiliotest.From, "one", since),
		}, want: "0101 one"},
		{name: "on other channels, to the service", service: service, texts: []twiliotest.Message{
			came("SM1", "whatsapp:"+to, "whatsapp:+12125550108", "one", since),
			came("SM2", "rcs:"+to, "rcs:clinic_agent", "two", since.Add(time.Minute)),
			came("SM3", to, "55501", "to a short code", since.Add(2*time.Minute)),
		}, want: "0101 one; 0101 two; 0101 to a short code"},
		{
			name:  "no SID",
			texts: []twiliotest.Message{came("a:b", to, twiliotest.From, "one", since)},
		},
	}
}

func TestIncoming(t *testing.T) {
	since := incomingSince
	for _, c := range append(arrivals(), arrivalsElsewhere()...) {
		t.Run(c.name, func(t *testing.T) {
			fake := twiliotest.Start(t, twiliotest.Config{})
			fake.Serve(twiliotest.Service{
				SID: service, Numbers: []string{"+12125550108", "+12125550107"},
				Codes: []string{"55501"}, Senders: []string{"rcs:clinic_agent"},
			})
			for _, m := range c.texts {
				fake.Add(m)
			}
			b := newBench(t, func(tc *twilio.Config) {
				tc.BaseURL, tc.MessagingServiceSID = fake.URL(), c.service
				tc.Own = []handlers.Phone{phone(t, "+12125550112")}
			})
			got, err := b.Incoming(t.Context(), since, (&waits{}).wait)
			if err != nil || wrote(got) != c.want {
				t.Errorf("%q, %v; want %q", wrote(got), err, c.want)
			}
			for _, one := range got {
				if one.Mute != (one.Sender != "") { // no webhook is left to answer
					t.Errorf("%+v", one)
				}
				if !one.Fetched || one.At.Before(since.Truncate(time.Second)) || one.ID == "" {
					t.Errorf("%+v", one)
				}
			}
		})
	}
}

// Thousands are read page by page while more come, and as slowly as Twilio asks for; none is
// missed or told twice.
func TestIncomingThousands(t *testing.T) {
	const n = 3500
	since := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var fake *twiliotest.Fake
	fault := func(look int, _ url.Values) twiliotest.Fault {
		late := came(
			fmt.Sprint("SMlate", look), to, twiliotest.From, "late", since.Add(2*time.Hour),
		)
		fake.Add(late)
		switch look {
		case 2:
			return twiliotest.Fault{
				Status: http.StatusTooManyRequests, Code: 20429, RetryAfter: "7",
			}
		case 3:
			return twiliotest.Fault{Status: http.StatusTooManyRequests}
		}
		return twiliotest.Fault{}
	}
	fake = twiliotest.Start(t, twiliotest.Config{ListFault: fault})
	for i := range n {
		at := since.Add(time.Duration(i) * time.Second)
		fake.Add(came(fmt.Sprint("SM", i), to, twiliotest.From, fmt.Sprint(i), at))
	}
	b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
	var w waits
	got, err := b.Incoming(t.Context(), since, w.wait)
	if err != nil || len(got) < n {
		t.Fatalf("%d texts, %v", len(got), err)
	}
	for i, one := range got[:n] {
		if one.Body != fmt.Sprint(i) {
			t.Fatalf("text %d is %q", i, one.Body)
		}
	}
	if len(w) != 2 || w[0] != 7*time.Second || w[1] <= 0 {
		t.Errorf("waited %v", w)
	}
}

// always is a Twilio whose list fails.
func always(f twiliotest.Fault) twiliotest.Config {
	return twiliotest.Config{ListFault: func(int, url.Values) twiliotest.Fault { return f }}
}

func TestIncomingFails(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault twiliotest.Fault
		waits bool
	}{
		{name: "limited for ever", fault: twiliotest.Fault{Status: 429, Code: 20429}, waits: true},
		{name: "a gateway fails", fault: twiliotest.Fault{Status: http.StatusBadGateway}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := twiliotest.Start(t, always(c.fault))
			b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
			var w waits
			if _, err := b.Incoming(t.Context(), b.now, w.wait); err == nil ||
				c.waits != (len(w) > 0) {
				t.Errorf("%v after %v", err, w)
			}
			if strings.Contains(fmt.Sprint(b.log), "2125550100") {
				t.Error("the log holds a number")
			}
		})
	}
	t.Run("the end comes while it waits", func(t *testing.T) {
		fake := twiliotest.Start(t, always(twiliotest.Fault{Status: 429}))
		b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
		end := errors.New("the end")
		_, err := b.Incoming(
			t.Context(), b.now, func(context.Context, time.Duration) error { return end },
		)
		if !errors.Is(err, end) || fake.Lists() != 1 {
			t.Errorf("%v after %d looks", err, fake.Lists())
		}
	})
}

// An account that hides numbers says so in the log: nothing can be fetched from it.
func TestIncomingHidden(t *testing.T) {
	fake := twiliotest.Start(t, twiliotest.Config{})
	b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
	fake.Add(came("SM1", "+1212555XXXX", twiliotest.From, "", b.now))
	got, err := b.Incoming(t.Context(), b.now, (&waits{}).wait)
	if err != nil || len(got) != 0 || !strings.Contains(b.log.String(), "redaction") {
		t.Errorf("%+v, %v: %s", got, err, b.log)
	}
}

// answeredAt is when the first of three texts came; the others came 10 s and 60 s later.
var answeredAt = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// answers are what we sent, and what is noted of each text: + if it was answered, and what its
// writer had since.
type answers struct {
	name string
	ours []twiliotest.Message
	want string
}

func answerings() []answers {
	at := answeredAt
	sent := func(direction, number, body string, after time.Duration) twiliotest.Message {
		return twiliotest.Message{
			SID: "SMours" + body, From: twiliotest.From, To: number, Body: body,
			Direction: direction, Created: at.Add(after), Sent: at.Add(after),
		}
	}
	ours := func(body string, after time.Duration) twiliotest.Message {
		return sent("outbound-api", to, body, after)
	}
	reply := func(after time.Duration) twiliotest.Message {
		return sent(twiliotest.Reply, to, "R", after)
	}
	return []answers{
		{name: "nothing", want: " | | "},
		{name: "the first", ours: []twiliotest.Message{reply(time.Second)}, want: "+ | | "},
		{
			name: "in the same second", ours: []twiliotest.Message{reply(10 * time.Second)},
			want: " |+ | ",
		},
		{
			name: "a reply belongs to the last text before it",
			ours: []twiliotest.Message{reply(11 * time.Second), reply(70 * time.Second)},
			want: " |+ |+ ",
		},
		{name: "before them all", ours: []twiliotest.Message{reply(-time.Second)}, want: " | | "},
		{
			name: "another's",
			ours: []twiliotest.Message{sent(twiliotest.Reply, "+12125550102", "R", time.Second)},
			want: " | | ",
		},
		{name: "texts of ours", ours: []twiliotest.Message{
			ours("A", 5*time.Second),
			ours("Sent from your Twilio trial account - B", 20*time.Second),
		}, want: " B A| B| "},
	}
}

func TestAnswered(t *testing.T) {
	at := answeredAt
	for _, c := range answerings() {
		t.Run(c.name, func(t *testing.T) {
			fake := twiliotest.Start(t, twiliotest.Config{})
			for i, after := range []time.Duration{0, 10 * time.Second, time.Minute} {
				fake.Add(came(fmt.Sprint("SM", i), to, twiliotest.From, "x", at.Add(after)))
			}
			for _, m := range c.ours {
				fake.Add(m)
			}
			b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
			texts, err1 := b.Incoming(t.Context(), at, (&waits{}).wait)
			err2 := b.Answered(t.Context(), texts, at, (&waits{}).wait)
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, one := range texts {
				mark := ""
				if one.Answered {
					mark = "+"
				}
				got = append(got, mark+" "+strings.Join(one.Had, " "))
			}
			if got := strings.Join(got, "|"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A messaging service is asked for at the host that its API has, in every region.
func TestIncomingAsksTheServicesHost(t *testing.T) {
	for base, want := range map[string]string{
		"":                       "messaging.twilio.com api.twilio.com",
		"https://api.twilio.com": "messaging.twilio.com api.twilio.com",
		"https://api.dublin.ie1.twilio.com/": "messaging.dublin.ie1.twilio.com " +
			"api.dublin.ie1.twilio.com",
		"https://twilio.example.com": "twilio.example.com",
	} {
		var hosts []string
		b := newBench(t, func(tc *twilio.Config) {
			tc.BaseURL, tc.MessagingServiceSID = base, "MG0123456789abcdef0123456789abcdef"
			tc.Transport = roundTrip(func(r *http.Request) *http.Response {
				if n := len(hosts); n == 0 || hosts[n-1] != r.URL.Host {
					hosts = append(hosts, r.URL.Host)
				}
				w := httptest.NewRecorder()
				fmt.Fprint(w, `{"phone_numbers": [{"phone_number": "+12125550100"}]}`)
				return w.Result()
			})
		})
		_, err := b.Incoming(t.Context(), b.now, (&waits{}).wait)
		if err != nil || strings.Join(hosts, " ") != want {
			t.Errorf("%q: %v, %v; want %s", base, hosts, err, want)
		}
	}
}

// roundTrip answers in place of the net.
type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
