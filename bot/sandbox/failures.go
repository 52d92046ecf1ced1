package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"github.com/beacon-clinic/beacon/handlers"
)

// failure is something outside Beacon that breaks while it is switched on, and what the page says
// of it.
type failure struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Broken string `json:"broken"` // what is broken
	Then   string `json:"then"`   // what Beacon does
	Staff  string `json:"staff"`  // what staff see
	On     bool   `json:"on"`
}

// The failures, by their ids.
const (
	twilioRefuses  = "twilio_refuses"
	twilioHangs    = "twilio_hangs"
	twilioAway     = "twilio_away"
	carrierRejects = "carrier_rejects"
	slackAway      = "slack_away"
	redisAway      = "redis_away"
	redisFrozen    = "redis_frozen"
	webhooksRepeat = "webhooks_repeat"
)

// failures are all of them, switched off.
var failures = []failure{
	{
		ID: twilioRefuses, Name: "Twilio refuses",
		Broken: "Twilio answers every request with 401: the credentials are wrong (20003).",
		Then: "What Beacon sends by itself waits, and one text at a time is tried. Who texts is " +
			"still answered, since the answer goes back with their own text.",
		Staff: "One card says what to mend. A patient in danger has a card at once; its thread " +
			"says that the on-call phone can't be reached.",
	},
	{
		ID: twilioHangs, Name: "Twilio hangs",
		Broken: "Twilio takes a text, but its answer never comes.",
		Then: "Nobody knows whether the text left, so Beacon waits for its receipt or looks for it " +
			"in Twilio's list. It never sends it a second time blindly, but for an alarm.",
		Staff: "Nothing, as long as receipts come. The on-call phone may be told twice.",
	},
	{
		ID: twilioAway, Name: "Twilio is away",
		Broken: "No connection to Twilio comes about.",
		Then: "Nothing has left, so each text is tried again, with longer and longer pauses, as " +
			"long as it still makes sense. Who texts is still answered.",
		Staff: "A text that becomes too late gets a card: call them. A patient in danger has a " +
			"card at once; its thread soon says that the on-call phone isn't reached, which is " +
			"tried again every minute.",
	},
	{
		ID: carrierRejects, Name: "The carrier rejects",
		Broken: "Twilio takes each text, and the carrier filters it out (30007).",
		Then: "A receipt says that the text didn't arrive. The same words would be filtered again, " +
			"so they aren't sent again. Of an answer to a patient's own text no receipt comes, so Beacon " +
			"doesn't learn that it was filtered too.",
		Staff: "A card for each text, with what to tell the patient by phone. The on-call phone, " +
			"whose texts are filtered as well, is rung.",
	},
	{
		ID: slackAway, Name: "Slack is away",
		Broken: "No connection to Slack comes about, in either direction.",
		Then: "Patients are answered, and reminded, as ever. Each card waits and is tried again, at " +
			"least every half minute; nothing is lost.",
		Staff: "Nothing, and they can do nothing. The on-call phone is told at once of a patient in " +
			"danger whose card can't be shown.",
	},
	{
		ID: redisAway, Name: "Redis is away",
		Broken: "Redis is down: nothing can be stored or read.",
		Then: "Who is in danger gets the words all the same. Any other text is refused, and " +
			"handled when Redis is back; what is planned waits.",
		Staff: "A patient in danger has a card at once, and the on-call phone is told if " +
			"nobody can take it. All else comes afterwards.",
	},
	{
		ID: redisFrozen, Name: "Redis is frozen",
		Broken: "Redis takes connections, but answers nothing.",
		Then: "The same as if it were away. After a few commands without an answer, Beacon asks " +
			"it only now and then, so that nobody waits for it.",
		Staff: "The same as if it were away.",
	},
	{
		ID: webhooksRepeat, Name: "Webhooks are repeated",
		Broken: "Twilio delivers each text and each receipt twice, under one id.",
		Then:   "The second gets the answer of the first, and does nothing.",
		Staff:  "Nothing: one card, one answer.",
	},
}

// The errors of what is broken. After errHangs, which is of the kind that package twilio returns, a
// text may have left.
var (
	errHangs       = errors.New("reach twilio: context deadline exceeded")
	errSlack       = errors.New("reach slack: connection refused")
	errRedis error = fault{http.StatusServiceUnavailable, "Redis doesn't answer, so Beacon refused " +
		"this text. It is handled once Redis is back."}
	errNoAct error = fault{http.StatusServiceUnavailable, "Redis doesn't answer, so this wasn't " +
		"done. Do it again once Redis is back."}
	errNoSlack error = fault{http.StatusServiceUnavailable, "Slack is away, so this doesn't reach " +
		"Beacon. Do it again once Slack is back."}
)

// twilioFails returns what Twilio's client returns while Twilio refuses or is away, nil if it
// doesn't.
func (s *Sandbox) twilioFails() error {
	switch {
	case s.fails(twilioRefuses):
		return &handlers.Refusal{
			Code: 20003, Retry: true, Why: "Twilio refused the bot's credentials",
			Mend: "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN against console.twilio.com, then " +
				"restart Beacon.",
		}
	case s.fails(twilioAway):
		return &handlers.Refusal{Retry: true, Why: "Twilio could not be reached"}
	}
	return nil
}

// slackFails returns what the desk's client returns while Slack is away, nil if it isn't.
func (s *Sandbox) slackFails() error {
	if s.fails(slackAway) {
		return errSlack
	}
	return nil
}

// bySlack returns a door that staff reach through Slack. An act that fails because Redis does is
// theirs to do again.
func (s *Sandbox) bySlack(
	serve func(http.ResponseWriter, *http.Request) error,
) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.fails(slackAway) {
			return errNoSlack
		}
		err := serve(w, r)
		var f fault
		if err != nil && !errors.As(err, &f) && s.storeFails() {
			return errNoAct
		}
		return err
	}
}

// fails reports whether a failure is switched on.
func (s *Sandbox) fails(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken[id]
}

// storeFails reports whether Redis is switched off or frozen.
func (s *Sandbox) storeFails() bool { return s.fails(redisAway) || s.fails(redisFrozen) }

// shown returns the failures as they are switched now.
func (s *Sandbox) shown() []failure {
	list := slices.Clone(failures)
	for i := range list {
		list[i].On = s.fails(list[i].ID)
	}
	return list
}

// serveFailures is GET /sandbox/failures: what can be switched on, and what is.
func (s *Sandbox) serveFailures(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, s.shown())
}

// serveFail is POST /sandbox/fail {"id", "on"}: it switches a failure; {"id": "", "on": false}
// switches all off. It answers as serveFailures does, once what waited for it has been done.
func (s *Sandbox) serveFail(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		ID string `json:"id"`
		On bool   `json:"on"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	want, known := map[string]bool{}, in.ID == "" && !in.On
	for _, f := range s.shown() {
		known = known || f.ID == in.ID
		if f.ID == in.ID && in.On || f.ID != in.ID && f.On && in.ID != "" {
			want[f.ID] = true
		}
	}
	if !known {
		return badRequest("id: want one of GET /sandbox/failures")
	}
	if err := s.breaks(want); err != nil {
		return err
	}
	// The pages hear of it once what waited is done: a store that is back isn't asked at once.
	err := s.resume(r.Context())
	s.events.emit("failures", s.shown())
	if err != nil {
		return err
	}
	return writeJSON(w, s.shown())
}

// A store that answers again is believed only after a rest, so it is asked for a while.
const (
	resumeTries = 300
	resumePause = 50 * time.Millisecond
)

// resume does what waited for a failure to end.
func (s *Sandbox) resume(ctx context.Context) (err error) {
	for range resumeTries {
		if !s.storeFails() {
			err = s.catchUp(ctx)
		}
		if err == nil {
			err = s.Settle(ctx)
		}
		if !errors.Is(err, handlers.ErrAway) {
			return err
		}
		<-time.After(resumePause)
	}
	return err
}

// holdTime is how long a frozen Redis holds a command before it hangs up. A live bot gives one up
// after that time by itself; the sandbox's patience is longer, since a slow machine mustn't count
// as a Redis that hangs.
const holdTime = 600 * time.Millisecond

// breaks switches the failures that are to be on, and stops, freezes or restarts Redis.
func (s *Sandbox) breaks(want map[string]bool) error {
	s.switching.Lock()
	defer s.switching.Unlock()
	s.mu.Lock()
	m, was := s.redis, s.broken[redisAway]
	s.broken = want
	s.mu.Unlock()
	if m == nil {
		return nil
	}
	if !was && want[redisAway] {
		m.Close()
	}
	if was && !want[redisAway] {
		if err := m.Restart(); err != nil {
			return fmt.Errorf("restart redis in the process: %w", err)
		}
	}
	if want[redisAway] {
		return nil
	}
	var hold server.Hook
	if want[redisFrozen] {
		hold = func(c *server.Peer, _ string, _ ...string) bool {
			<-time.After(holdTime)
			c.Close()
			return true
		}
	}
	m.Server().SetPreHook(hold)
	return nil
}

// catchUp hands over the texts that were refused while Redis was away, in their order, as the
// carrier's list shows them later. One that fails stays, with those after it.
func (s *Sandbox) catchUp(ctx context.Context) error {
	s.switching.Lock()
	defer s.switching.Unlock()
	for {
		s.mu.Lock()
		if len(s.refused) == 0 {
			s.mu.Unlock()
			return nil
		}
		t := s.refused[0]
		s.mu.Unlock()
		if _, err := s.cfg.Load().CatchUp(ctx, t, true); err != nil {
			return fmt.Errorf("catch up on a text: %w", err)
		}
		s.mu.Lock()
		s.refused = s.refused[1:]
		s.mu.Unlock()
	}
}

// receive hands a text over, twice if webhooks are repeated. What Redis can't take waits for
// catchUp.
func (s *Sandbox) receive(ctx context.Context, t handlers.Text) (handlers.Reply, error) {
	reply, err := s.cfg.Load().Patient.Receive(ctx, t)
	switch {
	case err != nil && s.storeFails():
		s.mu.Lock()
		s.refused = append(s.refused, t)
		s.mu.Unlock()
		return reply, errRedis
	case err == nil && s.fails(webhooksRepeat):
		_, err = s.cfg.Load().Patient.Receive(ctx, t)
	}
	if err != nil {
		return reply, fmt.Errorf("receive a text: %w", err)
	}
	return reply, nil
}
