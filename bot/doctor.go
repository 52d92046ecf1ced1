package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/knowledge"
)

// doctorTime is the longest that a doctor waits for anybody.
const doctorTime = 5 * time.Second

type doctorCommand struct{}

// Run asks all that Beacon stands on once, prints it as a table, and fails if something can't work.
func (doctorCommand) Run(w world, c *Config) error {
	found := configured(c)
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		found = append(found, bad("words", err.Error(), "Mend them: no bot starts on them."))
		if base, err = knowledge.Load(nil); err != nil { // the rest is asked with those shipped
			return err
		}
	}
	a, err := wireDoctor(base, c, w)
	if err != nil {
		return err
	}
	defer a.closeStore()
	h := newHealth(append([]probe{a.wholeWords()}, a.probes(c)...), time.Now, a.meter, a.log)
	h.ask(w.ctx, doctorTime, func(*watch) bool { return true })
	for _, s := range h.all() {
		found = append(found, s.finding)
	}
	found = append(found, a.unseen(c)...)
	if err := doctorTable(w.out, found, w.color); err != nil {
		return err
	}
	faults, warnings := 0, 0
	for _, f := range found {
		switch f.Level {
		case faulty:
			faults++
		case warned:
			warnings++
		}
	}
	if faults > 0 {
		return fmt.Errorf("%d can't work, %d warnings", faults, warnings)
	}
	_, err = fmt.Fprintf(w.out, "\nall can work, %d warnings\n", warnings)
	return err
}

// configured is what is wrong with the variables.
func configured(c *Config) (out []finding) {
	for _, m := range c.mistakes() {
		out = append(out, bad(m.name, m.what+" (.env.example says what it is)", ""))
	}
	if len(out) == 0 {
		out = append(out, good("variables", "none is missing or malformed"))
	}
	return out
}

// wireDoctor puts together what is configured of a live bot. Nothing is started.
func wireDoctor(base *knowledge.Base, c *Config, w world) (*app, error) {
	var store *redis.Redis
	if c.RedisURL != "" {
		// A URL that is none was told of.
		store, _ = redis.Open(redis.Config{URL: c.RedisURL, Keys: c.keys(), Now: time.Now})
	}
	a := wire(base, store, true, time.Now, slog.New(slog.DiscardHandler))
	if c.SlackBotToken != "" {
		if err := a.connectSlack(c, w.transport); err != nil {
			a.slack = nil // what it lacks was told of, or is by unseen
		}
	}
	if c.live() {
		if err := a.connectTwilio(c, w.transport); err != nil {
			a.twilio = nil
		}
	}
	return a, nil
}

func (a *app) closeStore() {
	if a.store != nil {
		_ = a.store.Close() // nothing is left to write
	}
}

// unseen is what wasn't checked, and why.
func (a *app) unseen(c *Config) (out []finding) {
	skipped := func(name, what string) { out = append(out, skip(name, what)) }
	why := "its variables are wrong or missing, see above"
	if !c.live() {
		why = "not set up: without TWILIO_ACCOUNT_SID Beacon is the sandbox, which needs none"
	}
	if a.store == nil {
		skipped("redis", why)
	}
	if a.slack == nil {
		skipped("slack", why)
	}
	if a.twilio == nil {
		skipped("twilio", why)
	}
	if a.slack != nil && c.SlackSigningSecret != "" {
		skipped("slack secret", "SLACK_SIGNING_SECRET can't be asked for:"+
			" write /clinic status in Slack, an answer shows that it is right")
	}
	if a.twilio != nil {
		skipped("PUBLIC_URL", "whether it reaches this bot is seen from outside alone:"+
			" text the clinic's number")
	}
	return out
}

// textWidth is how long the lines of a doctor's words are: with the columns before them a
// terminal's.
const textWidth = 76

// doctorTable is a check a line, what to do beneath what is wrong.
func doctorTable(to io.Writer, found []finding, color bool) error {
	name := 0
	for _, f := range found {
		name = max(name, len(f.Name))
	}
	var b strings.Builder
	for _, f := range found {
		lines := wrap(f.What, textWidth)
		if f.Do != "" && f.Level != fine {
			lines = append(lines, wrap("→ "+f.Do, textWidth)...)
		}
		for i, line := range lines {
			state, of := "", ""
			if i == 0 {
				state, of = string(f.Level), f.Name
			}
			state = paint(fmt.Sprintf("%-11s", state), f.Level, color)
			fmt.Fprintf(&b, "%s  %-*s  %s\n", state, name, of, line)
		}
	}
	_, err := io.WriteString(to, b.String())
	return err
}
