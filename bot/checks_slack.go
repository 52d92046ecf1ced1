package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/handlers"
)

// slackAnew is what to do about scopes that the app lacks: Slack grants new ones only when the app
// is installed again.
const slackAnew = "Paste bot slack-manifest at the app's page under App Manifest," +
	" then install the app anew."

// checkSlack asks whether the bot's token is valid, and whether it has the scopes of the manifest.
// A proxy in front of Slack may drop the header that names them; then they are "not checked".
func (a *app) checkSlack(ctx context.Context) []finding {
	const auth, scopes = "slack auth", "slack scopes"
	got, err := a.slack.Auth(ctx)
	if err != nil {
		return []finding{slackFault(auth, err), skip(scopes, "Slack didn't say")}
	}
	f := good(scopes, "as in the manifest")
	switch {
	case !got.Told:
		f = skip(scopes, "Slack didn't say")
	case len(got.Missing) > 0:
		f = bad(scopes, "the app lacks "+strings.Join(got.Missing, ", "), slackAnew)
		// All works, but nobody is told when a channel is archived. Who can't be asked who is in a
		// group is told by checkGroups, if the clinic has any.
		if looks(got.Missing) {
			f.Level = warned
		}
	}
	return []finding{good(auth, "the token is of the workspace "+got.Team), f}
}

// looks reports whether the scopes only serve to look at channels and groups, which have checks of
// their own.
func looks(scopes []string) bool {
	for _, s := range scopes {
		if s != "channels:read" && s != "groups:read" && s != "usergroups:read" {
			return false
		}
	}
	return true
}

// checkGroups asks for each user group that clinic.yaml gives a role, or has told of what still
// waits. The people of one that isn't there have no rights, and aren't told.
func (a *app) checkGroups(ctx context.Context) (out []finding) {
	for _, group := range a.base.Clinic.Roles.Groups() {
		users, err := a.slack.Members(ctx, group)
		out = append(out, judgeGroup("slack group "+group, forRoles, users, err))
	}
	if group := a.base.Clinic.Desk.OnCallGroup; group != "" {
		users, err := a.slack.Members(ctx, group)
		out = append(out, judgeGroup("slack on-call group "+group, forWaiting, users, err))
	}
	return out
}

// groupUse words what clinic.yaml has a user group for.
type groupUse struct {
	setting string // where it stands
	works   string
	fails   string // what doesn't work without it
	instead string // what to do where the workspace has no user groups
}

var (
	forRoles = groupUse{
		setting: "roles", works: "its people have their roles", fails: "nobody has its roles",
		instead: "Name users (U…) instead of groups under roles in clinic.yaml.",
	}
	forWaiting = groupUse{
		setting: "desk.oncall_group", works: "its people are told of what still waits",
		fails: "nobody of it is told of what still waits",
		instead: "Take desk.oncall_group out of clinic.yaml: everybody in the desk's channel is " +
			"told then.",
	}
)

// judgeGroup says whether the people of a user group get what clinic.yaml has it for.
func judgeGroup(name string, use groupUse, users []string, err error) finding {
	switch word := slack.Word(err); {
	case err == nil && len(users) == 0:
		return warn(name, "nobody is in it",
			"Put people into it in Slack, or take it out of "+use.setting+" in clinic.yaml.")
	case err == nil:
		return good(name, use.works)
	case word == "no_such_subteam":
		return bad(name, "there is no such user group: "+use.fails,
			"Copy its id (S…) from Slack's list of user groups into "+use.setting+" in clinic.yaml.")
	case word == "plan_upgrade_required":
		return bad(name, "the workspace's plan has no user groups: "+use.fails, use.instead)
	case word == "missing_scope":
		return bad(name, "the app may not see who is in it: "+use.fails, slackAnew)
	}
	return slackFault(name, err)
}

// checkPosts reports whether the desk's channels take what is posted, going by the posts of this
// process. A channel that checkChannel finds in order may still refuse every post. It asks nobody,
// so it is always answered.
func (a *app) checkPosts(context.Context) (out []finding) {
	for _, channel := range []string{handlers.DeskChannel, handlers.UrgentChannel} {
		name := "slack " + channel + " posts"
		since, why := a.poster.Away(channel)
		if since.IsZero() {
			out = append(out, good(name, "the last post went through, or there was none"))
			continue
		}
		what := "none has gone through since " + since.UTC().Format(time.RFC3339) + ": " + why
		out = append(out, bad(name, what,
			"Meanwhile danger is told in the other channel and to the on-call phone. If Slack's "+
				"status is well, look at the log: it names each post that was refused."))
	}
	return out
}

// checkSocket reports whether what staff do comes in through Socket Mode. A doctor has no
// connection, so it asks whether Slack would accept one. A bot that has just started has neither a
// connection nor an error yet; that is "not checked", since an alarm at each deploy would teach the
// operator to ignore it.
func (a *app) checkSocket(ctx context.Context) []finding {
	const name = "slack socket"
	if a.bot == "" {
		err := a.slack.Connects(ctx)
		if err == nil {
			return []finding{good(name, "Slack takes SLACK_APP_TOKEN")}
		}
		return []finding{socketFault(name, err)}
	}
	if a.shut() {
		return []finding{skip(name, "hung up: see the check "+checkLayout)}
	}
	switch up, err := a.slack.Connected(); {
	case up:
		return []finding{good(name, "connected: what staff do in Slack comes in")}
	case err != nil:
		return []finding{socketFault(name, err)}
	}
	return []finding{skip(name, "it has only begun to connect")}
}

// socketFault says what to do about Socket Mode that doesn't connect: a new token where Slack
// refuses this one, otherwise a look at the network.
func socketFault(name string, err error) finding {
	do := "See https://slack-status.com, and that this machine may reach slack.com over wss." +
		" Until then cards are posted, but buttons, replies and commands don't come in."
	switch slack.Word(err) {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked",
		"not_allowed_token_type":
		do = "Make an app-level token (xapp-…) with the scope connections:write anew, on the " +
			"app's page," +
			" Basic Information; it is SLACK_APP_TOKEN."
	}
	return bad(name, "Socket Mode isn't connected: "+plain(err), do)
}

// slackFault says what to do about an error of Slack, going by its error code; "" is a Slack that
// wasn't reached. A rate limit isn't a fault: Slack works, and the check is made again later.
func slackFault(name string, err error) finding {
	if no, ok := errors.AsType[*handlers.Refusal](err); ok {
		return skip(name, no.Why)
	}
	switch word := slack.Word(err); word {
	case "":
		return bad(name, "Slack can't be used: "+plain(err),
			"See https://slack-status.com, and that this machine may reach slack.com."+
				" Meanwhile danger is told to the on-call phone.")
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired":
		return bad(name, "Slack refuses SLACK_BOT_TOKEN: "+word,
			"Copy the Bot User OAuth Token (xoxb-…) anew, from the app's page, OAuth & "+
				"Permissions.")
	}
	return bad(name, "Slack can't be used: "+plain(err), "See Slack's documentation of the error.")
}

// checkChannel returns the check of one of the desk's channels: which is desk or urgent, variable
// names what to change, id is its value. Slack answers channel_not_found for a private channel that
// the bot isn't in as well as for one that is gone, so the advice covers both.
func (a *app) checkChannel(which, variable, id string) func(context.Context) []finding {
	name := "slack " + which + " channel"
	return func(ctx context.Context) []finding {
		c, err := a.slack.Channel(ctx, id)
		switch word := slack.Word(err); {
		case err == nil:
			return []finding{judgeChannel(name, c)}
		case word == "channel_not_found":
			return []finding{bad(name, "there is no channel "+id+" that the bot is in",
				"Write /invite @Beacon in the channel; if it is gone, put another's id (C…) into "+
					variable+".")}
		case word == "missing_scope":
			f := skip(name, "the app may not look at the channel")
			f.Do = slackAnew
			return []finding{f}
		}
		return []finding{slackFault(name, err)}
	}
}

// judgeChannel says whether cards reach a channel, which is a fault if they don't, and who besides
// the desk may read about patients there, which is a warning. The worst comes first.
func judgeChannel(name string, c slack.Channel) finding {
	switch {
	case c.Archived:
		return bad(name, "#"+c.Name+" is archived: no card can be posted",
			"Unarchive it, or choose another channel.")
	case !c.Member:
		return bad(name, "the bot isn't in #"+c.Name, "Write /invite @Beacon in it.")
	case c.Shared:
		return warn(name, "#"+c.Name+" is shared with another organisation, which reads of "+
			"patients",
			"Stop sharing it, or choose another channel.")
	case !c.Private:
		return warn(name, "#"+c.Name+" is public: all of the workspace may read of patients",
			"Make it private, in the channel's settings.")
	}
	return good(name, "#"+c.Name+": the bot is in it")
}
