package twilio_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

func TestFindAfterUnknownOutcome(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault twiliotest.Fault
		taken bool
	}{
		{name: "taken, no answer", fault: twiliotest.Fault{Hang: true}, taken: true},
		{name: "taken, cut off", fault: twiliotest.Fault{Lose: true}, taken: true},
		{name: "not taken, cut off", fault: twiliotest.Fault{Drop: true}},
		{name: "not taken, 503", fault: twiliotest.Fault{Status: 503}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := twiliotest.Start(t, twiliotest.Config{
				Fault: func(int, url.Values) twiliotest.Fault { return c.fault },
			})
			b := newBench(t, func(tc *twilio.Config) {
				tc.BaseURL, tc.Timeout = fake.URL(), 300*time.Millisecond
				tc.MessagingServiceSID = service
			})
			began := time.Now()
			if _, err := b.Send(context.Background(), row(t)); err == nil {
				t.Fatal("the fault did not come")
			}
			sid, err := b.Find(context.Background(), row(t), began)
			if err != nil || (sid != "") != c.taken {
				t.Errorf("found %q, %v; taken: %v", sid, err, c.taken)
			}
			if _, ok := fake.Message(sid); ok != c.taken {
				t.Errorf("%q is not what was taken", sid)
			}
		})
	}
}

// findSince is when the text that is looked for was sent: just after a UTC midnight.
var findSince = time.Date(2026, 11, 24, 0, 0, 2, 500e6, time.UTC)

// listed is a message in Twilio's list, and what a look-up of row makes of it.
type listed struct {
	name string
	m    twiliotest.Message
	want string
	fail bool
}

func listings(o handlers.Outgoing) []listed {
	since := findSince
	message := func(change func(*twiliotest.Message)) twiliotest.Message {
		m := twiliotest.Message{
			SID: "SMwanted", To: to, Body: o.Body, Direction: "outbound-api", Status: "delivered",
			Created: since, Sent: since,
		}
		change(&m)
		return m
	}
	return []listed{
		{name: "sent", m: message(func(*twiliotest.Message) {}), want: "SMwanted"},
		{
			name: "queued, without a date",
			m:    message(func(m *twiliotest.Message) { m.Sent = time.Time{} }), want: "SMwanted",
		},
		{
			name: "its clock is 4 s behind, so it is yesterday's",
			m: message(func(m *twiliotest.Message) {
				m.Created = since.Add(-4 * time.Second)
				m.Sent = m.Created
			}),
			want: "SMwanted",
		},
		{
			name: "failed since",
			m:    message(func(m *twiliotest.Message) { m.Status, m.Code = "undelivered", 30006 }),
			want: "SMwanted",
		},
		{
			name: "on a trial account",
			m: message(func(m *twiliotest.Message) {
				m.Body = "Sent from your Twilio trial account - " + m.Body
			}),
			want: "SMwanted",
		},
		{
			name: "earlier",
			m:    message(func(m *twiliotest.Message) { m.Created = since.Add(-time.Minute) }),
		},
		{
			name: "another text",
			m:    message(func(m *twiliotest.Message) { m.Body = "See you Tuesday" }),
		},
		{
			name: "another channel",
			m:    message(func(m *twiliotest.Message) { m.To = "whatsapp:" + to }),
		},
		{name: "another number", m: message(func(m *twiliotest.Message) { m.To = "+12125550102" })},
		{
			name: "a reply in a webhook",
			m:    message(func(m *twiliotest.Message) { m.Direction = "outbound-reply" }),
		},
		{name: "redacted", m: message(func(m *twiliotest.Message) { m.Body = "" }), fail: true},
	}
}

// crowd is what else is in the list: n texts, the first at a time, then one a second.
type crowd struct {
	name  string
	n     int
	first time.Time
	// Find must say what is; else it may fail, but never say that there is none.
	exact bool
}

func crowds() []crowd {
	since := findSince
	return []crowd{
		{name: "alone", first: since, exact: true},
		{name: "a patient of years", n: 150, first: since.AddDate(-1, 0, 0), exact: true},
		{name: "a busy day before", n: 250, first: since.Add(-time.Hour), exact: true},
		{name: "150 since", n: 150, first: since.Add(time.Second)},
		{name: "600 since", n: 600, first: since.Add(time.Second)},
	}
}

func TestFind(t *testing.T) {
	o := row(t)
	for _, c := range listings(o) {
		for _, others := range crowds() {
			t.Run(c.name+", "+others.name, func(t *testing.T) {
				fake := twiliotest.Start(t, twiliotest.Config{})
				fake.Add(c.m)
				for i := range others.n {
					at := others.first.Add(time.Duration(i) * time.Second)
					fake.Add(twiliotest.Message{
						To: to, Body: "another", Direction: "outbound-api", Created: at, Sent: at,
					})
				}
				b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
				sid, err := b.Find(context.Background(), o, findSince)
				switch {
				case others.exact && (sid != c.want || (err != nil) != c.fail):
					t.Errorf("found %q, %v; want %q, failure %v", sid, err, c.want, c.fail)
				case !others.exact && err == nil && (sid == "" || sid != c.want):
					t.Errorf("found %q although it can't have seen all", sid)
				}
			})
		}
	}
}

func TestFindFails(t *testing.T) {
	fake := twiliotest.Start(t, twiliotest.Config{AuthToken: "another"})
	for _, base := range []string{fake.URL(), "http://127.0.0.1:1"} {
		b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = base })
		sid, err := b.Find(context.Background(), row(t), time.Now())
		if err == nil || sid != "" {
			t.Errorf("found %q, %v; want an error", sid, err)
		}
		if err != nil && strings.Contains(err.Error(), "2125550101") {
			t.Errorf("the error holds the number: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := newBench(t, func(tc *twilio.Config) { tc.BaseURL = fake.URL() })
	if _, err := b.Find(ctx, row(t), time.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}
