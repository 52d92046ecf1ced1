package main

import (
	"errors"
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
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// shipped returns the shipped words, set to answer entries that await review.
var shipped = sync.OnceValues(func() (*knowledge.Base, error) {
	b, err := knowledge.Load(nil)
	if err == nil {
		b.Clinic.AnswerUnreviewed = true
		b.Clinic.Replies = settings.Replies{Quota: plenty, Strangers: plenty}
	}
	return b, err
})

// away is the program inside the test, on a Redis that can be away and a clock that the test turns.
type away struct {
	*app
	t      *testing.T
	clock  *handlerstest.Clock
	redis  *miniredis.Miniredis
	twilio *twiliotest.Fake
	desk   *handlerstest.Desk
	out    *loggedLines
	url    string
}

func newAway(t *testing.T, c twiliotest.Config) *away {
	t.Helper()
	base, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	a := &away{
		t: t, clock: handlerstest.NewClock(t, "2026-12-01 10:00"), redis: miniredis.RunT(t),
		desk: &handlerstest.Desk{}, out: &loggedLines{},
	}
	c.Now = a.clock.Now
	a.twilio = twiliotest.Start(t, c)
	var door http.Handler
	server := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { door.ServeHTTP(w, r) }),
	)
	t.Cleanup(server.Close)
	a.url = server.URL
	a.start(base)
	door = http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { a.app.routes().ServeHTTP(w, r) },
	)
	return a
}

// now returns what the clock shows, and moves it by a millisecond.
func (a *away) now() time.Time {
	a.clock.Add(time.Millisecond)
	return a.clock.Now()
}

// start starts the program. The second time it is a new process, which has nothing in memory.
func (a *away) start(base *knowledge.Base) {
	a.t.Helper()
	store, err := redis.Open(redis.Config{
		// It never hangs, but a busy machine does.
		URL: "redis://" + a.redis.Addr(), Now: a.now, Patience: time.Minute,
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = store.Close() })
	log := slog.New(slog.NewTextHandler(a.out, nil))
	p := wire(base, store, true, a.now, log)
	p.catchUp = newCatchUp(p)
	p.twilio, err = twilio.New(twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, From: twiliotest.From,
		BaseURL:   a.twilio.URL(),
		PublicURL: a.url, Patient: p.catchUp, Receipts: p.texter, OnCall: p.staff, Now: a.now,
		Log: log,
	})
	if err != nil {
		a.t.Fatal(err)
	}
	p.catchUp.list = p.twilio
	p.reach(p.twilio, a.desk)
	a.app = p
}

// gone makes Redis answer every command with an error, until back.
func (a *away) gone() { a.redis.SetError("ERR away") }

func (a *away) back() { a.redis.SetError("") }

// post is a patient who texts; it returns what the webhook was answered with. A text of danger is
// stored beside its answer: that takes 2 s at most, after which the clock may be turned.
func (a *away) post(from, body string) twiliotest.Answer {
	a.t.Helper()
	got, err := a.twilio.PostText(
		a.t.Context(), a.url+"/twilio/text", url.Values{"From": {from}, "Body": {body}},
	)
	if err != nil {
		a.t.Fatal(err)
	}
	a.patient.Wait()
	return got
}

// unheard adds a text to the list whose webhook nobody took.
func (a *away) unheard(sid, from, body string) {
	a.twilio.Add(twiliotest.Message{
		SID: sid, From: from, To: twiliotest.From, Body: body, Direction: twiliotest.Inbound,
		Status:  "received",
		Created: a.clock.Now(), Sent: a.clock.Now(),
	})
}

// look runs the loop once and sends what has fallen due.
func (a *away) look() {
	a.t.Helper()
	if err := a.catchUp.Look(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	if _, err := a.texter.Deliver(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	if err := errors.Join(
		a.poster.Alarms(a.t.Context()), a.poster.Deliver(a.t.Context()),
	); err != nil {
		a.t.Fatal(err)
	}
}

// pass lets some time go by, with a look every ten seconds of it.
func (a *away) pass(d time.Duration) {
	a.t.Helper()
	for end := a.clock.Now().Add(d); a.clock.Now().Before(end); {
		a.clock.Add(10 * time.Second)
		a.look()
	}
}

// told counts the cards and notes at the desk that say something.
func (a *away) told(says string) int {
	cards, notes := map[string]bool{}, 0
	for _, c := range a.desk.Cases() {
		if strings.Contains(c.Text+" "+c.Title, says) {
			cards[c.ID] = true
		}
	}
	for _, l := range a.desk.Lines() {
		if strings.HasPrefix(l, "note ") && strings.Contains(l, says) {
			notes++
		}
	}
	return len(cards) + notes
}

// line returns the last line at the desk about an outage, and on how many cards it was.
func (a *away) line() (text string, cards int) {
	seen := map[string]bool{}
	for _, c := range a.desk.Cases() {
		if c.Kind == kinds.Away {
			text = c.Title
			seen[c.ID] = true
		}
	}
	return text, len(seen)
}

// to returns what a number got, by webhook and by text, one a line.
func (a *away) to(number string) (out []string) {
	for _, m := range a.twilio.Messages() {
		if m.To == number {
			out = append(out, m.Body)
		}
	}
	return out
}

func someone(i int) string { return fmt.Sprintf("+1212555%04d", 1000+i) }
