package slacktest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// The example in Slack's documentation of request signing shows that the fake signs as Slack does,
// and not only as the bot expects. source:
// https://docs.slack.dev/authentication/verifying-requests-from-slack/
func TestSignAsSlackDoes(t *testing.T) {
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow" +
		"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner" +
		"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands" +
		"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	r, err := http.NewRequestWithContext(
		t.Context(), http.MethodPost, "http://bot.example/slack/command", strings.NewReader(body),
	)
	if err != nil {
		t.Fatal(err)
	}
	slacktest.SignAt(r, []byte(body), time.Unix(1531420618, 0))
	const want = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	if got := r.Header.Get("X-Slack-Signature"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAwaitEnds(t *testing.T) {
	f := slacktest.New()
	defer f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Await(ctx, func(all []slacktest.Message) bool { return len(all) > 0 }); err == nil {
		t.Error("waited in vain without an error")
	}
}

func TestOnlyWhatIsThereCanBePressed(t *testing.T) {
	f := slacktest.New()
	defer f.Close()
	if _, err := f.Press(t.Context(), "CDESK:1.1", "take", "U1"); err == nil {
		t.Error("pressed a button of no card")
	}
}

// The fake refuses what Slack refuses, with Slack's error codes.
func TestRefusals(t *testing.T) {
	f := slacktest.New()
	defer f.Close()
	f.Change(slacktest.Urgent, func(c *slacktest.Channel) { c.Archived = true })
	f.Change(slacktest.Lobby, func(c *slacktest.Channel) { c.Member = false })
	f.Revoke("channels:read")
	for _, test := range []struct{ method, form, want string }{
		{method: "auth.test", want: "not_authed"},
		{method: "auth.test", form: "token=xoxb-other", want: "invalid_auth"},
		{
			method: "chat.postMessage", form: "token=xoxb-fake&channel=CNONE&text=x",
			want: "channel_not_found",
		},
		{method: "chat.postMessage", form: "token=xoxb-fake&channel=CDESK", want: "no_text"},
		{
			method: "chat.postMessage", form: "token=xoxb-fake&channel=CDESK&text=x&thread_ts=1.1",
			want: "thread_not_found",
		},
		{
			method: "chat.postMessage",
			form: `token=xoxb-fake&channel=CDESK&blocks=` +
				`[{"type":"section","text":{"type":"mrkdwn","text":""}}]`,
			want: "invalid_blocks",
		},
		{
			method: "chat.update", form: "token=xoxb-fake&channel=CDESK&ts=1.1&text=x",
			want: "message_not_found",
		},
		{
			method: "chat.postMessage", form: "token=xoxb-fake&channel=CURGENT&text=x",
			want: "is_archived",
		},
		{
			method: "chat.postMessage", form: "token=xoxb-fake&channel=CLOBBY&text=x",
			want: "not_in_channel",
		},
		{
			method: "conversations.history", form: "token=xoxb-fake&channel=CLOBBY",
			want: "not_in_channel",
		},
		{
			method: "conversations.info", form: "token=xoxb-fake&channel=CLOBBY",
			want: "missing_scope",
		},
		{
			method: "conversations.info", form: "token=xoxb-fake&channel=CNONE",
			want: "channel_not_found",
		},
		{method: "files.upload", form: "token=xoxb-fake", want: "unknown_method"},
		{
			method: "chat.postMessage", form: "token=xoxb-fake&channel=CDESK&text=x&metadata=x",
			want: "invalid_metadata_format",
		},
		{
			method: "reactions.add",
			form:   "token=xoxb-fake&channel=CDESK&timestamp=1.1&name=:x:", want: "invalid_name",
		},
	} {
		body := post(t, f.URL()+test.method, test.form)
		if !strings.Contains(body, `"error":"`+test.want+`"`) {
			t.Errorf("%s %s: %s", test.method, test.form, body)
		}
	}
}

// post sends a form and returns the body of the answer.
func post(t *testing.T, url, form string) string {
	t.Helper()
	resp, err := http.Post(url, "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body)
}
