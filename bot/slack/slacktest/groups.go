package slacktest

import (
	"maps"
	"net/url"
	"slices"
)

// Group makes a user group of those users, or changes who is in it.
func (f *Slack) Group(id string, users ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.groups[id] = users
}

// groupUsers is usergroups.users.list. The lock is held. source:
// https://docs.slack.dev/reference/methods/usergroups.users.list
func (f *Slack) groupUsers(args url.Values) (reply, string) {
	users, ok := f.groups[args.Get("usergroup")]
	if !ok {
		return nil, "no_such_subteam"
	}
	return reply{"users": append([]string{}, users...)}, ""
}

// groupList is usergroups.list. The lock is held. source:
// https://docs.slack.dev/reference/methods/usergroups.list
func (f *Slack) groupList(url.Values) (reply, string) {
	all := []reply{}
	for _, id := range slices.Sorted(maps.Keys(f.groups)) {
		all = append(all, reply{
			"id": id, "team_id": Team, "is_usergroup": true, "name": id, "handle": id,
			"description": "", "is_external": false, "date_create": 1764599400,
			"date_update": 1764599400, "date_delete": 0, "auto_type": nil, "created_by": "U1",
			"updated_by": "U1", "deleted_by": nil, "user_count": len(f.groups[id]),
		})
	}
	return reply{"usergroups": all}, ""
}
