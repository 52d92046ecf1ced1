package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/knowledge"
)

// How often each loop does its work.
const (
	tick       = 100 * time.Millisecond // deliver what is due
	slotsTime  = time.Second            // offer freed slots
	missedTime = 2 * time.Second        // store what came while Redis was away
	vigilTime  = 2 * time.Second        // follow the open alarms, and tell of them without Redis
	sweepTime  = time.Hour              // remove what has outlived its time
	learnTime  = 5 * time.Second        // look for what staff have taught
)

// loops are what runs beside the server; each returns when its context ends, having given its
// claims back.
func (a *app) loops() []func(context.Context) {
	learn := a.every("taught", learnTime, a.learn())
	if a.page != nil {
		return []func(context.Context){learn, a.every("due", tick, a.page.Settle)}
	}
	out := []func(context.Context){
		a.texts,
		a.every("posts", tick, a.poster.Deliver),
		a.every("alarms", tick, a.poster.Alarms),
		a.every("vigil", vigilTime, a.poster.Watch),
		a.every("slots", slotsTime, a.waitlist.Deliver),
		a.every("sweep", sweepTime, a.store.Sweep),
		a.every("audit", auditTime, a.logAudit),
		learn,
		a.every("missed", missedTime, a.patient.Restore),
		a.every("catch-up", catchTick, a.catchUp.Look),
	}
	if a.socket {
		out = append(out, func(ctx context.Context) {
			if err := a.slack.Socket(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("slack socket ended", "err", err)
			}
		})
	}
	return out
}

// texts sends what is due, and at the end waits for the sends in flight.
func (a *app) texts(ctx context.Context) {
	crew := a.texter.Crew()
	a.every("texts", tick, crew.Work)(ctx)
	if _, err := crew.Wait(); err != nil {
		a.log.Error("texts on their way at the end", "err", err)
	}
}

// every returns a loop that does the work once a pause. A failure, Redis being away say, is logged
// once until the work succeeds again.
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

// learn returns work that rebuilds the matcher whenever staff have taught something new.
func (a *app) learn() func(context.Context) error {
	var known []knowledge.Taught
	return func(ctx context.Context) error {
		all, err := a.store.Taught(ctx)
		if err != nil || slices.Equal(all, known) {
			return err
		}
		a.base.Learn(all)
		known = all
		a.log.Info("learnt what staff taught", "wordings", len(all))
		return nil
	}
}

// start starts loops that outlive the context, until stop is called; stop waits for them, and may
// be called again.
func start(ctx context.Context, loops []func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	for _, loop := range loops {
		wg.Go(func() { loop(ctx) })
	}
	return func() { cancel(); wg.Wait() }
}
