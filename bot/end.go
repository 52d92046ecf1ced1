package main

import (
	"context"
	"time"
)

const (
	// endTime is what a whole shutdown may take, of the ten seconds that a platform commonly gives
	// between SIGTERM and SIGKILL.
	endTime = 9 * time.Second
	// requestTime is what requests in flight may take of it. A patient in danger is answered within
	// half a second; the carrier sends again what is cut off.
	requestTime = 3 * time.Second
	// withdrawTime is what the last of it may take.
	withdrawTime = time.Second
)

// running are the loops of a bot, each a function that stops some and waits for them.
type running struct {
	checks func() // of the health checks
	danger func() // what tells people of patients in danger
	rest   func()
}

// end ends what a bot does once its server takes no more requests; the shutdown began at began. All
// parts end at the same time, so that nothing ordinary takes of the time that danger has. What
// isn't over in time is left behind: what was claimed comes back when its lease ends, a send that
// was begun is looked up, and a text of danger that isn't stored is in the carrier's list.
func (a *app) end(began time.Time, r running) {
	work, now := began.Add(endTime-withdrawTime), a.serving()
	a.within(time.Until(work), []part{
		{"telling people of patients in danger", func() {
			now.patient.Wait() // what is being stored of texts that were answered
			r.danger()
			now.poster.Wait() // who is being told of a patient in danger without the store
		}},
		{"settling what was sent", func() {
			r.rest()
			if a.slack != nil {
				a.slack.Wait() // no way in is left, so nothing new begins
			}
		}},
		{"the health checks", r.checks},
	})
	a.withdraw(began.Add(endTime))
}

// part is something that a shutdown waits for.
type part struct {
	what string // for the log
	work func()
}

// within does all parts at the same time and waits for them, but no longer than limit: a platform
// kills the bot soon after. What isn't done by then is logged as an error and left behind.
func (a *app) within(limit time.Duration, parts []part) {
	done := make([]chan struct{}, len(parts))
	for i, p := range parts {
		done[i] = make(chan struct{})
		go func() { defer close(done[i]); p.work() }()
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for i, p := range parts {
		select {
		case <-done[i]:
			continue
		case <-ctx.Done():
		}
		select {
		case <-done[i]: // just in time
		default:
			a.log.Error("ends before it is done", "with", p.what)
		}
	}
}

// withdraw removes this process from the list of running bots, so that none leaves work to it. If it
// fails the entry runs out by itself (botLease).
func (a *app) withdraw(by time.Time) {
	if a.bot == "" {
		return
	}
	ctx, cancel := context.WithDeadline(context.Background(), by)
	defer cancel()
	if err := a.store.Withdraw(ctx, a.self()); err != nil {
		a.log.Warn("other bots see this one a moment longer", "err", err)
	}
}
