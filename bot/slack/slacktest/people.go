package slacktest

import (
	"cmp"
	"slices"
)

// Person is a user of Slack, as users.info tells of them. The zero Person, which is everybody whom
// [Slack.Be] wasn't told of, is a full member of the workspace.
type Person struct {
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
func (f *Slack) userInfo(user string) (reply, string) {
	if !slices.Contains(f.scopes, "users:read") {
		return reply{"needed": "users:read", "provided": "chat:write"}, "missing_scope"
	}
	p := f.people[user]
	if p.Unknown || user == "" {
		return nil, "user_not_found"
	}
	team := cmp.Or(p.Team, Team)
	return reply{"user": reply{
		"id": user, "team_id": team, "name": "somebody", "deleted": p.Deleted, "color": "9f69e7",
		"real_name": "Some Body", "tz": "America/New_York", "tz_offset": -18000,
		"profile":  reply{"real_name": "Some Body", "display_name": "somebody", "team": team},
		"is_admin": false, "is_owner": false, "is_primary_owner": false,
		"is_restricted": p.Restricted || p.Ultra, "is_ultra_restricted": p.Ultra,
		"is_bot": p.Bot, "is_app_user": false, "is_stranger": team != Team, "updated": 1764599400,
		"is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE", "locale": "en-US",
	}}, ""
}

// botInfo is bots.info. The lock is held. source:
// https://docs.slack.dev/reference/methods/bots.info
func (f *Slack) botInfo(bot string) (reply, string) {
	if !slices.Contains(f.scopes, "users:read") {
		return reply{"needed": "users:read", "provided": "chat:write"}, "missing_scope"
	}
	if bot != BotID {
		return nil, "bot_not_found"
	}
	return reply{"bot": reply{
		"id": BotID, "deleted": false, "name": "Beacon", "updated": 1764599400, "app_id": App,
		"user_id": BotUser, "icons": reply{},
	}}, ""
}

// Group has a user group have these users from now on.
func (f *Slack) Group(id string, users ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.groups[id] = users
}

// members is usergroups.users.list. The lock is held. source:
// https://docs.slack.dev/reference/methods/usergroups.users.list
func (f *Slack) members(group string) (reply, string) {
	if !slices.Contains(f.scopes, "usergroups:read") {
		return reply{"needed": "usergroups:read", "provided": "chat:write"}, "missing_scope"
	}
	users, ok := f.groups[group]
	if !ok {
		return nil, "no_such_subteam"
	}
	return reply{"users": users}, ""
}
