package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
)

const (
	// botEvery is how often a bot announces itself. So long it may take to hear that others took
	// over its work.
	botEvery = 2 * time.Second
	// botLease is how long a bot counts as running after it last announced itself: longer than
	// Sentinels take to give Redis another primary, since who isn't listed isn't waited for. One
	// that was killed is listed that long, and what is left to it comes again; one that shuts down
	// withdraws.
	botLease = 15 * time.Second
)

// announce lists this bot among those on its Redis: its words are the current ones from now on. It
// is called once the bot is sure to start, and from then on the check of the bots repeats it. It
// returns why a live bot can't start after all; a Redis that is away is no reason.
func (a *app) announce(ctx context.Context) (fatal []finding) {
	a.announced.Store(true)
	a.health.ask(ctx, probeTime, func(w *watch) bool { return w.of == ofBots })
	return a.health.fatal()
}

// checkBots looks which bots run on this Redis, on which words and in which layout. One that has
// started announces itself by it; a doctor, and a bot that may not start yet, only look. A Redis
// that doesn't answer is "not checked".
func (a *app) checkBots(ctx context.Context) []finding {
	look := a.store.Bots
	if a.announced.Load() {
		look = func(ctx context.Context) (redis.Fleet, error) {
			return a.store.Announce(ctx, a.self(), botLease)
		}
	}
	all, err := look(ctx)
	if err != nil {
		return []finding{skip(checkLayout, plain(err)), skip(checkWords, plain(err))}
	}
	return []finding{a.judgeLayout(all), judgeBots(a.self(), all)}
}

// self is this process as other bots see it. A doctor has no ID.
func (a *app) self() redis.Bot { return redis.Bot{ID: a.bot, Words: a.words, Build: a.build} }

// judgeLayout finds a Redis whose keys and values this build can't read, or can't any more. No live
// bot starts on one; one that runs answers danger only.
func (a *app) judgeLayout(all redis.Fleet) finding {
	switch err := all.Fits(); {
	case errors.Is(err, redis.ErrLater):
		f := bad(checkLayout, err.Error(), "Stop this bot, "+orDash(a.build)+
			", and start the newest version in its place: "+newest(all)+
			". Until then it answers danger only.")
		f.Fatal = true
		return f
	case err != nil:
		f := bad(checkLayout, err.Error(), "Give this version an empty Redis and import the"+
			" visits. Twilio still refuses texts to who texted STOP; leave out who opted out in"+
			" other words.")
		f.Fatal = true
		return f
	}
	if old := all.Earlier(); len(old) > 0 {
		what := "bots of an earlier layout run here, which can't read all that is stored: "
		return warn(checkLayout, what+strings.Join(old, ", "),
			"Stop them, and start this version in their place.")
	}
	return good(checkLayout, "it holds what this version stores")
}

// newest names the bot that was started last, and its version.
func newest(all redis.Fleet) string {
	if len(all.Bots) == 0 {
		return "none runs now"
	}
	b := all.Bots[len(all.Bots)-1]
	return b.ID + " runs " + orDash(b.Build)
}

// judgeBots compares the words of a bot with the current ones, those of the newest start.
func judgeBots(own redis.Bot, all redis.Fleet) finding {
	on := strings.Join(all.On(), ", ")
	since := all.Since.UTC().Format(time.RFC3339)
	switch {
	case all.Words == "" || own.ID == "" && len(all.Bots) == 0:
		return good(checkWords, "no bot runs here")
	case own.Words == all.Words:
		return judgeOthers(own, all)
	case own.ID == "":
		what := fmt.Sprintf("the bots here have other words than this command (%s): current are"+
			" %s, since %s, on %s", own.Words, all.Words, since, orDash(on))
		return warn(checkWords, what, "If the words were edited since, restart the bots; else ask"+
			" with their KNOWLEDGE_DIR and their version.")
	}
	what := fmt.Sprintf("this one has the words %s, but %s are current, since %s: bots on"+
		" different words answer a patient as chance has it", own.Words, all.Words, since)
	do := "If the newer words are wanted, start this bot anew on them (the same KNOWLEDGE_DIR and" +
		" version as " + orDash(on) + "). If its own are, restart it and the others on those: the" +
		" newest start decides."
	switch {
	case on == "":
		what += ". No bot on the current ones lives, so this one serves on"
		return warn(checkWords, what, do)
	case all.Refuses(own.Words):
		what += ". It answers danger only and is not ready; all else is left to "
		return bad(checkWords, what+on, do)
	}
	until := all.Until().UTC().Format(time.RFC3339)
	return warn(checkWords, what+". It serves on until "+until+", for a rolling change", do)
}

// judgeOthers finds bots on other words than the current ones, which this one is on.
func judgeOthers(own redis.Bot, all redis.Fleet) finding {
	var others []string
	for _, b := range all.Bots {
		if b.Words != own.Words {
			others = append(others, b.ID+" on "+b.Words)
		}
	}
	if len(others) == 0 {
		what := fmt.Sprintf("%d run here, all on words %s", len(all.Bots), own.Words)
		return good(checkWords, what)
	}
	slices.Sort(others)
	until := "until " + all.Until().UTC().Format(time.RFC3339)
	if !all.Now.Before(all.Until()) {
		until = "no longer, but danger"
	}
	what := fmt.Sprintf("bots run on different words. Current since %s are %s, which this one has."+
		" Others answer %s: %s", all.Since.UTC().Format(time.RFC3339), own.Words, until,
		strings.Join(others, ", "))
	return warn(checkWords, what,
		"Start those anew with the same KNOWLEDGE_DIR and the same version.")
}

// Bots implements act.Health: what staff must know of bots on different words or layouts, "" if
// there is nothing.
func (h *health) Bots() string {
	for _, name := range []string{checkLayout, checkWords} {
		if s, ok := h.state(name); ok && (s.Level == faulty || s.Level == warned) {
			return s.What
		}
	}
	return ""
}
