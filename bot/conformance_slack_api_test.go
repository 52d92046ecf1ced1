package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// step is a call of Slack's own client, and what must come of it.
type step struct {
	Method string         `json:"method"`
	Args   map[string]any `json:"args"`
	want   string         // in the answer's JSON
}

// said is a text object.
func said(kind, s string) map[string]any { return map[string]any{"type": kind, "text": s} }

// section is a block with a text.
func section(s string) map[string]any {
	return map[string]any{"type": "section", "text": said("mrkdwn", s)}
}

// TestSlackClient: Slack's own client understands what our fake answers, and our fake what the
// client sends, so that the bot is tried on something like Slack.
func TestSlackClient(t *testing.T) {
	t.Parallel()
	f := slacktest.New()
	t.Cleanup(f.Close)
	f.Grant("files:write", "im:write")
	f.Group("S1", "U1", "U2")
	modal := func(title string) map[string]any {
		return map[string]any{
			"type": "modal", "title": said("plain_text", title), "blocks": []any{section("x")},
		}
	}
	home := map[string]any{"type": "home", "blocks": []any{section("Tue Dec 1")}}
	at := func(more map[string]any) map[string]any {
		more["channel"] = slacktest.Desk
		return more
	}
	steps := []step{
		{Method: "auth.test", want: `"team_id":"T0001"`},
		{
			Method: "chat.postMessage", want: `"ts":"`,
			Args: at(map[string]any{"text": "card", "blocks": []any{section("card")}}),
		},
		{
			Method: "chat.update", want: `"text":"changed"`,
			Args: at(map[string]any{"ts": "$1.ts", "text": "changed"}),
		},
		{
			Method: "chat.postMessage", want: `"ts":"`,
			Args: at(map[string]any{"thread_ts": "$1.ts", "text": "one"}),
		},
		{
			Method: "chat.postMessage", want: `"ts":"`,
			Args: at(map[string]any{"thread_ts": "$1.ts", "text": "two"}),
		},
		{
			Method: "pages conversations.replies", want: `{"pages":2,"messages":3}`,
			Args: at(map[string]any{"ts": "$1.ts", "limit": 2}),
		},
		{
			Method: "chat.postMessage", want: `/blocks/0/text/text]`,
			Args: at(map[string]any{"text": "x", "blocks": []any{section(strings.Repeat("x", 3001))}}),
		},
		{
			Method: "chat.postEphemeral", want: `"message_ts":"`,
			Args: at(map[string]any{"user": "U1", "text": "for you"}),
		},
		{
			Method: "reactions.add", want: `"ok":true`,
			Args: at(map[string]any{"timestamp": "$1.ts", "name": "eyes"}),
		},
		{
			Method: "views.publish", want: `"hash":"`,
			Args: map[string]any{"user_id": "U1", "view": home},
		},
		{
			Method: "views.publish", want: `"error":"hash_conflict"`,
			Args: map[string]any{"user_id": "U1", "view": home, "hash": "stale"},
		},
		{
			Method: "views.open", want: `"error":"invalid_trigger_id"`,
			Args: map[string]any{"trigger_id": "1.2.3", "view": modal("Move")},
		},
		{
			Method: "upload", want: `"ok":true`, Args: map[string]any{
				"channel_id": slacktest.Desk, "filename": "a.txt", "title": "A", "content": "abc",
			},
		},
		{
			Method: "usergroups.users.list", want: `"users":["U1","U2"]`,
			Args: map[string]any{"usergroup": "S1"},
		},
		{
			Method: "users.info", want: `"is_ultra_restricted":false`,
			Args: map[string]any{"user": "U1"},
		},
		{
			Method: "conversations.open", want: `"id":"D1"`,
			Args: map[string]any{"users": "U1"},
		},
		{
			Method: "files.info", want: `"needed":"files:read"`, Args: map[string]any{"file": "F1"},
		},
		{Method: "chat.delete", want: `"ok":true`, Args: at(map[string]any{"ts": "$1.ts"})},
	}
	try(t, f, steps)
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	f.Clock(func() time.Time { return now })
	f.Limit()
	try(t, f, []step{
		{Method: "chat.postMessage", want: `"ts":"`, Args: at(map[string]any{"text": "one"})},
		{Method: "chat.postMessage", want: `"retryAfter":1`, Args: at(map[string]any{"text": "two"})},
	})
}

// try has the client make the calls.
func try(t *testing.T, f *slacktest.Slack, steps []step) {
	t.Helper()
	var answers []json.RawMessage
	ask(t, "slack_api.mjs", map[string]any{
		"url": f.URL(), "token": slacktest.BotToken, "steps": steps,
	}, &answers)
	if len(answers) != len(steps) {
		t.Fatalf("%d answers to %d calls", len(answers), len(steps))
	}
	for i, s := range steps {
		if !strings.Contains(string(answers[i]), s.want) {
			t.Errorf("%s: %.400s, want %s", s.Method, answers[i], s.want)
		}
	}
}
