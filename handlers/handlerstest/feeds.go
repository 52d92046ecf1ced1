package handlerstest

import (
	"context"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
)

// Link implements act.Links.
func (s *Store) Link(_ context.Context, l handlers.Link) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links = slices.DeleteFunc(s.links, func(old handlers.Link) bool {
		return old.Feed == l.Feed && old.Code == l.Code
	})
	if !l.Phone.IsZero() {
		s.links = append(s.links, l)
	}
	return s.err
}

// Links implements visits.Feeds.
func (s *Store) Links(_ context.Context, feed string) (out []handlers.Link, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		if l.Feed == feed {
			out = append(out, l)
		}
	}
	return out, s.err
}
