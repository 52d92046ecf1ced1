package slack_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

func TestSignature(t *testing.T) {
	bodies := map[string][]byte{
		"/slack/command": read(t, "command.txt"),
		"/slack/interaction": []byte(
			url.Values{"payload": {string(read(t, "block_actions.json"))}}.Encode(),
		),
		"/slack/event": read(t, "event/reply.json"),
	}
	sign := func(at time.Duration) func(*http.Request, []byte) {
		return func(r *http.Request, body []byte) { slacktest.SignAt(r, body, time.Now().Add(at)) }
	}
	header := func(name, value string) func(*http.Request, []byte) {
		return func(r *http.Request, _ []byte) { r.Header.Set(name, value) }
	}
	tests := []struct {
		name   string
		change func(*http.Request, []byte)
		want   int
	}{
		{name: "signed", change: sign(0), want: 200},
		{name: "four minutes old", change: sign(-4 * time.Minute), want: 200},
		{name: "six minutes old", change: sign(-6 * time.Minute), want: 403},
		{name: "six minutes ahead", change: sign(6 * time.Minute), want: 403},
		{name: "unsigned", change: header("X-Slack-Signature", ""), want: 403},
		{name: "without a time", change: header("X-Slack-Request-Timestamp", ""), want: 403},
		{name: "with another time", change: header("X-Slack-Request-Timestamp", "1"), want: 403},
		{
			name: "of another body",
			change: func(r *http.Request, b []byte) {
				slacktest.Sign(r, append(bytes.Clone(b), '&'))
			},
			want: 403,
		},
		{
			name: "of another version",
			change: func(r *http.Request, _ []byte) {
				_, mac, _ := strings.Cut(r.Header.Get("X-Slack-Signature"), "=")
				r.Header.Set("X-Slack-Signature", "v1="+mac)
			},
			want: 403,
		},
	}
	for path, body := range bodies {
		for _, test := range tests {
			t.Run(path+" "+test.name, func(t *testing.T) {
				r := start(t)
				r.staff.answer = "" // nothing is said, so the payload's response URL isn't called
				change := func(req *http.Request) { test.change(req, body) }
				status, _ := r.post(t, path, body, change)
				r.Wait()
				r.staff.mu.Lock()
				defer r.staff.mu.Unlock()
				heard := len(r.staff.commands) + len(r.staff.presses) + len(r.staff.replies)
				if status != test.want || heard != map[int]int{200: 1, 403: 0}[test.want] {
					t.Errorf("status %d, staff heard %d, want %d", status, heard, test.want)
				}
			})
		}
	}
}

func TestMalformed(t *testing.T) {
	long := strings.Repeat("x", 1<<20+1)
	for _, test := range []struct{ path, body string }{
		{path: "/slack/command", body: "a=%zz"},
		{path: "/slack/command", body: "text=help"},
		{path: "/slack/command", body: long},
		{path: "/slack/interaction"},
		{path: "/slack/interaction", body: "payload=%7B"},
		{path: "/slack/interaction", body: "payload=%7B%7D"},
		{path: "/slack/interaction", body: "a=%zz"},
		{path: "/slack/event", body: "{"},
		{
			path: "/slack/event",
			body: `{"type":"event_callback","event":{"type":"message","channel":7}}`,
		},
		{path: "/slack/event", body: long},
	} {
		r := start(t)
		if status, _ := r.post(t, test.path, []byte(test.body)); status != 400 {
			t.Errorf("%s %.40q: status %d", test.path, test.body, status)
		}
	}
}

func TestChallengeAndCertificateCheck(t *testing.T) {
	r := start(t)
	status, body := r.post(
		t, "/slack/event",
		[]byte(`{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}`),
	)
	if status != 200 || !strings.Contains(body, `"challenge":"3eZbrw1aB"`) {
		t.Errorf("challenge: %d %s", status, body)
	}
	if status, _ := r.post(t, "/slack/command", []byte("ssl_check=1&token=x")); status != 200 {
		t.Errorf("certificate check: %d", status)
	}
}
