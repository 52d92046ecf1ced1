package slack_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// Slack is asked now and then who is in a group. While it can't be asked, what it said within a day
// counts: a nurse keeps her rights through a bad hour of Slack's.
func TestWhoIsInAGroup(t *testing.T) {
	const group = "S012AB3CD"
	now := time.Now()
	r := start(t, func(sc *slack.Config) { sc.Now = func() time.Time { return now } })
	members := func(want string, users ...string) {
		t.Helper()
		got, err := r.Members(t.Context(), group)
		if word := slack.Word(err); word != want || !slices.Equal(got, users) {
			t.Errorf("%v %v, want %v %s", got, err, users, want)
		}
	}
	members("no_such_subteam")
	r.fake.Group(group, ann)
	members("", ann)
	r.fake.Group(group, ann, "U2")
	members("", ann)
	now = now.Add(10 * time.Minute)
	members("", ann, "U2")
	if n := len(r.fake.Calls("usergroups.users.list")); n != 3 {
		t.Errorf("asked %d times", n)
	}
	now = now.Add(time.Hour)
	away := slacktest.Fault{Method: "usergroups.users.list", Status: http.StatusBadGateway}
	r.fake.Fail(1, away)
	members("", ann, "U2")
	now = now.Add(24 * time.Hour)
	r.fake.Revoke("usergroups:read")
	members("missing_scope")
}
