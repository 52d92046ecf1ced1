package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
)

func TestAuth(t *testing.T) {
	for _, test := range []struct {
		name    string
		make    func(*slacktest.Slack)
		word    string
		missing []string
	}{
		{name: "as the manifest has it", make: func(*slacktest.Slack) {}},
		{
			name:    "installed before the app asked for a scope",
			make:    func(f *slacktest.Slack) { f.Revoke("groups:read", "commands") },
			missing: []string{"commands", "groups:read"},
		},
		{
			name: "a token that was taken back", word: "token_revoked",
			make: func(f *slacktest.Slack) { f.Fail(1, slacktest.Fault{Code: "token_revoked"}) },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			test.make(r.fake)
			got, err := r.Auth(t.Context())
			said := slack.Word(err) == test.word && (err == nil) == (test.word == "")
			if !said || !slices.Equal(got.Missing, test.missing) {
				t.Errorf(
					"missing %q, %v; want %q and the word %q", got.Missing, err, test.missing,
					test.word,
				)
			}
			if err == nil && (got.Team != "Clinic" || !got.Told) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestChannel(t *testing.T) {
	change := func(how func(*slacktest.Channel)) func(*slacktest.Slack) {
		return func(f *slacktest.Slack) { f.Change(slacktest.Desk, how) }
	}
	good := slack.Channel{Name: "desk", Member: true, Private: true}
	for _, test := range []struct {
		name string
		make func(*slacktest.Slack)
		want slack.Channel
		word string
	}{
		{name: "as it should be", make: func(*slacktest.Slack) {}, want: good},
		{
			name: "archived", make: change(func(c *slacktest.Channel) { c.Archived = true }),
			want: slack.Channel{Name: "desk", Member: true, Private: true, Archived: true},
		},
		{
			name: "public, and the bot isn't in it",
			make: change(func(c *slacktest.Channel) { c.Private, c.Member = false, false }),
			want: slack.Channel{Name: "desk"},
		},
		{
			name: "shared", make: change(func(c *slacktest.Channel) { c.Shared = true }),
			want: slack.Channel{Name: "desk", Member: true, Private: true, Shared: true},
		},
		{
			name: "gone", make: func(f *slacktest.Slack) { f.Remove(slacktest.Desk) },
			word: "channel_not_found",
		},
		{
			name: "private, and the bot isn't in it",
			make: change(func(c *slacktest.Channel) { c.Member = false }),
			word: "channel_not_found",
		},
		{
			name: "the app may not see it",
			make: func(f *slacktest.Slack) { f.Revoke("groups:read") },
			word: "missing_scope",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			test.make(r.fake)
			got, err := r.Channel(t.Context(), slacktest.Desk)
			if slack.Word(err) != test.word || (err == nil) != (test.word == "") ||
				got != test.want {
				t.Errorf("got %+v %v; want %+v and the word %q", got, err, test.want, test.word)
			}
		})
	}
}

// A rate limit tells nothing about the token or the channel, so a check must be able to tell it
// from a fault.
func TestCheckIsLimited(t *testing.T) {
	r := start(t)
	r.fake.Fail(2, slacktest.Fault{After: 30 * time.Second})
	_, err1 := r.Auth(t.Context())
	_, err2 := r.Channel(t.Context(), slacktest.Desk)
	for _, err := range []error{err1, err2} {
		no, ok := errors.AsType[*handlers.Refusal](err)
		if !ok || !no.Retry || no.After != 30*time.Second {
			t.Errorf("got %v, want to be told when to come again", err)
		}
	}
}

// Auth checks for the scopes that the manifest asks for.
func TestAuthWantsTheManifestsScopes(t *testing.T) {
	var m struct {
		OAuth struct {
			Scopes struct{ Bot []string }
		} `json:"oauth_config"`
	}
	if err := json.Unmarshal(
		[]byte(slack.Manifest("https://beacon.example", false)), &m,
	); err != nil {
		t.Fatal(err)
	}
	r := start(t)
	r.fake.Revoke(m.OAuth.Scopes.Bot...)
	got, err := r.Auth(t.Context())
	if err != nil || !slices.Equal(got.Missing, m.OAuth.Scopes.Bot) || len(got.Missing) == 0 {
		t.Errorf(
			"without a scope: %q are missing, %v; want %q", got.Missing, err, m.OAuth.Scopes.Bot,
		)
	}
}

// A Slack that hangs must not hold up the checks: each call ends at its own deadline, and none
// waits for another.
func TestChecksKeepTheirDeadline(t *testing.T) {
	r := start(t)
	r.fake.Hang(true)
	const limit = 100 * time.Millisecond
	ended := make(chan error, 8)
	began := time.Now()
	for i := range 8 {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			var err error
			if i%2 == 0 {
				_, err = r.Auth(ctx)
			} else {
				_, err = r.Channel(ctx, slacktest.Urgent)
			}
			ended <- err
		}()
	}
	for range 8 {
		err := <-ended
		if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "xoxb") {
			t.Errorf("got %v", err)
		}
	}
	if took := time.Since(began); took > 5*limit {
		t.Errorf("eight that waited %v each took %v", limit, took)
	}
}
