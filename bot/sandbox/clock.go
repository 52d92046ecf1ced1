package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// maxRounds is how often settle goes through the same instant before it gives up. A row that is
	// still due then would stay due for ever, and the clock would never move.
	maxRounds = 1000
	// maxTurn bounds one turn. A mistyped year would otherwise deliver for hours.
	maxTurn = 2 * 366 * 24 * time.Hour
	// maxStops bounds the work of one turn: at how many times it delivers. Twenty open alarms, which
	// page all the time, come to some 500 a day.
	maxStops = 3000
	// showTurn is how often the pages are told how far a turn is, in real time.
	showTurn = 200 * time.Millisecond
)

// clock runs with real time from where it was set, unless it is held still.
type clock struct {
	at    time.Time // what it showed when it was set
	since time.Time // the real time then, with its monotonic reading
	held  bool      // it shows at, however much real time passes
}

// startClock returns a clock that shows at and runs. Round strips the monotonic reading, by which
// Go would compare two times instead of by what the clock shows.
func startClock(at time.Time) clock { return clock{at: at.Round(0), since: time.Now()} }

// now returns what the clock shows, in the zone in which it was set.
func (c clock) now() time.Time {
	if c.held {
		return c.at
	}
	return c.at.Add(time.Since(c.since))
}

// Now returns the time on the sandbox's clock.
func (s *Sandbox) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.now()
}

// Settle delivers everything that is due now, with the receipts of what was sent. Call it from a
// ticker: as real time passes, rows fall due without anybody touching the page.
func (s *Sandbox) Settle(ctx context.Context) error {
	s.turning.Lock()
	defer s.turning.Unlock()
	_, _, err := s.settle(ctx)
	return err
}

// settle delivers rows and hands over receipts until nothing is due at the clock's time: a receipt
// may plan a mark, and a mark is due at once. It returns how many texts were sent, and when the
// next row falls due. turning must be held.
func (s *Sandbox) settle(ctx context.Context) (sent int, next time.Time, err error) {
	for range maxRounds {
		var n, told int
		now := s.bringRedis()
		n, next, err = s.due(ctx, now)
		sent += n
		if err != nil && s.storeFails() {
			// All that is due waits in Redis. A turn looks every minute for what is told without it.
			return sent, now.Add(time.Minute), nil
		}
		if err != nil {
			return sent, next, fmt.Errorf("carry out what is due: %w", err)
		}
		told, err = s.tellReceipts(ctx)
		if err != nil {
			return sent, next, err
		}
		// A receipt may have made something due, so there is another look after one.
		if told == 0 && (next.IsZero() || next.After(now)) {
			s.planned(next)
			return sent, next, nil
		}
	}
	return sent, next, fmt.Errorf(
		"something stays due at %s after %d rounds: the clock is stopped there",
		s.Now().Format(time.RFC3339), maxRounds,
	)
}

// due carries out what is due. Redis that has just come back isn't asked at once, so it is tried for
// a while.
func (s *Sandbox) due(
	ctx context.Context, now time.Time,
) (sent int, next time.Time, err error) {
	for range resumeTries {
		var n int
		n, next, err = s.cfg.Load().Due(ctx, now)
		sent += n
		if !errors.Is(err, handlers.ErrAway) || s.storeFails() || s.events.over() {
			break
		}
		<-time.After(resumePause)
	}
	return sent, next, err
}

// bringRedis lets the time pass for Redis that has passed on the clock since the last call, so that
// keys expire. It returns the clock's time.
func (s *Sandbox) bringRedis() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.now()
	if s.redis != nil && now.After(s.redisAt) {
		s.redis.FastForward(now.Sub(s.redisAt))
		s.redis.SetTime(now)
		s.redisAt = now
	}
	return now
}

// planned records when the next row falls due, and tells the pages if that changed; of a turn, they
// are told at its end.
func (s *Sandbox) planned(next time.Time) {
	s.mu.Lock()
	changed := !s.next.Equal(next) && !s.turns
	s.next = next
	e := s.clockEvent(0)
	s.mu.Unlock()
	if changed {
		s.events.emit("clock", e)
	}
}

// The errors of a turn. All but errClosing are the caller's: serveClock answers them with 400.
var (
	errBackwards = errors.New("the clock only runs forward: give a later time")
	errTooFar    = errors.New("that is more than two years ahead: turn the clock in smaller steps")
	errClosing   = errors.New("the sandbox is closing: the clock stopped on its way")
	errNothing   = errors.New("nothing is planned, so there is no next event: import a visit " +
		"first, or use advance")
)

// The words of a turn that ended on its way, as the page shows them.
const (
	stoppedByHand = "you stopped it"
	stoppedFull   = "so much was carried out that it stopped on its way: turn it again to go on"
	stoppedAlarm  = "a patient may be in danger"
)

// turn moves the clock to the target and delivers on the way whatever falls due, each row at its
// own time. It returns how many texts were sent and, if it ended on its way, why. A zero target is
// the time of the next row. The clock stands still meanwhile, so that what is due at nine is sent
// at nine. With heed, it ends at the time of an alarm.
//
// The errors errBackwards, errTooFar and errNothing leave the clock where it was. After any other
// the clock stands where delivery failed.
func (s *Sandbox) turn(
	ctx context.Context, target func(now time.Time) time.Time, heed bool,
) (sent int, stopped string, err error) {
	s.turning.Lock()
	defer s.turning.Unlock()
	before := s.alarms()
	s.halt.Store(false)
	now := s.hold()
	defer s.release()
	sent, next, err := s.settle(ctx)
	if err != nil {
		return sent, "", err
	}
	to := target(now)
	if to.IsZero() {
		to = next
	}
	switch {
	case to.IsZero():
		return sent, "", errNothing
	case to.Equal(now.Truncate(time.Second)):
		// The page shows whole seconds, so this is "now" as far as its reader knows.
		to = now
	case to.Before(now):
		return sent, "", errBackwards
	case to.Sub(now) > maxTurn:
		return sent, "", errTooFar
	}
	shown := time.Time{}
	for stops := 0; ; stops++ {
		switch {
		case heed && s.alarms() > before:
			return sent, stoppedAlarm, nil
		case next.IsZero() || next.After(to):
			s.set(to)
			s.bringRedis()
			return sent, "", nil
		case s.events.over(): // the program must be able to end meanwhile
			return sent, "", errClosing
		case s.halt.Load():
			return sent, stoppedByHand, nil
		case stops == maxStops:
			return sent, stoppedFull, nil
		}
		s.set(next)
		var n int
		n, next, err = s.settle(ctx)
		sent += n
		if err != nil {
			return sent, "", err
		}
		if time.Since(shown) > showTurn {
			shown = time.Now()
			s.events.emit("turning", turning{From: now, Now: s.Now(), To: to, Sent: sent})
		}
	}
}

// alarms returns how many alarms have begun.
func (s *Sandbox) alarms() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.began
}

// alarmed notes whether a case is an alarm that nobody has. mu must be held.
func (s *Sandbox) alarmed(caseID string, is bool) {
	if is && !s.untaken[caseID] {
		s.began++
	}
	s.untaken[caseID] = is
}

// turning is the data of a turning event: how far a turn is.
type turning struct {
	From time.Time `json:"from"`
	Now  time.Time `json:"now"`
	To   time.Time `json:"to"`
	Sent int       `json:"sent"`
}

// hold stops the clock for a turn and returns its time. A row that is planned "in an hour" during
// the turn must not drift by the time that the machine takes.
func (s *Sandbox) hold() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock, s.turns = clock{at: s.clock.now(), held: true}, true
	return s.clock.at
}

// Still has the clock stand still, so that it moves only when it is turned, or run on. A story is
// told the same however long somebody looks at it.
func (s *Sandbox) Still(still bool) {
	s.turning.Lock()
	defer s.turning.Unlock()
	s.mu.Lock()
	s.still, s.clock = still, startClock(s.clock.now())
	s.clock.held = still
	e := s.clockEvent(0)
	s.mu.Unlock()
	s.events.emit("clock", e)
}

// set moves the held clock. It keeps the clock's zone, since the ledger's times are in UTC and the
// page shows the clinic's.
func (s *Sandbox) set(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.at = t.In(s.clock.at.Location())
}

// release lets the clock run on from where it stands.
func (s *Sandbox) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns = false
	if !s.still {
		s.clock = startClock(s.clock.at)
	}
}

// clockFace is the data of a clock event.
type clockFace struct {
	Now  time.Time `json:"now"`           // in whole seconds
	Sent int       `json:"sent"`          // texts sent by the turn that just ended, if one did
	Next time.Time `json:"next,omitzero"` // when the next row falls due
	// Still says that the clock moves only when it is turned.
	Still bool `json:"still,omitempty"`
}

// clockEvent returns the clock's face as of now. mu must be held.
func (s *Sandbox) clockEvent(sent int) clockFace {
	now := s.clock.now()
	c := clockFace{Now: now.Truncate(time.Second), Sent: sent, Still: s.still}
	if !s.next.IsZero() {
		c.Next = s.next.In(now.Location())
	}
	return c
}

// serveClock is POST /sandbox/clock with {"advance": span} or {"to": time or "next"}, or with
// {"stop": true}, which ends the turn that goes on. With "until": "alarm" the turn ends as soon as a
// patient may be in danger. It answers with the new time, how many texts
// were sent, and why the turn ended on its way, if it did. The pages are told even of a turn that
// failed, which may have stopped half-way.
func (s *Sandbox) serveClock(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Advance string `json:"advance"`
		To      string `json:"to"`
		Until   string `json:"until"`
		Stop    bool   `json:"stop"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if in.Stop {
		s.halt.Store(true)
		return writeJSON(w, map[string]time.Time{"now": s.Now()})
	}
	target, err := target(in.Advance, in.To)
	if err != nil {
		return err
	}
	if in.Until != "" && in.Until != "alarm" {
		return badRequest(`until: want "alarm", or leave it out`)
	}
	sent, stopped, err := s.turn(r.Context(), target, in.Until != "")
	s.mu.Lock()
	e := s.clockEvent(sent)
	s.mu.Unlock()
	s.events.emit("clock", e)
	switch {
	case errors.Is(err, errBackwards), errors.Is(err, errTooFar), errors.Is(err, errNothing):
		return badRequest(err.Error())
	case err != nil:
		return err
	}
	return writeJSON(w, struct {
		Now     time.Time `json:"now"`
		Sent    int       `json:"sent"`
		Stopped string    `json:"stopped,omitempty"`
	}{e.Now, sent, stopped})
}

// target parses where the clock is to be turned to, as a function of the time at which the turn
// begins: another turn may have to end first. A zero time is that of the next row.
func target(advance, to string) (func(now time.Time) time.Time, error) {
	switch {
	case (advance == "") == (to == ""):
		return nil, badRequest(
			`give either {"advance":"26h"} or {"to":"2026-12-01T14:30:00-05:00"}`,
		)
	case to == "next":
		return func(time.Time) time.Time { return time.Time{} }, nil
	case to != "":
		t, err := time.Parse(time.RFC3339, to)
		if err != nil {
			return nil, badRequest(`to: want RFC 3339 like "2026-12-01T14:30:00-05:00", or "next"`)
		}
		return func(time.Time) time.Time { return t }, nil
	}
	d, err := time.ParseDuration(advance)
	if err != nil {
		return nil, badRequest(`advance: want a span like "26h" or "90m"`)
	}
	if d < 0 {
		return nil, badRequest(errBackwards.Error())
	}
	return func(now time.Time) time.Time { return now.Add(d) }, nil
}
