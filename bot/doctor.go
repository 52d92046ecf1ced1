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

// doctorTime bounds each check. All are made at once, so the doctor ends in about that time
// whatever hangs. It is longer than a running bot's probeTime: nobody waits for the next look.
const doctorTime = 5 * time.Second

// doctorCommand is `bot doctor`.
type doctorCommand struct{}

// Run checks everything that Beacon depends on once and prints it as a table. It changes nothing
// but one key that shows whether Redis takes a write, so it is safe beside a running bot, which
// doesn't count it as another. It goes on past every fault, so that one run shows all of them. The
// error, and with it exit code 1, is for faults alone: warnings and what couldn't be checked leave
// it at 0.
func (doctorCommand) Run(w world, c *Config) error {
	found := configured(c)
	base, err := loadKnowledge(c.KnowledgeDir)
	if err != nil {
		found = append(found, bad("words", err.Error(), "Mend them: no bot starts on them."))
		// The shipped words stand in, so that accounts and Redis are checked all the same.
		if base, err = knowledge.Load(nil); err != nil {
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

// configured returns what is wrong with the variables, a finding each, or one that says that
// nothing is.
func configured(c *Config) (out []finding) {
	for _, m := range c.mistakes() {
		out = append(out, bad(m.name, m.what+" (.env.example says what it is)", ""))
	}
	if len(out) == 0 {
		out = append(out, good("variables", "none is missing or malformed"))
	}
	return out
}

// wireDoctor puts together as much of a live bot as the variables allow. Nothing is started, and
// what can't be built is nil: its variables were reported by configured, and unseen says that it
// wasn't checked. The log is thrown away because the table says it all.
func wireDoctor(base *knowledge.Base, c *Config, w world) (*app, error) {
	var store *redis.Redis
	if c.RedisURL != "" {
		// It is nil with an error, which configured has told of.
		store, _ = redis.Open(redis.Config{
			URL: c.RedisURL, Keys: c.keys(), Now: time.Now, Skew: time.Second, Upgrades: true,
		})
	}
	a := wire(base, store, true, time.Now, slog.New(slog.DiscardHandler))
	if c.SlackBotToken != "" {
		if err := a.connectSlack(c, w.transport); err != nil {
			a.slack = nil
		}
	}
	if c.live() {
		if err := a.connectTwilio(c, w.transport); err != nil {
			a.twilio = nil
		}
	}
	return a, nil
}

// closeStore closes the store, if there is one.
func (a *app) closeStore() {
	if a.store != nil {
		_ = a.store.Close() // nothing is left to write
	}
}

// unseen returns what wasn't checked, and why: a row that is missing would be taken for one that is
// in order. Two things can't be checked from here at all, and it says how to try them.
func (a *app) unseen(c *Config) (out []finding) {
	skipped := func(name, what string) { out = append(out, skip(name, what)) }
	why := "its variables are wrong or missing, see above"
	if !c.live() && hasSandbox {
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

// textWidth is where the doctor's sentences wrap, in characters. With the columns before them, some
// 35, a line fits a terminal of 120.
const textWidth = 76

// doctorTable writes a check a line: its state, its name, what was found, and beneath what is wrong
// an arrow and what to do. Later lines of a check have blank columns, so that a search for a state
// or a name finds each check once. Color marks states for people only; the words say the same.
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
