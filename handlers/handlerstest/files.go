package handlerstest

import (
	"context"
	"sort"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Case implements desk.Queue.
func (s *Store) Case(_ context.Context, id string) (handlers.Case, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cases[id]
	return c, ok, s.err
}

// CaseIn finds the case of a thread.
func (s *Store) CaseIn(_ context.Context, thread string) (handlers.Case, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cases {
		if c.Thread == thread && thread != "" {
			return c, true, s.err
		}
	}
	return handlers.Case{}, false, s.err
}

// Open are the open cases of a number.
func (s *Store) Open(p handlers.Phone) []handlers.Case {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state(p).Cases
}

// Thread puts a case in a thread, as when its card was posted.
func (s *Store) Thread(id, thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cases[id]
	c.Thread = thread
	s.cases[id] = c
}

// Visit reads a visit.
func (s *Store) Visit(_ context.Context, id string) (handlers.Visit, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.visits[id]
	return v, ok, s.err
}

// Visits are those that start in [from, to).
func (s *Store) Visits(_ context.Context, from, to time.Time) ([]handlers.Visit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []handlers.Visit
	for _, v := range s.visits {
		if !v.Start.Before(from) && v.Start.Before(to) {
			out = append(out, v)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Start.Before(out[j].Start) })
	return out, s.err
}

// OpenCases counts the cases that wait.
func (s *Store) OpenCases(context.Context) (n int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cases {
		if c.Open {
			n++
		}
	}
	return n, s.err
}

// Waiting counts the texts that wait.
func (s *Store) Waiting(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.waiting(s.rows, time.Time{}))), s.err
}
