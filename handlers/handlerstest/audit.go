package handlerstest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/audit"
)

// Record implements act.Audit.
func (s *Store) Record(_ context.Context, a audit.Act) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := func(b audit.Act) bool { return a.Event == b.Event }
	if s.err != nil || slices.ContainsFunc(s.acts, again) {
		return s.err
	}
	s.acts = append(s.acts, a)
	about, number := a.About, ""
	if !a.Phone.IsZero() {
		about = strings.TrimSpace(a.Phone.String() + " " + a.About)
		number = refOf(a.Phone)
	}
	s.acted = append(s.acted, audit.Acted{
		N: int64(len(s.acts)), At: s.Now(), Event: a.Event, User: a.User, Do: a.Do, Number: number, About: about,
	})
	return nil
}

// Audit returns what was recorded since a time, oldest first.
func (s *Store) Audit(_ context.Context, since time.Time) (out []audit.Acted, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.acted {
		if !a.At.Before(since) {
			out = append(out, a)
		}
	}
	return out, s.err
}

// Acts are those that were recorded.
func (s *Store) Acts() []audit.Act {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acts)
}
