package slack

import (
	"context"
	"fmt"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"
)

const (
	// membersFresh is how long Slack's answer who is at the desk counts.
	membersFresh = 2 * time.Minute
	// membersPage and membersPages bound how many members a channel is read of.
	membersPage  = 200
	membersPages = 10
)

// deskMembers remembers who is in the desk's channels.
type deskMembers struct {
	mu   sync.Mutex
	desk map[string]bool
	at   time.Time
}

// atDesk reports whether what a user does in a channel is done at the desk: in one of its channels,
// or, where there is no channel, as on Home, by one of their members. While Slack can't say who
// they are, whoever was a member last still is; of anybody else it isn't known, and so they aren't.
func (s *Slack) atDesk(ctx context.Context, channel, user string) bool {
	if channel != "" {
		return s.desk(channel)
	}
	now := s.c.Now()
	s.present.mu.Lock()
	known, at := s.present.desk, s.present.at
	s.present.mu.Unlock()
	if known[user] && now.Sub(at) < membersFresh {
		return true // somebody new is asked about at once
	}
	all, err := s.askMembers(ctx)
	if err != nil {
		s.c.Log.ErrorContext(ctx, "slack: who is at the desk isn't known", "err", err)
		return known[user] && now.Sub(at) < whoStale
	}
	s.present.mu.Lock()
	defer s.present.mu.Unlock()
	s.present.desk, s.present.at = all, now
	return all[user]
}

// askMembers asks Slack who is in the desk's channels. source:
// https://docs.slack.dev/reference/methods/conversations.present
func (s *Slack) askMembers(ctx context.Context) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, whoTime)
	defer cancel()
	all := map[string]bool{}
	for _, channel := range []string{s.c.DeskChannel, s.c.UrgentChannel} {
		ask := sdk.GetUsersInConversationParameters{ChannelID: channel, Limit: membersPage}
		for range membersPages {
			page, next, err := s.api.GetUsersInConversationContext(ctx, &ask)
			if err != nil {
				return nil, fmt.Errorf("slack conversations members: %w", refusal(err))
			}
			for _, user := range page {
				all[user] = true
			}
			if ask.Cursor = next; next == "" {
				break
			}
		}
	}
	return all, nil
}
