package slacktest

import (
	"cmp"
	"net/url"
)

// Person is a user of Slack, as users.info tells of them. The zero Person, which is everybody whom
// [Slack.Be] wasn't told of, is a full member of the workspace.
type Person struct {
	Name       string // as others see it; "" is "Some Body"
	Team       string // of the user; "" is the workspace itself
	Restricted bool   // a guest of several channels
	Ultra      bool   // a guest of one channel, who is Restricted as well
	Bot        bool
	Deleted    bool
	Unknown    bool // there is no such user
}

// Be has a user be somebody from now on.
func (f *Slack) Be(user string, p Person) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.people[user] = p
}

// userInfo is users.info. A stranger has a profile, and is_stranger is true. The lock is held.
// source: https://docs.slack.dev/reference/objects/user-object
func (f *Slack) userInfo(args url.Values) (reply, string) {
	user := args.Get("user")
	p := f.people[user]
	if p.Unknown || user == "" {
		return nil, "user_not_found"
	}
	team, name := cmp.Or(p.Team, Team), cmp.Or(p.Name, "Some Body")
	return reply{"user": reply{
		"id": user, "team_id": team, "name": "somebody", "deleted": p.Deleted, "color": "9f69e7",
		"real_name": name, "tz": "America/New_York", "tz_offset": -18000,
		"profile":  reply{"real_name": name, "display_name": cmp.Or(p.Name, "somebody"), "team": team},
		"is_admin": false, "is_owner": false, "is_primary_owner": false,
		"is_restricted": p.Restricted || p.Ultra, "is_ultra_restricted": p.Ultra,
		"is_bot": p.Bot, "is_app_user": false, "is_stranger": team != Team, "updated": 1764599400,
		"is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE", "locale": "en-US",
	}}, ""
}

// botInfo is bots.info. The lock is held. source:
// https://docs.slack.dev/reference/methods/bots.info
func (f *Slack) botInfo(args url.Values) (reply, string) {
	if args.Get("bot") != BotID {
		return nil, "bot_not_found"
	}
	return reply{"bot": reply{
		"id": BotID, "deleted": false, "name": "Beacon", "updated": 1764599400, "app_id": App,
		"user_id": BotUser, "icons": reply{},
	}}, ""
}
