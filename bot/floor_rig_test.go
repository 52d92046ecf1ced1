package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// floor is Beacon as it is wired for live, between a Twilio and a Slack over HTTP, on a Redis that a
// test can take away. The log has all levels.
type floor struct {
	doors
	slack *slacktest.Slack
	redis *miniredis.Miniredis
}

// floorWords are the shipped ones with entries of every class, and no pace. What staff teach the
// last one is of no patient, so its name isn't marked.
var floorWords = sync.OnceValues(func() (*knowledge.Base, error) {
	base, err := knowledge.Load(handlerstest.FAQ(`
- {id: zqentry, name: Soreness in plain words, asks: {en: [does the zqlabel hurt, is the zqlabel sore]}, answer: {en: A little.}}
- {id: zqlater, class: H, asks: {en: [who keeps my zqlabel papers]}, answer: {en: We do.}}
- {id: gloves, asks: {en: [do you wear gloves]}, answer: {en: Always.}}
`))
	if err == nil {
		base.Clinic.Pace = settings.Pace{}
		base.Clinic.AnswerUnreviewed = true
		base.Clinic.Waitlist.On = true
	}
	return base, err
})

// newFloor is open from ten o'clock on the first of December, in New York.
func newFloor(t *testing.T, showText bool) *floor {
	t.Helper()
	f := &floor{slack: slacktest.New(), redis: miniredis.RunT(t)}
	t.Cleanup(f.slack.Close)
	f.doors = doors{
		t: t, clock: handlerstest.NewClock(t, "2026-12-01 10:00"), log: &loggedLines{},
	}
	f.twilio = twiliotest.Start(t, twiliotest.Config{Now: f.clock.Now})
	c := &Config{
		TwilioAccountSID: twiliotest.AccountSID, TwilioAuthToken: twiliotest.AuthToken,
		TwilioFrom: twiliotest.From, TwilioAPIURL: f.twilio.URL(),
		SlackBotToken: slacktest.BotToken, SlackSigningSecret: slacktest.SigningSecret,
		SlackDeskChannel: slacktest.Desk, SlackUrgentChannel: slacktest.Urgent,
		SlackAPIURL: f.slack.URL(), SlackShowText: fmt.Sprint(showText),
		RedisURL: "redis://" + f.redis.Addr(), BeaconKeys: redistest.Key,
	}
	store, err := redis.Open(redis.Config{
		URL: c.RedisURL, Keys: c.keys(), Now: f.clock.Now, Patience: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	base, err := floorWords()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	f.app = wire(base, store, true, f.clock.Now, log)
	server := httptest.NewServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { f.app.routes().ServeHTTP(w, r) },
	))
	t.Cleanup(server.Close)
	f.url, c.PublicURL = server.URL, server.URL
	f.slack.Point(f.url)
	if err := f.app.connectTwilio(c, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.app.connectSlack(c, nil); err != nil {
		t.Fatal(err)
	}
	f.app.reach(f.app.twilio, f.app.slack)
	f.app.watch(newHealth(f.app.probes(c), time.Now, f.app.meter, log))
	t.Cleanup(f.rest)
	return f
}

// rest waits for what goes on beside the requests.
func (f *floor) rest() {
	f.app.slack.Wait()
	f.app.patient.Wait()
	f.app.poster.Wait()
}

// work carries out what is due. What fails, while Redis is away say, stays due.
func (f *floor) work() {
	f.rest()
	for range 20 {
		_, next, err := f.app.due(f.t.Context(), f.clock.Now())
		if err != nil || next.IsZero() || next.After(f.clock.Now()) {
			break
		}
	}
	f.rest()
}

// texts is a patient who texts, whatever it is answered.
func (f *floor) texts(from, body string) {
	f.t.Helper()
	form := url.Values{"From": {from}, "Body": {body}}
	if _, err := f.twilio.PostText(f.t.Context(), f.url+"/twilio/text", form); err != nil {
		f.t.Fatal(err)
	}
	f.work()
}

// asks is a member of staff who gives a command in the desk's channel.
func (f *floor) asks(text string) slacktest.Answer {
	f.t.Helper()
	a, err := f.slack.Command(f.t.Context(), slacktest.Desk, "UNURSE", text)
	if err != nil {
		f.t.Fatal(err)
	}
	f.work()
	return a
}

// threads are the cards, oldest first.
func (f *floor) threads() (out []slacktest.Message) {
	for _, m := range f.slack.Messages() {
		if m.BotID != "" && m.ThreadTS == "" && m.OnlyFor == "" && len(m.Metadata) > 0 {
			out = append(out, m)
		}
	}
	return out
}
