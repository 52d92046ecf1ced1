package slacktest

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Channel is the state of a channel, as the bot meets it.
type Channel struct {
	Private  bool // unless the bot is a member, the channel doesn't exist for it
	Member   bool // the bot was invited
	Archived bool // it can be read, but nobody can post
	Shared   bool // with another organisation, by Slack Connect
	// Members are the users in it besides the bot; nil is everybody.
	Members []string
}

// channels returns the channels of a new Slack by id, set up as Beacon wants them.
func channels() map[string]Channel {
	return map[string]Channel{
		Desk: {Private: true, Member: true}, Urgent: {Private: true, Member: true},
		Lobby: {Member: true},
	}
}

// scopes returns what the app of a new Slack was granted. They are written out here rather than
// taken from package slack's manifest, so that a test notices when the manifest asks for another.
func scopes() []string {
	return []string{
		"channels:history", "channels:read", "chat:write", "commands", "files:write",
		"groups:history", "groups:read", "im:write", "reactions:write", "usergroups:read",
		"users:read",
	}
}

// Change lets how change a channel's state. A channel that doesn't exist is created.
func (f *Slack) Change(channel string, how func(*Channel)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.channels[channel]
	how(&c)
	f.channels[channel] = c
}

// Remove deletes a channel, as an administrator may. Calls about it then get channel_not_found.
func (f *Slack) Remove(channel string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.channels, channel)
}

// Revoke takes scopes from the bot's token, which then is like that of an app that was installed
// before it asked for them. Calls that need one of them get missing_scope.
func (f *Slack) Revoke(scopes ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scopes = slices.DeleteFunc(
		f.scopes, func(s string) bool { return slices.Contains(scopes, s) },
	)
}

// Grant adds scopes to the bot's token, as a new installation of the app does.
func (f *Slack) Grant(scopes ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scopes = append(f.scopes, scopes...)
}

// in reports whether a user is in a channel. The lock is held.
func (f *Slack) in(channel, user string) bool {
	members := f.channels[channel].Members
	return user != "" && (members == nil || slices.Contains(members, user))
}

// met notes that a user did something. The lock is held.
func (f *Slack) met(user string) {
	if _, known := f.people[user]; !known {
		f.people[user] = Person{}
	}
}

// direct returns the id of the direct message between the bot and a user, which it creates if need
// be. The lock is held.
func (f *Slack) direct(user string) string {
	id := "D" + strings.TrimPrefix(user, "U")
	f.channels[id] = Channel{Private: true, Member: true, Members: []string{user}}
	return id
}

// Direct returns the id of the direct message between the bot and a user.
func (f *Slack) Direct(user string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.direct(user)
}

// openDirect is conversations.open, with one user. The lock is held. source:
// https://docs.slack.dev/reference/methods/conversations.open
func (f *Slack) openDirect(args url.Values) (reply, string) {
	user := args.Get("users")
	if user == "" || strings.Contains(user, ",") || f.people[user].Unknown {
		return nil, "user_not_found"
	}
	return reply{"channel": reply{"id": f.direct(user)}}, ""
}

// members is conversations.members. In a channel that everybody is in are those who have done
// something. The lock is held.
func (f *Slack) members(args url.Values) (reply, string) {
	c, ok := f.channels[args.Get("channel")]
	if !ok || c.Private && !c.Member {
		return nil, "channel_not_found"
	}
	users := c.Members
	if users == nil {
		users = slices.Sorted(maps.Keys(f.people))
	}
	return reply{
		"members":           append([]string{BotUser}, users...),
		"response_metadata": reply{"next_cursor": ""},
	}, ""
}

// closed returns Slack's error code if the bot can't read a channel, or with write can't post in
// it; "" if it can. The lock is held.
func (f *Slack) closed(channel string, write bool) string {
	c, ok := f.channels[channel]
	switch {
	case !ok, c.Private && !c.Member: // what the bot may not see isn't there
		return "channel_not_found"
	case write && c.Archived:
		return "is_archived"
	case !c.Member:
		return "not_in_channel"
	}
	return ""
}

// info is conversations.info, with the fields of the example in Slack's documentation. The lock is
// held. source: https://docs.slack.dev/reference/methods/conversations.info
func (f *Slack) info(args url.Values) (reply, string) {
	id := args.Get("channel")
	c, ok := f.channels[id]
	if !ok || c.Private && !c.Member {
		return nil, "channel_not_found"
	}
	name := strings.ToLower(strings.TrimPrefix(id, "C"))
	return reply{"channel": reply{
		"id": id, "name": name, "is_channel": true, "is_group": false, "is_im": false,
		"is_mpim":    false,
		"is_private": c.Private, "created": 1654868334, "is_archived": c.Archived,
		"is_general":      false,
		"unlinked":        0,
		"name_normalized": name, "is_shared": c.Shared, "is_frozen": false, "is_org_shared": false,
		"is_pending_ext_shared": false, "pending_shared": []string{}, "context_team_id": Team,
		"updated":             1723130875818,
		"parent_conversation": nil, "creator": "U1", "is_ext_shared": c.Shared,
		"shared_team_ids":            []string{Team},
		"pending_connected_team_ids": []string{}, "is_member": c.Member,
		"last_read":      "1723680078.026719",
		"topic":          reply{"value": "", "creator": "", "last_set": 0},
		"purpose":        reply{"value": "", "creator": "", "last_set": 0},
		"previous_names": []string{},
	}}, ""
}
