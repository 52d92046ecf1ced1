package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// wordsOf are words that answer one question with a sentence of their own.
func wordsOf(answer string) func() (*knowledge.Base, error) {
	return sync.OnceValues(func() (*knowledge.Base, error) {
		base, err := knowledge.Load(handlerstest.FAQ(
			`[{id: zqentry, asks: {en: [does the zqlabel hurt]}, answer: {en: ` + answer + `}}]`,
		))
		if err == nil {
			base.Clinic.AnswerUnreviewed = true
			base.Clinic.Pace = settings.Pace{}
			base.Clinic.Replies = settings.Replies{Quota: plenty, Strangers: plenty}
		}
		return base, err
	})
}

const oldAnswer, newAnswer = "The old words.", "The new words."

var (
	oldWords = wordsOf(oldAnswer)
	newWords = wordsOf(newAnswer)
)

// street is some bots on one real Redis and one Twilio, with a clock that the test turns for all.
type street struct {
	t      *testing.T
	clock  *handlerstest.Clock
	redis  *redistest.Server
	twilio *twiliotest.Fake
	bots   map[string]*dweller
	texts  int // that patients have written
}

// dweller is one of the bots.
type dweller struct {
	*app
	url  string
	desk *handlerstest.Desk
	log  *loggedLines
}

func newStreet(t *testing.T) *street {
	s := &street{
		t: t, clock: handlerstest.NewClock(t, "2026-12-01 10:00"), bots: map[string]*dweller{},
		redis: redistest.Start(t, "everysec"),
	}
	s.twilio = twiliotest.Start(t, twiliotest.Config{Now: s.clock.Now})
	return s
}

// start starts a bot, as serve does until it listens.
func (s *street) start(id string, words func() (*knowledge.Base, error)) (fatal []finding) {
	s.t.Helper()
	base, err := words()
	if err != nil {
		s.t.Fatal(err)
	}
	store, err := redis.Open(redis.Config{
		URL: s.redis.URL(), Now: s.clock.Now, Patience: time.Minute, Upgrades: true,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = store.Close() })
	h := &dweller{desk: &handlerstest.Desk{}, log: &loggedLines{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	h.app = wire(base, store, true, s.clock.Now, log)
	server := httptest.NewServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { h.routes().ServeHTTP(w, r) },
	))
	s.t.Cleanup(server.Close)
	h.url, h.bot, h.build = server.URL, id, "build of "+id
	c := &Config{
		TwilioAccountSID: twiliotest.AccountSID, TwilioAuthToken: twiliotest.AuthToken,
		TwilioFrom: twiliotest.From, TwilioAPIURL: s.twilio.URL(), PublicURL: h.url,
	}
	if err := h.connectTwilio(c, nil); err != nil {
		s.t.Fatal(err)
	}
	h.reach(h.twilio, h.desk)
	h.watch(newHealth(h.probes(c), time.Now, h.meter, log))
	if fatal := h.health.begin(s.t.Context()); len(fatal) > 0 {
		return fatal
	}
	s.bots[id] = h
	return h.announce(s.t.Context())
}

// pass turns the clock, and has every bot that lives check all that it checks at its start, twice:
// who is checked first hears then of who is checked last.
func (s *street) pass(d time.Duration) {
	s.t.Helper()
	s.clock.Add(d)
	for range 2 {
		for _, h := range s.bots {
			h.health.begin(s.t.Context())
		}
	}
}

// dies ends a bot without a word.
func (s *street) dies(id string) { delete(s.bots, id) }

// text has a patient text a bot's webhook.
func (s *street) text(id, from, body string) twiliotest.Answer {
	s.t.Helper()
	got, err := s.twilio.PostText(s.t.Context(), s.bots[id].url+"/twilio/text",
		url.Values{"From": {from}, "Body": {body}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.bots[id].patient.Wait()
	s.bots[id].poster.Wait()
	return got
}

// stranger is a number that hasn't texted yet.
func (s *street) stranger() string { s.texts++; return someone(s.texts) }

// asks checks what every bot answers who asks an ordinary question ("" is a refusal), that it is
// ready if and only if it answers, and that a patient in danger has the fixed words and a card
// whatever the bot does with the rest.
func (s *street) asks(when string, want map[string]string) {
	s.t.Helper()
	for id, h := range s.bots {
		says := want[id]
		a := s.text(id, s.stranger(), "does the zqlabel hurt")
		if says == "" && a.Status != http.StatusServiceUnavailable ||
			says != "" && (a.Status != http.StatusOK || strings.Join(a.Bodies, " ") != says) {
			s.t.Errorf("%s: %s answers %d %q, want %q", when, id, a.Status, a.Bodies, says)
		}
		code, mode := h.ready()
		if (code == http.StatusOK) != (says != "") || (mode == modeFull) != (says != "") {
			s.t.Errorf("%s: %s is ready: %d, %q", when, id, code, mode)
		}
		s.danger(when, id)
	}
}

// danger checks that a bot answers a patient in danger, and who writes on, and that people are
// told.
func (s *street) danger(when, id string) {
	s.t.Helper()
	h, from := s.bots[id], s.stranger()
	a := s.text(id, from, "i want to kill myself tonight")
	if a.Status != http.StatusOK || !strings.Contains(strings.Join(a.Bodies, " "), "988") {
		s.t.Errorf("%s: %s answers danger %d %q", when, id, a.Status, a.Bodies)
	}
	if err := h.poster.Alarms(s.t.Context()); err != nil && h.serves() == nil {
		s.t.Error(when, err)
	}
	told := false
	for _, c := range h.desk.Cases() {
		told = told || c.Channel == handlers.UrgentChannel && c.Phone.E164() == from
	}
	if !told {
		s.t.Errorf("%s: %s tells nobody of danger", when, id)
	}
}

// ready is what /readyz says.
func (h *dweller) ready() (code int, mode string) {
	w := httptest.NewRecorder()
	h.routes().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	var r struct{ Mode string }
	_ = json.Unmarshal(w.Body.Bytes(), &r) // no mode, if it can't be read
	return w.Code, r.Mode
}

// says is what /status says of a check.
func (h *dweller) says(check string) (state, what string) {
	w := httptest.NewRecorder()
	h.status(w, httptest.NewRequest(http.MethodGet, "/status", nil))
	var r report
	_ = json.Unmarshal(w.Body.Bytes(), &r)
	for _, c := range r.Checks {
		if c.Name == check {
			return string(c.State), c.What + " → " + c.Do
		}
	}
	return "", ""
}

// warns checks that a bot says something of a check wherever people look: at /status, at the desk
// and in the log.
func (h *dweller) warns(t *testing.T, when, check, state string, says ...string) {
	t.Helper()
	is, what := h.says(check)
	said, err := h.staff.Command(t.Context(), handlers.Command{
		ID: fmt.Sprint(h.bot, when), FromDesk: true, Text: "status",
	})
	if err != nil {
		t.Fatal(err)
	}
	desk := said.Text(true, time.UTC)
	for _, one := range says {
		if is != state || !strings.Contains(what, one) {
			t.Errorf("%s: /status of %s: %s %s, want %s and %q", when, h.bot, is, what, state, one)
		}
	}
	if !strings.Contains(desk, "bots ") || !strings.Contains(desk, says[0]) {
		t.Errorf("%s: the desk's check says nothing of %q: %s", when, says[0], desk)
	}
	if !strings.Contains(h.log.String(), `"check: `+check+`"`) {
		t.Errorf("%s: the log says nothing of %s", when, check)
	}
}
