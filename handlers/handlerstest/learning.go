package handlerstest

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/learning"
)

var _ learning.Store = (*Store)(nil)

// writeQuestions stores what was asked, and what staff wrote next.
func (s *Store) writeQuestions(all []handlers.Question) {
	for _, q := range all {
		old, known := s.asked[q.ID]
		switch {
		case q.Ask == "" && known:
			old.Said = q.Said
			s.asked[q.ID] = old
		case q.Ask != "":
			q.Said = cmp.Or(q.Said, old.Said)
			s.asked[q.ID] = q
		}
	}
}

// Questions implements learning.Store.
func (s *Store) Questions(_ context.Context, since time.Time) (out []handlers.Question, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.asked {
		if !q.At.Before(since) {
			out = append(out, q)
		}
	}
	slices.SortFunc(out, func(a, b handlers.Question) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID))
	})
	return out, s.err
}

// Proposals implements learning.Store.
func (s *Store) Proposals(context.Context) (out []learning.Proposal, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.learnt {
		p.Steps = slices.Clone(p.Steps)
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b learning.Proposal) int {
		return cmp.Or(a.Steps[0].At.Compare(b.Steps[0].At), cmp.Compare(a.ID, b.ID))
	})
	return out, s.err
}

// SaveProposal implements learning.Store.
func (s *Store) SaveProposal(_ context.Context, p learning.Proposal) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.learnt[p.ID].Version != p.Version {
		return false, s.err
	}
	s.claims++
	p.Version = strconv.Itoa(s.claims)
	s.learnt[p.ID] = p
	return true, nil
}

// DropProposal implements learning.Store.
func (s *Store) DropProposal(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.learnt, id)
	return s.err
}
