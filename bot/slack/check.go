package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/slack-go/slack"
)

// Auth describes the bot's token, as Slack sees it.
type Auth struct {
	Team    string
	Told    bool     // Slack said which scopes it has
	Missing []string // the scopes of the manifest that it lacks, sorted
}

// Auth asks Slack which workspace the bot's token belongs to and which scopes it has.
func (s *Slack) Auth(ctx context.Context) (Auth, error) {
	r, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return Auth{}, fmt.Errorf("slack auth test: %w", refusal(err))
	}
	a := Auth{Team: r.Team}
	granted, told := r.Header["X-Oauth-Scopes"]
	if a.Told = told; !told { // something in between dropped it
		return a, nil
	}
	between := func(c rune) bool { return c == ',' || c == ' ' }
	has := strings.FieldsFunc(strings.Join(granted, ","), between)
	for _, scope := range scopes() {
		if !slices.Contains(has, scope) {
			a.Missing = append(a.Missing, scope)
		}
	}
	return a, nil
}

// Channel describes a channel, as the bot sees it.
type Channel struct {
	Name     string
	Member   bool // the bot is in it
	Private  bool
	Archived bool
	Shared   bool // with another organisation, or about to be
}

// Channel asks Slack about a channel. A private channel that the bot isn't in is reported as not
// found.
func (s *Slack) Channel(ctx context.Context, id string) (Channel, error) {
	c, err := s.api.GetConversationInfoContext(ctx, &sdk.GetConversationInfoInput{ChannelID: id})
	if err != nil {
		return Channel{}, fmt.Errorf("slack conversation info: %w", refusal(err))
	}
	return Channel{
		Name: c.Name, Member: c.IsMember, Private: c.IsPrivate, Archived: c.IsArchived,
		Shared: c.IsExtShared || c.IsPendingExtShared,
	}, nil
}
