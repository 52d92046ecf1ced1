package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"github.com/beacon-clinic/beacon/bot/chart"
	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// wire puts Beacon together on a store. Its ways to phones and to the desk are set by reach, its
// health by watch; both may stay unset where nothing is sent. Each handler gets the store under the
// names of the interfaces that it asks for. live says whether entries that await their review go to
// a person.
func wire(
	base *knowledge.Base, store *redis.Redis, live bool, now func() time.Time, log *slog.Logger,
) *app {
	a := &app{base: base, store: store, now: now, log: log, meter: newMeter(store)}
	a.words = base.Fingerprint()
	a.texter = &gate.Texter{
		Clinic: base.Clinic, Store: store, Ledger: store, Receipts: store,
		Place: new(feed.Places).Of, Now: now, Meter: a.meter, Log: log,
	}
	a.poster = &desk.Poster{
		Base: base, Store: store, Posts: store, Ring: a.texter,
		Facts: facts(base, store, now), Now: now, Meter: a.meter, Log: log,
	}
	a.waitlist = &waitlist.Handler{
		Base: base, Store: store, Slots: store, Register: store,
		Now: now, Meter: a.meter, Log: log,
	}
	a.reminders = &reminder.Reminders{
		Base: base, Store: store, History: store, Gate: a.texter, Now: now,
	}
	a.visits = &visits.Books{
		Base: base, Store: store, Visits: store, Feeds: store, Waitlist: a.waitlist, Now: now,
	}
	a.writer = &visits.Writer{
		Base: base, Store: store, Visits: store, Outbox: store,
		Systems: map[string]visits.System{}, Now: now, Log: log,
	}
	a.patient = &patient.Handler{
		Base: base, Store: store, Gate: a.texter, Poster: a.poster, Visits: a.visits,
		History: store, Refusals: store, Live: live, Now: now, Meter: a.meter, Log: log,
	}
	a.broadcast = &broadcast.Handler{
		Base: base, Store: store, Visits: store, Rows: store, Books: a.visits, Gate: a.texter,
		Now: now, Log: log,
	}
	a.school = &learning.School{
		Base: base, Store: store, Desk: store, Cards: store, Now: now, Log: log,
	}
	a.staff = &staff.Handler{
		Kit: act.Kit{
			Base: base, Store: store, Cases: store, Texts: store, Patients: store, School: a.school,
			Audit: store, Feeds: store, Calls: store, Pending: store,
			Visits: a.visits, Reminders: a.reminders, Waitlist: a.waitlist, Gate: a.texter,
			Bot: a.patient, Phone: feed.ParsePhone,
			Broadcasts: a.broadcast, Figures: store, Draw: chart.Bars,
			Now: now, Meter: a.meter, Log: log,
		},
		Rights: staff.Rights{Roles: base.Clinic.Roles},
	}
	a.texter.Wording = wording{
		reminders: a.reminders, waitlist: a.waitlist, poster: a.poster, broadcast: a.broadcast,
	}
	a.poster.Step = a.broadcast.Step
	return a
}

// wireLive puts Beacon together with the clinic's accounts at Twilio and Slack. Nobody is asked
// yet, so it works while they or Redis are away. The error is one of the configuration.
func wireLive(c *Config, transport http.RoundTripper, log *slog.Logger) (*app, error) {
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		return nil, err
	}
	if base.Clinic.Placeholder {
		return nil, errors.New("clinic.yaml is the shipped placeholder: put in your clinic's own " +
			"facts and delete the line placeholder: true (KNOWLEDGE_DIR, see knowledge/README.md)")
	}
	// Several machines share the queues: one whose clock is off by more than a second goes by the
	// server's, else what it stores as due now would be due to the others at another time.
	store, err := redis.Open(redis.Config{
		URL: c.RedisURL, Keys: c.keys(), Keep: keep(base), Now: time.Now, Skew: time.Second,
		Upgrades: true, Count: figures.Counter{Clinic: base.Clinic},
	})
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	a := wire(base, store, true, store.Now, log)
	if len(a.texter.Countries()) == 0 || a.texter.Countries()[0] == "" {
		return nil, errors.New("clinic.yaml: phone: want E.164 like +12125550100, since only its " +
			"country is texted; or name the countries under reach")
	}
	if err := errors.Join(a.connectTwilio(c, transport), a.connectSlack(c, transport)); err != nil {
		return nil, err
	}
	a.texter.Sleep = func(d time.Duration) { <-time.After(d) }
	a.socket = c.SlackAppToken != ""
	a.reach(a.twilio, a.slack)
	a.bot, a.build = botID(), buildOf(buildInfo())
	if a.feeds, err = a.followers(c, transport); err != nil {
		return nil, err
	}
	a.watch(newHealth(a.probes(c), time.Now, a.meter, log))
	return a, nil
}

// wireBooks puts Beacon together for a command that only reads and books visits: on the configured
// Redis, or on that of the sandbox which runs on this machine. It sends nothing: reminders are
// planned in Redis, and a running bot sends them. It reads the words without the model that
// patients' texts are read by.
func wireBooks(w world, c *Config) (*app, error) {
	base, err := readKnowledge(c.KnowledgeDir)
	if err != nil {
		return nil, err
	}
	conf := redis.Config{
		URL: c.RedisURL, Keys: c.keys(), Keep: keep(base), Now: time.Now,
		Count: figures.Counter{Clinic: base.Clinic},
	}
	if c.RedisURL == "" {
		in, err := findSandbox(w, c)
		if err != nil {
			return nil, err
		}
		conf.URL, conf.Keys, conf.Now, conf.Patience = in.URL, nil, in.clock(time.Now), time.Minute
	}
	store, err := redis.Open(conf)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	level := c.level()
	if level == slog.LevelInfo { // the default logs what happens, which a command prints itself
		level = slog.LevelWarn
	}
	log := slog.New(slog.NewTextHandler(w.err, &slog.HandlerOptions{Level: level}))
	return wire(base, store, c.live(), conf.Now, log), nil
}

// wireRecords is wireBooks for a command on what is known of people, or done by them: it wants the
// bot's whole configuration, without which it might read another store than the bot's.
func wireRecords(w world, c *Config) (*app, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return wireBooks(w, c)
}

// keep returns how long the clinic keeps things.
func keep(base *knowledge.Base) redis.Keep {
	k := base.Clinic.Keep
	return redis.Keep{
		Talk: settings.Days(k.Conversations), Reply: settings.Days(k.Answers),
		Case: settings.Days(k.Cases), Visit: settings.Days(k.Visits),
		Text: settings.Days(k.Texts), Said: settings.Days(k.Transcripts),
		Number:   settings.Days(k.Numbers),
		Stranger: settings.Days(k.Strangers), Consent: settings.Days(k.Consents),
		Question: settings.Days(k.Questions), Wish: settings.Days(k.Waitlist), Audit: settings.Days(k.Audit),
	}
}

// own returns the clinic's own numbers besides the one that texts come from: the on-call phone's.
// A text from one of them gets no answer, since a reply to an alarm isn't a patient's text.
func (a *app) own() []handlers.Phone {
	p, err := handlers.NewPhone(a.base.Clinic.Desk.OnCallPhone)
	if err != nil { // there is none: loading the words refuses a wrong one
		return nil
	}
	return []handlers.Phone{p}
}

// botID names this process: by its machine, so that it can be found, and by a random part, so that
// the name is unique.
func botID() string {
	name, err := os.Hostname()
	if err != nil {
		name = "bot"
	}
	return fmt.Sprintf("%s-%08x", name, rand.Uint32())
}

// newCatchUp returns the catch-up of an app. Its list is set once Twilio is connected.
func newCatchUp(a *app) *catchUp {
	return &catchUp{
		patient: a.patient, store: a.store, meter: a.meter, now: a.now, log: a.log,
		refused: map[string]handlers.Text{}, answered: map[string]bool{},
	}
}

// connectTwilio gives the app its way to and from phones. Texts come in through the catch-up, which
// notes those that are refused. The error is one of the configuration; no request is made.
func (a *app) connectTwilio(c *Config, transport http.RoundTripper) (err error) {
	a.catchUp = newCatchUp(a)
	a.twilio, err = twilio.New(twilio.Config{
		AccountSID: c.TwilioAccountSID, AuthToken: c.TwilioAuthToken,
		PreviousToken: c.TwilioAuthTokenPrevious,
		APIKey:        c.TwilioAPIKey, APISecret: c.TwilioAPISecret,
		MessagingServiceSID: c.TwilioMessagingServiceSID, From: c.TwilioFrom,
		BaseURL: c.TwilioAPIURL, PublicURL: c.PublicURL,
		Transport: transport, Timeout: 10 * time.Second,
		Patient: a.catchUp, Receipts: a.texter, OnCall: a.staff, Staff: a.staff,
		Own: a.own(), Meter: a.meter, Now: a.now, Log: a.log,
	})
	a.catchUp.list = a.twilio
	a.staff.NoCalls, _ = noCaller(c.TwilioFrom)
	return err
}

// connectSlack gives the app its way to and from the desk. The error is one of the configuration;
// no request is made.
func (a *app) connectSlack(c *Config, transport http.RoundTripper) (err error) {
	a.slack, err = slack.New(slack.Config{
		BotToken: c.SlackBotToken, SigningSecret: c.SlackSigningSecret, AppToken: c.SlackAppToken,
		DeskChannel: c.SlackDeskChannel, UrgentChannel: c.SlackUrgentChannel, APIURL: c.SlackAPIURL,
		ShowText: c.showText(), Home: a.home, Staff: a.staff,
		Transport: transport, Meter: a.meter, Log: a.log,
	})
	if err == nil {
		a.staff.Rights.Members = a.slack.Members
	}
	return err
}

// facts returns how the desk reads what a card says of its patient.
func facts(
	base *knowledge.Base, store handlers.Store, now func() time.Time,
) func(context.Context, handlers.Case) ([]handlers.Fact, error) {
	return func(ctx context.Context, c handlers.Case) ([]handlers.Fact, error) {
		s, err := store.Peek(ctx, c.Phone)
		if err != nil {
			return nil, err
		}
		return desk.Facts(base, s, now()), nil
	}
}
