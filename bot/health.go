package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// probe asks one thing that Beacon depends on. One call may answer several checks.
type probe struct {
	of    string        // what it asks: redis, slack, twilio, words or ofBots
	away  bool          // a fault means that what it asks can't be used, as Away reports it
	first bool          // it is answered before anything is served
	every time.Duration // the pause between two calls while all is well,
	again time.Duration // and while something is wrong
	// ask makes the checks. It returns in time (probeTime, doctorTime) if it heeds the context, and
	// never fails: what went wrong is a finding.
	ask func(context.Context) []finding
}

const (
	// probeTime is the longest that a probe waits for its answer. Redis' commands end sooner.
	probeTime = 2 * time.Second
	// wroteKeep is how long one write shows that Redis takes writes. checkWrite is made every
	// second, so a single slow answer doesn't take the bot out of its full mode.
	wroteKeep = 5 * time.Second
)

// health checks everything that Beacon depends on, and keeps what came of it. Each probe is called
// by a loop of its own, one call at a time. Readers (/status, /readyz, /metrics) only read what is
// kept, so neither a Slack that hangs nor a monitoring that asks often slows anything down.
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
	states []state // of its checks, as of the last call; replaced whole, never changed in place
}

// state is how a check stands.
type state struct {
	finding
	Since     time.Time     // when it came to this level
	Asked     time.Time     // when its last answer came
	Took      time.Duration // of the whole probe
	LastError string        // what was wrong last, kept when all is well again
	LastAt    time.Time     // when that was seen last
}

// newHealth returns the health of these probes. Nothing is asked before begin, loops or Away. now
// is the real clock, in the sandbox too: servers and networks go by it.
func newHealth(probes []probe, now func() time.Time, m *meter, log *slog.Logger) *health {
	h := &health{now: now, log: log, meter: m}
	for _, p := range probes {
		h.watches = append(h.watches, &watch{probe: p})
	}
	return h
}

// begin asks what must be known before anything is served; it takes no longer than probeTime. It
// returns the findings on which no live bot starts. A Redis that is away isn't among them: a bot
// that starts then still answers danger.
func (h *health) begin(ctx context.Context) (fatal []finding) {
	h.ask(ctx, probeTime, func(w *watch) bool { return w.first })
	return h.fatal()
}

// fatal returns the findings, as of the last calls, on which no live bot starts.
func (h *health) fatal() (fatal []finding) {
	for _, s := range h.all() {
		if s.Fatal && s.Level == faulty {
			fatal = append(fatal, s.finding)
		}
	}
	return fatal
}

// ask calls the probes that are wanted, all at once, and waits for them; limit bounds each.
func (h *health) ask(ctx context.Context, limit time.Duration, want func(*watch) bool) {
	var wg sync.WaitGroup
	for _, w := range h.watches {
		if want(w) {
			wg.Go(func() { h.look(ctx, limit, w) })
		}
	}
	wg.Wait()
}

// loops returns a loop for each probe; it runs until its context ends. The pause counts from the
// end of a call, so one that hangs isn't called again on top.
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

// look calls one probe, keeps what it found, and logs what has changed. well says that every check
// is fine; one that wasn't checked isn't, so it is asked again soon.
func (h *health) look(ctx context.Context, limit time.Duration, w *watch) (well bool) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began := h.now()
	found := w.ask(within)
	// A probe that was cut short by the shutdown says nothing of what it asked: no fault is logged
	// for it.
	if ctx.Err() != nil {
		return true
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
	h.mu.Unlock() // a log that blocks must not hold up /readyz
	well = true
	for i, s := range after {
		h.tell(w, before, i, s)
		well = well && s.Level == fine
	}
	return well
}

// next returns the state of a check with a new finding. From the state of the same name before it
// takes since when the level has been the same, and the last error.
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

// tell sets the check's metric, and logs its level when that changes: once when it goes wrong, at
// Error for a fault and Warn for a warning, and once when it is well again. A check that is fine
// from the start isn't logged, nor is one that couldn't be made.
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

// all returns the states of all checks that were made, in the order of their probes.
func (h *health) all() (out []state) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.watches {
		out = append(out, w.states...)
	}
	return out
}

// state returns how the check of a name stands; false if it wasn't made yet.
func (h *health) state(name string) (state, bool) {
	for _, s := range h.all() {
		if s.Name == name {
			return s, true
		}
	}
	return state{}, false
}

// writes reports whether Redis takes writes: one succeeded at most wroteKeep ago. If not, the bot
// is in the mode that answers danger only.
func (h *health) writes() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.wrote.IsZero() && h.now().Sub(h.wrote) <= wroteKeep
}

// Away implements act.Health: what keeps Redis, Slack and Twilio from being used, nil for one
// that can be. Of feeds it also has what of them
// isn't read. Of several faults it names the first. What no loop has asked yet is asked now, which
// takes up to probeTime; that is the case in the sandbox's conversations and in a bot that has just
// started.
func (h *health) Away(ctx context.Context) map[string]error {
	h.ask(ctx, probeTime, func(w *watch) bool { return w.probe.away && len(h.statesOf(w)) == 0 })
	out := map[string]error{}
	for _, w := range h.watches {
		if !w.probe.away {
			continue
		}
		for _, s := range h.statesOf(w) {
			was, told := out[w.of].(state)
			switch {
			case s.Level == faulty && (!told || was.Works()),
				s.Works() && w.of == feedsName && !told:
				out[w.of] = s
			case !told:
				out[w.of] = nil
			}
		}
	}
	return out
}

// statesOf returns what came of a probe's last call; nil if there was none.
func (h *health) statesOf(w *watch) []state {
	h.mu.Lock()
	defer h.mu.Unlock()
	return w.states
}

// Works reports whether what is wrong is less than that it can't be used, as of a feed of which some
// visits can't be read.
func (s state) Works() bool { return s.Level == warned }

// Error makes an error of a state, for Away.
func (s state) Error() string { return s.Name + ": " + s.What }
