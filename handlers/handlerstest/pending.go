package handlerstest

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// pending is an act of staff that isn't done yet.
type pending struct {
	row handlers.Pending
	waits
	back bool
}

// pend stores an act of staff, or changes it as long as nobody does it.
func (s *Store) pend(p handlers.Pending) {
	if old := s.pending[p.ID]; old != nil && (old.back || old.token != "") {
		return
	}
	s.pending[p.ID] = &pending{
		row: p, waits: waits{id: p.ID, due: p.Due, over: p.Due.IsZero()},
	}
}

// actQueue returns the acts of staff that are to be done.
func (s *Store) actQueue() (out []*waits) {
	for _, p := range s.pending {
		out = append(out, &p.waits)
	}
	return out
}

// Pending reads an act of staff by its id; ok is false if it is done, or was taken back.
func (s *Store) Pending(_ context.Context, id string) (p handlers.Pending, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.pending[id]
	if s.err != nil || one == nil || one.back {
		return p, false, s.err
	}
	return one.row, true, nil
}

// TakeBack keeps an act of staff from being done; see [handlers.TakenBack].
func (s *Store) TakeBack(_ context.Context, id string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.pending[id]
	if one == nil || !one.back && one.token != "" {
		return handlers.TooLate, s.err
	}
	if s.err == nil {
		one.back, one.over = true, true
	}
	return handlers.TakenBack, s.err
}

// ClaimPending takes up to n of the acts that are due, each until the lease ends.
func (s *Store) ClaimPending(
	_ context.Context, now time.Time, n int, lease time.Duration,
) (out []handlers.Pending, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	for _, w := range s.claim(s.actQueue(), now, n, lease) {
		p := s.pending[w.id].row
		p.Token, p.Tries = w.token, w.claims-1
		out = append(out, p)
	}
	return out, nil
}

// SettlePending ends an act, or has it tried again then.
func (s *Store) SettlePending(_ context.Context, p handlers.Pending, again time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.pending[p.ID]
	switch {
	case s.err != nil:
		return s.err
	case one == nil || p.Token == "" || one.token != p.Token:
	case again.IsZero():
		delete(s.pending, p.ID)
	default:
		one.token, one.due = "", again
	}
	return nil
}

// NextPending returns when the next act is done or its lease ends; zero if none waits.
func (s *Store) NextPending(context.Context) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return next(s.actQueue()), s.err
}

// Ref returns what a number is called where it must not stand itself.
func (s *Store) Ref(_ context.Context, p handlers.Phone) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return refOf(p), s.err
}

// refOf turns a number's digits round, which keeps it out of what a test looks for.
func refOf(p handlers.Phone) string {
	out := []byte("ref")
	for i := len(p.E164()) - 1; i > 0; i-- {
		out = append(out, 'a'+p.E164()[i]-'0')
	}
	return string(out)
}

// ByRef returns the number that is called so; ok is false if it had no turn.
func (s *Store) ByRef(_ context.Context, ref string) (handlers.Phone, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.numbers {
		if !p.IsZero() && refOf(p) == ref {
			return p, s.err == nil, s.err
		}
	}
	return handlers.Phone{}, false, s.err
}
