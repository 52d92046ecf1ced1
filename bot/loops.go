package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/learning"
)

// How often each loop does its work. All processes on one Redis run all of them: what is due is
// claimed or has an id, so nothing is done twice.
const (
	tick        = 100 * time.Millisecond // deliver what is due
	slotsTime   = time.Second            // offer freed slots
	missedTime  = 2 * time.Second        // store what came while Redis was away
	vigilTime   = 2 * time.Second        // follow the open alarms, and tell of them without Redis
	refusedTime = 5 * time.Second        // tell of what wasn't answered
	sweepTime   = time.Hour              // remove what has outlived its time
	learnTime   = 3 * time.Second        // look for what staff have published
	writeTime   = time.Second            // write answers back to where visits come from
	homesTime   = 5 * time.Second        // bring the Homes in Slack up to date
	actsTime    = time.Second            // do what staff could undo for a minute
)

// dangerLoops returns what tells people of patients in danger. Urgent posts have a loop of their
// own, so no backlog of ordinary ones holds up an alarm; likewise the vigil, which goes on while
// every loop that needs Redis fails. The sandbox has none, see loops.
func (a *app) dangerLoops() []func(context.Context) {
	if a.page != nil {
		return nil
	}
	return []func(context.Context){
		a.every("alarms", tick, a.poster.Alarms),
		a.every("vigil", vigilTime, a.vigil),
		a.every("missed", missedTime, a.patient.Restore),
	}
}

// loops returns what else runs beside the server; each returns when its context ends, having given
// its claims back. The sandbox has one loop for all that falls due, since its clock turns for
// everything at once.
func (a *app) loops() []func(context.Context) {
	if a.page != nil {
		due := a.every("due", tick, a.page.Settle)
		if a.follow != nil {
			return []func(context.Context){a.follow, due}
		}
		return append(a.wordLoops(), due)
	}
	out := []func(context.Context){
		a.texts,
		a.every("posts", tick, a.poster.Deliver),
		a.every("slots", slotsTime, a.ordinary(a.waitlist.Deliver)),
		a.every("sweep", sweepTime, a.ordinary(a.store.Sweep)),
		a.every("audit", auditTime, a.logAudit),
		a.every("write back", writeTime, a.ordinary(a.writer.Deliver)),
		a.every("acts", actsTime, a.ordinary(a.staff.Finish)),
		a.every("refused", refusedTime, a.patient.TellRefused),
		a.every("catch-up", catchTick, a.catchUp.Look),
		a.every("homes", homesTime, a.slack.Homes),
	}
	if a.socket {
		out = append(out, a.listenToSlack)
	}
	return append(out, a.wordLoops()...)
}

// wordLoops returns a loop that learns, and one for each feed: one that is slow, or panics, holds up
// no other. They go by clinic.yaml and the words, so others take their place when those are edited.
func (a *app) wordLoops() (out []func(context.Context)) {
	out = append(out, a.every("lessons", learnTime, a.learn()))
	for _, f := range a.feeds {
		out = append(out, a.every("feed "+f.Name, feedTick, a.ordinary(f.Look)))
	}
	return out
}

// listenToSlack takes what staff do by Socket Mode, while this bot may ask the store. While it may
// not, it hangs up: Slack gives each command or button to one connection, and another bot can do
// it.
func (a *app) listenToSlack(ctx context.Context) {
	t := time.NewTicker(botEvery)
	defer t.Stop()
	for ctx.Err() == nil {
		connected, hangUp := context.WithCancel(ctx)
		var socket sync.WaitGroup
		shut := a.shut()
		if !shut {
			socket.Go(func() {
				// It reconnects by itself, so it should end with its context only.
				if err := a.slack.Socket(connected); err != nil && connected.Err() == nil {
					a.log.Error("slack socket ended", "err", err)
				}
			})
		}
		for ctx.Err() == nil && a.shut() == shut {
			select {
			case <-ctx.Done():
			case <-t.C:
			}
		}
		hangUp()
		socket.Wait()
	}
}

// ordinary returns work that isn't done while this bot leaves it to others, whose words say what is
// offered to whom, and for how long what is kept.
func (a *app) ordinary(work func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := a.serves(); err != nil {
			return err
		}
		return work(ctx)
	}
}

// leftAfter is how long after an alarm came that only this bot knows of, others have its text from
// the carrier's list: they read that every catchSeldom, and what is then too young once more.
const leftAfter = 2*catchSeldom + catchSoon

// vigil follows the open alarms. A bot that may ask the store nothing more, since it is of an
// earlier layout, leaves those to others that the others know.
func (a *app) vigil(ctx context.Context) error {
	if a.shut() && a.store.Relieved() {
		a.poster.Leave(a.store.Fitted(), a.now().Add(-leftAfter))
	}
	return a.poster.Watch(ctx)
}

// texts sends what is due, and at the end waits for the sends in flight: a send whose outcome
// nobody stores would have to be looked up in Twilio's list later. Unlike the other loops it hands
// the work out and goes on, so a carrier that is slow with one text doesn't hold up the next.
func (a *app) texts(ctx context.Context) {
	crew := a.texter.Crew()
	a.every("texts", tick, crew.Work)(ctx)
	if _, err := crew.Wait(); err != nil {
		a.log.Error("texts on their way at the end", "err", err)
	}
}

// due delivers everything that is due, once, as the loops do: acts of staff, offers of slots, texts,
// alarms, then other posts, and what is written to other systems. Danger that Redis hasn't taken
// comes before all that. The sandbox calls it. next is when
// something falls due next, where the page's clock stops on its way; zero if nothing waits. The
// error joins what failed.
func (a *app) due(ctx context.Context, _ time.Time) (sent int, next time.Time, err error) {
	a.patient.Wait() // what danger was answered at once and is being stored
	a.turning.Lock()
	defer a.turning.Unlock()
	danger := errors.Join(a.patient.Restore(ctx), a.vigil(ctx))
	a.poster.Wait()
	if errors.Is(danger, handlers.ErrAway) { // all else would fail as well
		return 0, next, danger
	}
	err0 := errors.Join(danger, a.staff.Finish(ctx), a.waitlist.Deliver(ctx))
	sent, err1 := a.texter.Deliver(ctx)
	err2 := errors.Join(
		a.patient.TellRefused(ctx), a.poster.Alarms(ctx), a.writer.Deliver(ctx),
		a.poster.Deliver(ctx),
	)
	text, err3 := a.store.Next(ctx, a.texter.Pace())
	post, err4 := a.store.NextPost(ctx)
	slot, err5 := a.store.NextSlot(ctx)
	back, err6 := a.store.NextWriteBack(ctx)
	act, err7 := a.store.NextPending(ctx)
	for _, at := range []time.Time{text, post, slot, back, act} {
		if next.IsZero() || (!at.IsZero() && at.Before(next)) {
			next = at
		}
	}
	return sent, next, errors.Join(err0, err1, err2, err3, err4, err5, err6, err7)
}

// every returns a loop that does the work at once and then once a pause, never twice at a time. A
// failure, Redis being away say, is logged once until the work succeeds again, and so is a panic,
// which ends neither the loop nor the process. An error while the context ends is the shutdown's.
func (a *app) every(
	name string, pause time.Duration, work func(context.Context) error,
) func(context.Context) {
	return func(ctx context.Context) {
		t := time.NewTicker(pause)
		defer t.Stop()
		failing := false
		for {
			var err error
			p := guard.Run(func() { err = work(ctx) })
			switch {
			case p != nil && !failing:
				a.panicked("loop", name, p)
			case err != nil && !failing && ctx.Err() == nil:
				a.log.Error("loop stands still, will go on when it can", "loop", name, "err", err)
			case p == nil && err == nil && failing:
				a.log.Info("loop goes on", "loop", name)
			}
			failing = err != nil || p != nil
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
		}
	}
}

// learn returns work that has this process learn what staff publish or undo. Each process learns it
// from Redis, so all of them answer alike within learnTime and the time that it takes. What builds
// before stored in another way is taken over first.
func (a *app) learn() func(context.Context) error {
	l := &learning.Learner{School: a.school, Files: func() bool { return a.serves() == nil }}
	adopted := false
	return func(ctx context.Context) error {
		if !adopted {
			if err := a.store.AdoptTaught(ctx); err != nil {
				return err
			}
			adopted = true
		}
		return errors.Join(l.Look(ctx), a.tellWeek(ctx))
	}
}

// tellWeek tells the desk of the week, by a bot whose words are current.
func (a *app) tellWeek(ctx context.Context) error {
	if a.serves() != nil {
		return nil
	}
	return a.school.Tell(ctx)
}

// start starts loops that outlive the context, until stop is called; stop waits for them, and may
// be called again. They outlive it because a shutdown stops the server first: what a last webhook
// left behind is still delivered.
func start(ctx context.Context, loops []func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	for _, loop := range loops {
		wg.Go(func() { loop(ctx) })
	}
	return func() { cancel(); wg.Wait() }
}
