package slack

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"
)

const (
	// whoTime bounds one question to Slack about a user: an event must be stored within keepTime.
	whoTime = time.Second
	// whoFresh is how long what Slack says of a user counts: who is made a guest, or leaves, can
	// act that much longer.
	whoFresh = 10 * time.Minute
	// whoStale is how long it counts while Slack can't be asked.
	whoStale = 24 * time.Hour
	// mostUsers is of how many users that is remembered.
	mostUsers = 1000
)

// Why somebody isn't let in, as it is counted.
const (
	otherApp  = "app"       // the payload is another app's
	otherTeam = "workspace" // of another workspace: Slack Connect, or a second install
	aGuest    = "guest"     // in this workspace, for some channels only
	aBot      = "bot"
	hasLeft   = "deactivated"
)

// outsider answers who isn't of the clinic's own staff.
const outsider = "Only full members of the clinic's own workspace use Beacon. Nothing was done, " +
	"and nothing was sent to a patient."

// actor is who does something, as a payload names them. Signed as it is, a payload may still be of
// another workspace that has the app, or of somebody there who shares a channel with us.
type actor struct {
	app, team string // of the payload
	home      string // the user's own workspace; "" if the payload doesn't say
	user      string
}

// who remembers which installation this is, and who its users are.
type who struct {
	mu    sync.Mutex
	home  installation
	users map[string]known
}

// installation is the workspace and the app that the bot's token is of.
type installation struct{ team, app string }

// known is what Slack said of a user: why they aren't let in, "" if they are.
type known struct {
	because string
	at      time.Time
}

// admits reports whether somebody is a full member of the clinic's workspace who uses this app. If
// not, because says why. Whoever isn't let in is counted and logged here. What Slack can't say just
// now is passed over, and logged: the payload's signature and what it says of itself still hold,
// and a nurse who is kept from a patient while Slack has trouble is worse than a guest whom the
// clinic itself invited into its private channel.
func (s *Slack) admits(ctx context.Context, a actor) (because string) {
	defer func() {
		if because != "" {
			s.c.Meter.Refused("slack", because)
			s.c.Log.WarnContext(ctx, "slack: not let in", "user", a.user, "because", because)
		}
	}()
	home, err := s.installed(ctx)
	if err != nil {
		s.c.Log.ErrorContext(ctx, "slack: which installation this is isn't known", "err", err)
	}
	team := cmp.Or(home.team, a.team)
	switch {
	case other(a.app, home.app):
		return otherApp
	case other(a.team, home.team), other(a.home, team):
		return otherTeam
	}
	return s.member(ctx, team, a.user)
}

// other reports whether two ids are known and differ.
func other(is, want string) bool { return is != "" && want != "" && is != want }

// installed returns the installation, which Slack is asked for once. source:
// https://docs.slack.dev/reference/methods/auth.test, …/bots.info
func (s *Slack) installed(ctx context.Context) (installation, error) {
	s.who.mu.Lock()
	home := s.who.home
	s.who.mu.Unlock()
	if home != (installation{}) {
		return home, nil
	}
	ctx, cancel := context.WithTimeout(ctx, whoTime)
	defer cancel()
	auth, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return home, fmt.Errorf("slack auth test: %w", refusal(err))
	}
	bot, err := s.api.GetBotInfoContext(ctx, sdk.GetBotInfoParameters{Bot: auth.BotID})
	if err != nil {
		return home, fmt.Errorf("slack bots info: %w", refusal(err))
	}
	home = installation{team: auth.TeamID, app: bot.AppID}
	s.who.mu.Lock()
	defer s.who.mu.Unlock()
	s.who.home = home
	return home, nil
}

// member returns why a user isn't let in, by what Slack says of them. source:
// https://docs.slack.dev/reference/objects/user-object
func (s *Slack) member(ctx context.Context, team, user string) (because string) {
	now := s.c.Now()
	s.who.mu.Lock()
	was, asked := s.who.users[user]
	s.who.mu.Unlock()
	if asked && now.Sub(was.at) < whoFresh {
		return was.because
	}
	ctx, cancel := context.WithTimeout(ctx, whoTime)
	defer cancel()
	u, err := s.api.GetUserInfoContext(ctx, user)
	switch {
	case Word(err) == "user_not_found", Word(err) == "user_not_visible":
		return otherTeam
	case err != nil:
		s.c.Log.ErrorContext(
			ctx, "slack: can't ask who a user is", "user", user, "err", refusal(err),
		)
		if asked && now.Sub(was.at) < whoStale {
			return was.because
		}
		return ""
	case u.Deleted:
		because = hasLeft
	case u.IsBot:
		because = aBot
	case u.IsStranger, other(u.TeamID, team):
		because = otherTeam
	case u.IsRestricted, u.IsUltraRestricted:
		because = aGuest
	}
	s.who.mu.Lock()
	defer s.who.mu.Unlock()
	if len(s.who.users) >= mostUsers { // no clinic has so many: some script makes them up
		clear(s.who.users)
	}
	s.who.users[user] = known{because: because, at: now}
	return because
}

// turnAway tells somebody why nothing was done.
func (s *Slack) turnAway(ctx context.Context, to asker, because string) {
	if because == aBot {
		return // nobody reads it
	}
	s.later(ctx, func(ctx context.Context) { s.tell(ctx, to, outsider) })
}
