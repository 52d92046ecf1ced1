package slack_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// FuzzDoors posts signed bodies at every door: whatever is in them, each gets one of the answers
// that Slack knows, and the bot goes on.
func FuzzDoors(f *testing.F) {
	files, err := filepath.Glob("testdata/event/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range append(files, "testdata/command.txt", "testdata/block_actions.json") {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		switch {
		case strings.HasSuffix(name, "command.txt"):
			f.Add(uint8(0), string(b))
		case strings.HasSuffix(name, "block_actions.json"):
			f.Add(uint8(1), string(b))
		default:
			f.Add(uint8(2), string(b))
		}
	}
	f.Add(uint8(1), `{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"form","private_metadata":"{\"do\":\"book {}\"}"}}`)
	s, err := slack.New(slack.Config{
		BotToken: slacktest.BotToken, SigningSecret: slacktest.SigningSecret,
		DeskChannel: slacktest.Desk, UrgentChannel: slacktest.Urgent, Staff: &staff{},
		APIURL: "http://127.0.0.1:1/",
	})
	if err != nil {
		f.Fatal(err)
	}
	serve := []http.HandlerFunc{s.Command, s.Interaction, s.Event}
	f.Fuzz(func(t *testing.T, door uint8, body string) {
		at := int(door) % len(serve)
		if at == 1 {
			body = url.Values{"payload": {body}}.Encode()
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		slacktest.SignAt(r, []byte(body), time.Now())
		w := httptest.NewRecorder()
		serve[at](w, r)
		s.Wait()
		switch w.Code {
		case 200, 400:
		case 500: // an event that Slack is to bring again: nobody can say who wrote it
			if at != 2 {
				t.Errorf("HTTP %d", w.Code)
			}
		default:
			t.Errorf("HTTP %d", w.Code)
		}
	})
}

// FuzzSocket sends frames through Socket Mode: whatever is in them, the next envelope is taken.
func FuzzSocket(f *testing.F) {
	for _, frame := range []string{
		`{"type":"hello"}`, `{"type":"disconnect","reason":"warning"}`, `{`, `null`, `[]`, `"x"`, ``,
		`{"type":"events_api","envelope_id":"e","payload":{"type":"event_callback","event":7}}`,
		`{"type":"slash_commands","envelope_id":"e","payload":{"command":7}}`,
		`{"type":"interactive","envelope_id":"e","payload":{"type":"block_actions","actions":[null]}}`,
		`{"type":"of next year","envelope_id":"e","payload":null,"retry_attempt":-1}`,
	} {
		f.Add(frame)
	}
	r := overSocket(f)
	f.Fuzz(func(t *testing.T, frame string) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		err := r.fake.Frame(ctx, []byte(frame))
		if err != nil {
			t.Fatal(err)
		}
		// A frame may end the connection, and an envelope with it: Slack then sends that again.
		for again := true; again; again = err != nil && ctx.Err() == nil {
			try, cancel := context.WithTimeout(ctx, time.Second)
			_, err = r.fake.Command(try, slacktest.Desk, ann, "today")
			cancel()
		}
		if err != nil {
			t.Error(err)
		}
	})
}
