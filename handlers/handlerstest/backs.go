package handlerstest

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// back is what waits to be written to another system.
type back struct {
	row handlers.WriteBack
	waits
}

// backQueue returns all that waits to be written to other systems.
func (s *Store) backQueue() (out []*waits) {
	for _, b := range s.backs {
		out = append(out, &b.waits)
	}
	return out
}

// ClaimWriteBacks implements visits.Outbox.
func (s *Store) ClaimWriteBacks(
	_ context.Context, now time.Time, n int, lease time.Duration,
) (out []handlers.WriteBack, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	for _, w := range s.claim(s.backQueue(), now, n, lease) {
		b := s.backs[w.id].row
		b.Token, b.Tries = w.token, w.claims-1
		out = append(out, b)
	}
	return out, nil
}

// SettleWriteBack implements visits.Outbox.
func (s *Store) SettleWriteBack(
	_ context.Context, b handlers.WriteBack, again time.Time,
) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.backs[b.ID]
	switch {
	case s.err != nil:
		return s.err
	case held == nil || b.Token == "" || held.token != b.Token:
	case again.IsZero():
		delete(s.backs, b.ID)
	default:
		held.token, held.due = "", again
	}
	return nil
}

// NextWriteBack returns when the next one falls due or its lease ends; zero if none waits.
func (s *Store) NextWriteBack(context.Context) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return next(s.backQueue()), s.err
}
