package desk

import (
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// straight holds the alarms that people are told of without the store. One goroutine tells them in
// the order in which they came, and ends when none is left. It shares no lock with the ordinary
// queue, so that nothing ordinary can hold danger up.
type straight struct {
	mu      sync.Mutex
	waiting []direct // not yet taken by the goroutine
	running bool     // the goroutine runs
	done    guard.Work
	rung    time.Time // when the last attempt to reach the on-call phone began
	heard   Ring      // the last successful one
}

// direct is an alarm that people are told of without the store.
type direct struct {
	c    handlers.Case
	look bool // its card may have been posted before, so the desk is searched for it first
}

// heardAt returns how the on-call phone was last reached without the store; zero if never.
func (s *straight) heardAt() Ring {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

// reached notes how the on-call phone was reached without the store.
func (s *straight) reached(r Ring) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = r
}

// mayRing reports whether the last attempt to reach the on-call phone began at least gap ago. If
// so, it notes that another begins now. Failed attempts count too: the phone may have rung.
func (s *straight) mayRing(now time.Time, gap time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.rung.Add(gap)) {
		return false
	}
	s.rung = now
	return true
}

// spare notes that the attempt which began at a time wasn't made.
func (s *straight) spare(began time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rung.Equal(began) {
		s.rung = time.Time{}
	}
}
