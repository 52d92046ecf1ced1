//go:build !live

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// requests counts the requests that go on, by which app they may still ask: the one that served
// when they came, or a later one.
type requests struct {
	mu    sync.Mutex
	ended *sync.Cond // that one has ended; nil until somebody waits
	at    int        // how often the app was exchanged
	going map[int]int
}

// enter counts a request in; leave is to be given what it returns.
func (r *requests) enter() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.going == nil {
		r.going = map[int]int{}
	}
	r.going[r.at]++
	return r.at
}

func (r *requests) leave(at int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.going[at]--; r.going[at] == 0 {
		delete(r.going, at)
	}
	if r.ended != nil {
		r.ended.Broadcast()
	}
}

// exchanged returns what waits until every request that came before has ended.
func (r *requests) exchanged() (wait func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended == nil {
		r.ended = sync.NewCond(&r.mu)
	}
	last := r.at
	r.at++
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for r.older(last) {
			r.ended.Wait()
		}
	}
}

// older reports whether a request goes on that came no later than at. mu must be held.
func (r *requests) older(at int) bool {
	for came := range r.going {
		if came <= at {
			return true
		}
	}
	return false
}

// change has the same sandbox run on other words, as when a bot takes over from another on one
// Redis: everything is put together anew, so that clinic.yaml counts as well, and what is stored
// stays. Each request is done by one of the two, never by half of each.
func (e *editing) change(ctx context.Context, base *knowledge.Base) error {
	b, err := wireSandbox(e.page, base, e.app.log)
	if err != nil {
		return err
	}
	b.page = e.stage
	b.feeds, err = b.followers(e.c, e.w.transport)
	if err == nil {
		// What only the process knows would be lost: it is handed over by Redis.
		_, err = b.store.Changed(ctx)
	}
	if err != nil {
		_ = b.store.Close() // it has written nothing
		return err
	}
	b.watch(newHealth(b.probes(e.c), time.Now, b.meter, b.log))
	b.health.begin(ctx)
	e.config.Start = b.now().In(base.Clinic.Location())
	e.page.Change(b.behind(e.config))
	old, stop := e.app, e.stop
	e.first.heir.Store(b)
	e.app = b
	e.run(ctx)
	over := e.requests.exchanged()
	e.work.Go(func() {
		stop()
		over()
		e.retire(ctx, old)
	})
	return nil
}

// retire closes an app whose requests and loops are over. Danger that Redis hasn't taken, which
// only the app knows, is stored first, and told of until then.
func (e *editing) retire(ctx context.Context, old *app) {
	old.patient.Wait()
	for errors.Join(old.patient.Restore(ctx), old.vigil(ctx)) != nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(missedTime):
		}
	}
	old.poster.Wait()
	if err := old.store.Close(); err != nil {
		old.log.Warn("left behind by an edit of the words", "err", fmt.Errorf("close: %w", err))
	}
}

// run starts the loops of the app that serves.
func (e *editing) run(ctx context.Context) {
	e.stop = start(ctx, append(e.app.health.loops(), e.app.wordLoops()...))
}
