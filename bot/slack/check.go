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
	Team    string   // the workspace's name
	Told    bool     // Slack said which scopes the token has; without it Missing is empty
	Missing []string // the manifest's scopes that the token lacks, sorted
}

// Auth asks Slack which workspace the bot's token belongs to and which scopes it has. Its error
// gives Slack's code by [Word]; a rate limit is a [handlers.Refusal] with Retry set. source:
// https://docs.slack.dev/reference/methods/auth.test
func (s *Slack) Auth(ctx context.Context) (Auth, error) {
	r, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return Auth{}, fmt.Errorf("slack auth test: %w", refusal(err))
	}
	a := Auth{Team: r.Team}
	granted, told := r.Header["X-Oauth-Scopes"]
	if a.Told = told; !told {
		return a, nil // a proxy dropped the header: we can't tell what is missing
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
	Name     string // without the #
	Member   bool   // the bot is in it
	Private  bool   // only who was invited reads it
	Archived bool   // nobody can post in it any more
	Shared   bool   // with another organisation, or about to be
}

// Channel asks Slack about the channel with an id (C…). A private channel that the bot isn't in is
// reported as channel_not_found. For errors see [Slack.Auth].
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
