package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// doors is Beacon as it is wired for live, between a Twilio over HTTP in both directions and a desk
// that writes down what it is shown, with a clock that the test turns.
type doors struct {
	t      *testing.T
	app    *app
	clock  *handlerstest.Clock
	redis  *miniredis.Miniredis // its keys expire when a test says so
	twilio *twiliotest.Fake
	desk   *handlerstest.Desk
	url    string
	log    *loggedLines
}

// doorWords are the shipped ones with one entry and no pace, read once for all doors.
var doorWords = sync.OnceValues(func() (*knowledge.Base, error) {
	const entry = `[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`
	base, err := knowledge.Load(handlerstest.FAQ(entry))
	if err == nil {
		base.Clinic.Pace = settings.Pace{} // what leaves at once here leaves at once
		base.Clinic.Replies = settings.Replies{Quota: plenty, Strangers: plenty}
	}
	return base, err
})

// plenty is a budget that no test uses up by chance.
var plenty = settings.Quota{PerMinute: 1e6, PerHour: 1e6, PerDay: 1e6}

// newDoors is open from a time like "2026-12-01 10:00", in New York.
func newDoors(t *testing.T, from string) *doors {
	t.Helper()
	base, err := doorWords()
	if err != nil {
		t.Fatal(err)
	}
	return newDoorsOf(t, from, base)
}

// newDoorsOf is newDoors with these words.
func newDoorsOf(t *testing.T, from string, base *knowledge.Base) *doors {
	t.Helper()
	d := &doors{
		t:     t,
		clock: handlerstest.NewClock(t, from),
		desk:  &handlerstest.Desk{},
		log:   &loggedLines{},
	}
	d.twilio = twiliotest.Start(t, twiliotest.Config{Now: d.clock.Now})
	d.redis = miniredis.RunT(t)
	store, err := redis.Open(redis.Config{
		URL: "redis://" + d.redis.Addr(), Now: d.clock.Now, Patience: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	d.app = wire(base, store, true, d.clock.Now, slog.New(slog.NewTextHandler(d.log, nil)))
	server := httptest.NewServer(
		http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) { d.app.routes().ServeHTTP(w, r) },
		),
	)
	t.Cleanup(server.Close)
	d.url = server.URL
	c := &Config{
		TwilioAccountSID: twiliotest.AccountSID,
		TwilioAuthToken:  twiliotest.AuthToken,
		TwilioFrom:       twiliotest.From,
		TwilioAPIURL:     d.twilio.URL(),
		PublicURL:        d.url,
	}
	if err = d.app.connectTwilio(c, nil); err != nil {
		t.Fatal(err)
	}
	d.app.reach(d.app.twilio, d.desk)
	return d
}

// loggedLines keeps the log.
type loggedLines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *loggedLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *loggedLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// text is a text from a sender as Twilio names it; it returns what it was answered in the same
// breath.
func (d *doors) text(from, body string) []string {
	d.t.Helper()
	a, err := d.twilio.PostText(
		d.t.Context(),
		d.url+"/twilio/text",
		url.Values{"From": {from}, "Body": {body}},
	)
	if err != nil || a.Status != http.StatusOK {
		d.t.Fatalf("a text from %s: status %d, %v", from, a.Status, err)
	}
	d.settle()
	return a.Bodies
}

// receipt is one of Twilio's for every text that it took and that has none yet.
func (d *doors) receipts(status string, code int) (n int) {
	d.t.Helper()
	for _, m := range d.twilio.Messages() {
		if m.Status != "queued" && m.Status != "accepted" {
			continue
		}
		if got, err := d.twilio.PostReceipt(
			d.t.Context(),
			m.SID,
			status,
			code,
		); err != nil ||
			got != http.StatusNoContent {
			d.t.Fatalf("a receipt: status %d, %v", got, err)
		}
		n++
	}
	d.settle()
	return n
}

// settle carries out all that is due, and returns when the next thing is.
func (d *doors) settle() (next time.Time) {
	d.t.Helper()
	for range 100 {
		var err error
		if _, next, err = d.app.due(d.t.Context(), d.clock.Now()); err != nil {
			d.t.Fatal(err)
		}
		if next.IsZero() || next.After(d.clock.Now()) {
			return next
		}
	}
	d.t.Fatalf("at %v something stays due", d.clock.Now())
	return next
}

// pass lets a time go by, doing what falls due in it.
func (d *doors) pass(in time.Duration) {
	d.t.Helper()
	end := d.clock.Now().Add(in)
	for {
		next := d.settle()
		if next.IsZero() || next.After(end) {
			d.clock.Set(end)
			return
		}
		d.clock.Set(next)
	}
}

// book books visits of patients who end in these digits.
func (d *doors) book(start string, last4 ...string) {
	d.t.Helper()
	for _, end := range last4 {
		v := handlers.Visit{
			ID:    "v" + end,
			Phone: handlerstest.Phone(d.t, end),
			Name:  "Pat",
			Type:  "consult",
			Start: handlerstest.At(d.t, start),
		}
		if _, err := d.app.visits.Book(d.t.Context(), v); err != nil {
			d.t.Fatal(err)
		}
	}
	d.settle()
}

// cards are the last state of every card of a kind, in the order in which they came up.
func (d *doors) cards(kind string) (out []handlers.Case) {
	at := map[string]int{}
	for _, c := range d.desk.Cases() {
		i, known := at[c.ID]
		if !known {
			i, at[c.ID] = len(out), len(out)
			out = append(out, c)
		}
		out[i] = c
	}
	kept := out[:0]
	for _, c := range out {
		if c.Kind == kind {
			kept = append(kept, c)
		}
	}
	return kept
}

// notes are the lines of threads that say something.
func (d *doors) notes(says string) (n int) {
	for _, line := range d.desk.Lines() {
		if strings.HasPrefix(line, "note ") && strings.Contains(line, says) {
			n++
		}
	}
	return n
}

// state is what is known of the number that ends so.
func (d *doors) state(last4 string) handlers.State {
	d.t.Helper()
	s, err := d.app.store.Peek(context.Background(), handlerstest.Phone(d.t, last4))
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// got are the texts that a number was sent.
func (d *doors) got(last4 string) (out []string) {
	for _, m := range d.twilio.Messages() {
		if strings.HasSuffix(m.To, last4) {
			out = append(out, m.Body)
		}
	}
	return out
}

// metrics is what the operator watches.
func (d *doors) metrics() string {
	var b strings.Builder
	d.app.meter.set.WritePrometheus(&b)
	return b.String()
}

// many are n different last digits.
func many(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("01%02d", i+1))
	}
	return out
}
