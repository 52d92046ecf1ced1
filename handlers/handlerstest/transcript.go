package handlerstest

import (
	"context"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
)

// say adds to a number's transcript.
func (s *Store) say(p handlers.Phone, all ...handlers.Said) {
	if p.IsZero() || len(all) == 0 {
		return
	}
	s.said[p] = append(s.said[p], all...)
	slices.SortStableFunc(s.said[p], func(a, b handlers.Said) int { return a.At.Compare(b.At) })
}

// Transcript returns what was said to a number and by it, oldest first.
func (s *Store) Transcript(_ context.Context, p handlers.Phone) ([]handlers.Said, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.said[p]), s.err
}

// Draft reads what a member of staff wrote that wasn't sent; ok is false if there is none.
func (s *Store) Draft(_ context.Context, id string) (d handlers.Draft, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok = s.drafts[id]
	return d, ok, s.err
}
