package slack

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// groups remembers who is in which user group.
type groups struct {
	mu sync.Mutex
	of map[string]members
}

// members are those of one group, as Slack said.
type members struct {
	users []string
	at    time.Time
}

// Members returns the users of a user group (S…). What Slack says counts for some minutes, and while
// Slack can't be asked what it said last. The error is of a group that was never asked for
// successfully; it gives Slack's code by [Word]. source:
// https://docs.slack.dev/reference/methods/usergroups.users.list
func (s *Slack) Members(ctx context.Context, group string) ([]string, error) {
	now := s.c.Now()
	s.groups.mu.Lock()
	was, asked := s.groups.of[group]
	s.groups.mu.Unlock()
	if asked && now.Sub(was.at) < whoFresh {
		return was.users, nil
	}
	ctx, cancel := context.WithTimeout(ctx, whoTime)
	defer cancel()
	users, err := s.api.GetUserGroupMembersContext(ctx, group)
	switch {
	case err != nil && asked && now.Sub(was.at) < whoStale:
		s.c.Log.ErrorContext(
			ctx, "slack: can't ask who is in a group", "group", group, "err", refusal(err),
		)
		return was.users, nil
	case err != nil:
		return nil, fmt.Errorf("slack user group %s: %w", group, refusal(err))
	}
	s.groups.mu.Lock()
	defer s.groups.mu.Unlock()
	if s.groups.of == nil {
		s.groups.of = map[string]members{}
	}
	s.groups.of[group] = members{users, now}
	return users, nil
}
