package handlerstest

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
)

// OwnPhone returns the phone of a member of staff; one with their id alone if none is known.
func (s *Store) OwnPhone(_ context.Context, user string) (handlers.OwnPhone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.own[user]
	o.User = user
	return o, s.err
}

// SetOwnPhone stores the phone of a member of staff.
func (s *Store) SetOwnPhone(_ context.Context, o handlers.OwnPhone) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own[o.User] = o
	return s.err
}
