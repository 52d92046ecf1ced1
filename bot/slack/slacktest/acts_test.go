package slacktest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

const question = `[{"type":"section","text":{"type":"mrkdwn","text":"Sure?"}},{"type":"actions",
	"elements":[{"type":"button","action_id":"do","value":"off {}",
	"text":{"type":"plain_text","text":"Do it"}}]}]`

// What staff do reaches the bot as Slack tells it.
func TestWhatStaffDo(t *testing.T) {
	a := newApp(t)
	n := a.Nurse(t, "U1")
	if code, out := a.call(
		"chat.postMessage", "channel", slacktest.Desk, "text", "card", "blocks", question,
	); code != "" {
		t.Fatal(out)
	}
	card := n.Sees("Sure?")
	reply := n.Write(card, "hello :wave:")
	for _, test := range []struct {
		name string
		do   func()
		want []string // in the payload
	}{
		{name: "a press", do: func() { n.Press(card, "Do it") }, want: []string{
			"type:block_actions", "value:off {}", "action_id:do", "is_ephemeral:false",
		}},
		{name: "an edit", do: func() { n.Edit(reply, "hello all") }, want: []string{
			"subtype:message_changed", "text:hello all", "text:hello :wave:", "edited:",
		}},
		{
			name: "a preview of a link", do: func() { _, _ = a.Unfurl(t.Context(), reply.ID()) },
			want: []string{"subtype:message_changed"},
		},
		{name: "a deletion", do: func() { n.Erase(reply) }, want: []string{
			"subtype:message_deleted", "deleted_ts:" + reply.TS,
		}},
		{name: "a shortcut", do: func() { n.Shortcut("book") }, want: []string{
			"type:shortcut", "callback_id:book",
		}},
		{name: "one of a message", do: func() { n.ShortcutOn(card, "teach") }, want: []string{
			"type:message_action", "message_ts:" + card.TS,
		}},
		{name: "Home", do: func() { _, _ = a.OpenHome(t.Context(), "U1") }, want: []string{
			"type:app_home_opened", "tab:home",
		}},
	} {
		test.do()
		got := fmt.Sprint(a.got)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %s, want %q", test.name, got, want)
			}
		}
	}
}

// A response URL takes five messages in half an hour, and can replace what was pressed.
func TestResponseURLs(t *testing.T) {
	a := newApp(t)
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	a.Clock(func() time.Time { return now })
	n := a.Nurse(t, "U1")
	n.Type("off 0101")
	say := func(url any, body string) int {
		t.Helper()
		resp, err := http.Post(url.(string), "application/json", bytes.NewBufferString(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	url := a.got["response_url"]
	if got := say(url, `{"text":"Sure?","blocks":`+question+`}`); got != 200 {
		t.Fatal(got)
	}
	asked := n.Sees("Sure?")
	n.Press(asked, "Do it")
	if a.got["message"] != nil {
		t.Error("Slack keeps no ephemeral message")
	}
	if got := say(a.got["response_url"], `{"text":"Off.","replace_original":true}`); got != 200 {
		t.Fatal(got)
	}
	if m := n.Sees("Off."); m.ID() != asked.ID() {
		t.Error("it wasn't replaced")
	}
	n.Misses("Sure?")
	a.Nurse(t, "U2").Misses("Off.")
	for i, want := range []int{200, 200, 200, 200, 404} {
		if got := say(url, `{"text":"again"}`); got != want {
			t.Errorf("use %d: %d, want %d", i+2, got, want)
		}
	}
	n.Type("today")
	now = now.Add(30*time.Minute + time.Second)
	if got := say(a.got["response_url"], `{"text":"late"}`); got != 404 {
		t.Errorf("after half an hour: %d", got)
	}
}

// Slack limits rates by its clock.
func TestRates(t *testing.T) {
	a := newApp(t)
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	a.Clock(func() time.Time { return now })
	a.Grant("usergroups:read")
	a.Limit()
	post := func(channel string) string {
		code, _ := a.call("chat.postMessage", "channel", channel, "text", "x")
		return code
	}
	for _, test := range []struct {
		name, channel, want string
		later               time.Duration
	}{
		{name: "a post", channel: slacktest.Desk},
		{name: "another channel", channel: slacktest.Urgent},
		{name: "too soon", channel: slacktest.Desk, later: 900 * time.Millisecond, want: "ratelimited"},
		{name: "a second later", channel: slacktest.Desk, later: 100 * time.Millisecond},
	} {
		now = now.Add(test.later)
		if got := post(test.channel); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	var last string
	for range 21 {
		last, _ = a.call("usergroups.list")
	}
	if last != "ratelimited" {
		t.Errorf("21 calls in a minute: %q", last)
	}
	now = now.Add(time.Minute)
	if last, _ = a.call("usergroups.list"); last != "" {
		t.Errorf("a minute later: %q", last)
	}
}

// Each method needs its scope, and says which.
func TestScopes(t *testing.T) {
	a := newApp(t)
	a.Group("S1", "U1", "U2")
	for _, test := range []struct {
		method, scope string
		args          []string
	}{
		{"chat.postMessage", "chat:write", []string{"channel", slacktest.Desk, "text", "x"}},
		{"conversations.history", "groups:history", []string{"channel", slacktest.Desk}},
		{"conversations.history", "channels:history", []string{"channel", slacktest.Lobby}},
		{"usergroups.users.list", "usergroups:read", []string{"usergroup", "S1"}},
		{"conversations.open", "im:write", []string{"users", "U1"}},
		{"files.getUploadURLExternal", "files:write", []string{"filename", "a", "length", "1"}},
	} {
		a.Revoke(test.scope)
		code, out := a.call(test.method, test.args...)
		if code != "missing_scope" || out["needed"] != test.scope {
			t.Errorf("%s: %v", test.method, out)
		}
		a.Grant(test.scope)
		if code, out := a.call(test.method, test.args...); code != "" {
			t.Errorf("%s with its scope: %v", test.method, out)
		}
	}
}

// A file is announced, sent and completed; then an image can show it.
func TestFiles(t *testing.T) {
	a := newApp(t)
	a.Grant("files:write")
	_, out := a.call("files.getUploadURLExternal", "filename", "day.png", "length", "3")
	id := out["file_id"].(string)
	files := `[{"id":"` + id + `","title":"The day"}]`
	if code, _ := a.call("files.completeUploadExternal", "files", files); code != "file_not_found" {
		t.Errorf("completed before it was sent: %q", code)
	}
	if got := post(t, out["upload_url"].(string), "abc"); got != "OK - 3" {
		t.Error(got)
	}
	if code, out := a.call(
		"files.completeUploadExternal", "files", files, "channel_id", a.Direct("U1"),
	); code != "" {
		t.Error(out)
	}
	if all := a.Files(); len(all) != 1 || string(all[0].Content) != "abc" || all[0].Title != "The day" {
		t.Errorf("%+v", all)
	}
	image := `[{"type":"image","alt_text":"x","slack_file":{"id":"` + id + `"}}]`
	if code, out := a.call(
		"chat.postMessage", "channel", slacktest.Desk, "text", "x", "blocks", image,
	); code != "" {
		t.Error(out)
	}
}
