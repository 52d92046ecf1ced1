package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// probe asks one thing that Beacon stands on. One call may tell of several checks.
type probe struct {
	of    string        // whose it is: redis, slack, twilio, words
	away  bool          // a fault means that whose it is can't be used
	first bool          // it is answered before anything is served
	every time.Duration // how often it is asked,
	again time.Duration // and while something is wrong
	ask   func(context.Context) []finding
}

const (
	probeTime = 2 * time.Second // the longest that a probe waits for its answer
	wroteKeep = 5 * time.Second // how long a write shows that Redis takes writes
)

// health watches all that Beacon stands on. Each probe is asked by a loop of its own, one at a
// time, so nobody who wants to know waits for an answer, nor for others who want to know.
type health struct {
	now   func() time.Time
	log   *slog.Logger
	meter *meter

	watches []*watch
	mu      sync.Mutex // guards wrote, and the states of all watches
	wrote   time.Time  // the last write that Redis took
}

// watch is a probe and what came of it.
type watch struct {
	probe
	states []state
}

// state is how a check stands.
type state struct {
	finding
	Since     time.Time // it has had this level
	Asked     time.Time
	Took      time.Duration
	LastError string // the last that was wrong, kept when all is well again
	LastAt    time.Time
}

func newHealth(probes []probe, now func() time.Time, m *meter, log *slog.Logger) *health {
	h := &health{now: now, log: log, meter: m}
	for _, p := range probes {
		h.watches = append(h.watches, &watch{probe: p})
	}
	return h
}

// begin asks what must be known before anything is served; it takes no longer than probeTime. The
// findings on which no live bot starts come back.
func (h *health) begin(ctx context.Context) (fatal []finding) {
	h.ask(ctx, probeTime, func(w *watch) bool { return w.first })
	for _, s := range h.all() {
		if s.Fatal && s.Level == faulty {
			fatal = append(fatal, s.finding)
		}
	}
	return fatal
}

// ask asks the probes that are wanted, all at once, and waits for them.
func (h *health) ask(ctx context.Context, limit time.Duration, want func(*watch) bool) {
	var wg sync.WaitGroup
	for _, w := range h.watches {
		if want(w) {
			wg.Go(func() { h.look(ctx, limit, w) })
		}
	}
	wg.Wait()
}

// loops are what watches until the context ends, a loop a probe.
func (h *health) loops() (out []func(context.Context)) {
	for _, w := range h.watches {
		out = append(out, func(ctx context.Context) {
			pause := time.Duration(0)
			if w.first { // begin has asked
				pause = w.every
			}
			t := time.NewTimer(pause)
			defer t.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-t.C:
				}
				if h.look(ctx, probeTime, w) {
					t.Reset(w.every)
				} else {
					t.Reset(w.again)
				}
			}
		})
	}
	return out
}

// look asks one probe and keeps what it says; well says that nothing is wrong.
func (h *health) look(ctx context.Context, limit time.Duration, w *watch) (well bool) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began := h.now()
	found := w.ask(within)
	if ctx.Err() != nil {
		return true // the end of the bot says nothing of others
	}
	ended := h.now()
	h.mu.Lock()
	before := w.states
	w.states = make([]state, 0, len(found))
	for _, f := range found {
		w.states = append(w.states, next(before, f, began, ended))
		if f.Name == checkWrite && f.Level == fine {
			h.wrote = ended
		}
	}
	after := w.states
	h.mu.Unlock()
	well = true
	for i, s := range after {
		h.tell(w, before, i, s)
		well = well && s.Level == fine
	}
	return well
}

// next is the state that a check is in with a finding.
func next(before []state, f finding, began, ended time.Time) state {
	s := state{finding: f, Since: ended, Asked: ended, Took: ended.Sub(began)}
	for _, old := range before {
		if old.Name != f.Name {
			continue
		}
		s.LastError, s.LastAt = old.LastError, old.LastAt
		if old.Level == f.Level {
			s.Since = old.Since
		}
	}
	if f.Level == faulty || f.Level == warned {
		s.LastError, s.LastAt = f.What, ended
	}
	return s
}

// tell counts how a check stands, and logs it when that changes.
func (h *health) tell(w *watch, before []state, i int, s state) {
	if s.Level != unasked {
		h.meter.up(s.Name, s.Level != faulty)
	}
	was := level("")
	if i < len(before) && before[i].Name == s.Name {
		was = before[i].Level
	}
	switch {
	case was == s.Level:
	case s.Level == faulty:
		h.log.Error("check: "+s.Name, "what", s.What, "do", s.Do)
	case s.Level == warned:
		h.log.Warn("check: "+s.Name, "what", s.What, "do", s.Do)
	case s.Level == fine && was != "":
		h.log.Info("check: "+s.Name+" is well again", "what", s.What)
	}
}

// all are the states of all checks that were asked, in the order of their probes.
func (h *health) all() (out []state) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.watches {
		out = append(out, w.states...)
	}
	return out
}

// state is how a check stands.
func (h *health) state(name string) (state, bool) {
	for _, s := range h.all() {
		if s.Name == name {
			return s, true
		}
	}
	return state{}, false
}

// writes says whether Redis takes writes: one succeeded a moment ago. Without, the bot is in the
// mode that answers danger only.
func (h *health) writes() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.wrote.IsZero() && h.now().Sub(h.wrote) <= wroteKeep
}

// Away says of Redis, Slack and Twilio what keeps each from being used; nil if nothing does. What
// nobody watches is asked.
func (h *health) Away(ctx context.Context) map[string]error {
	h.ask(ctx, probeTime, func(w *watch) bool { return w.probe.away && len(h.statesOf(w)) == 0 })
	out := map[string]error{}
	for _, w := range h.watches {
		if !w.probe.away {
			continue
		}
		for _, s := range h.statesOf(w) {
			if out[w.of] == nil && s.Level == faulty {
				out[w.of] = s
			} else if _, known := out[w.of]; !known {
				out[w.of] = nil
			}
		}
	}
	return out
}

func (h *health) statesOf(w *watch) []state {
	h.mu.Lock()
	defer h.mu.Unlock()
	return w.states
}

// Error makes an error of a state.
func (s state) Error() string { return s.Name + ": " + s.What }
