package slack_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// BenchmarkRefused measures what a request costs that isn't Slack's: a millisecond at most.
func BenchmarkRefused(b *testing.B) {
	s, err := slack.New(slack.Config{
		BotToken: slacktest.BotToken, SigningSecret: slacktest.SigningSecret,
		DeskChannel: slacktest.Desk, UrgentChannel: slacktest.Urgent, Staff: &staff{},
	})
	if err != nil {
		b.Fatal(err)
	}
	now, forged := strconv.FormatInt(time.Now().Unix(), 10), "v0="+strings.Repeat("0", 64)
	for _, c := range []struct{ name, at, signature, body string }{
		{name: "unsigned", body: strings.Repeat("[", 190_000)},
		{name: "no hex", at: now, signature: "v0=" + strings.Repeat("*", 64), body: "{}"},
		{name: "old", at: "1", signature: forged, body: strings.Repeat("[", 190_000)},
		{name: "too long", at: now, signature: forged, body: strings.Repeat("[", 2<<20)},
		{name: "deep JSON", at: now, signature: forged, body: strings.Repeat("[", 190_000)},
		{name: "many keys", at: now, signature: forged, body: strings.Repeat("a=&", 60_000)},
	} {
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/slack/event", strings.NewReader(c.body))
				r.Header.Set("X-Slack-Request-Timestamp", c.at)
				r.Header.Set("X-Slack-Signature", c.signature)
				w := httptest.NewRecorder()
				if s.Event(w, r); w.Code < 400 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
