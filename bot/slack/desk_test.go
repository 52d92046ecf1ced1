package slack_test

import (
	"errors"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// words are a patient's text that tries to ping, to format and to link.
const words = "<!channel> *hi* & <https://evil.example|click>\nis it ok > 2?"

// question returns a case that was just opened.
func question(t *testing.T) handlers.Case {
	return handlers.Case{
		ID: "case-1", Channel: handlers.DeskChannel, Phone: phone(t, "+12125550101"),
		Kind: "handoff", Title: "Asks something we have no answer for",
		Text: words, Source: "SM00000000000000000000000000000001",
		At: time.Date(2026, 12, 1, 14, 30, 0, 0, time.UTC), Open: true,
	}
}

// mustCard posts the card of question and returns its thread.
func mustCard(t *testing.T, r room) string {
	t.Helper()
	thread, err := r.Card(t.Context(), question(t), false)
	if err != nil {
		t.Fatal(err)
	}
	return thread
}

// showText shows patients' words at the desk.
func showText(c *slack.Config) { c.ShowText = true }

// A call that fails returns an error that says when to try again, and trying again posts nothing
// twice.
func TestDeskFaults(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault slacktest.Fault
		after time.Duration
	}{
		{
			name: "rate limit", fault: slacktest.Fault{After: 30 * time.Second},
			after: 30 * time.Second,
		},
		{name: "server error", fault: slacktest.Fault{Status: 503}},
		{name: "refused", fault: slacktest.Fault{Code: "not_in_channel"}},
		{name: "lost", fault: slacktest.Fault{Lose: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			c := question(t)
			c.At = time.Now()
			c.Thread = mustCard(t, r)
			id, _, err := r.fake.Reply(soon(t), c.Thread, ann, "at nine")
			if err != nil {
				t.Fatal(err)
			}
			fresh := c
			fresh.ID, fresh.Thread = "case-2", ""
			for what, do := range r.calls(t, c, fresh, id) {
				before := len(r.fake.Messages())
				// The first two tries fail, each at its first call.
				for tries := 0; ; tries++ {
					r.fake.Fail(min(1, max(0, 2-tries)), test.fault)
					err := do(tries)
					if err == nil {
						break
					}
					no, limited := errors.AsType[*handlers.Refusal](err)
					if limited != (test.after > 0) || limited && (no.After != test.after ||
						!no.Retry) {
						t.Errorf("%s: %v", what, err)
					}
					if tries > 5 {
						t.Fatalf("%s: still %v", what, err)
					}
				}
				want := map[string]int{"post": 1, "update": 0, "note": 1, "mark": 1}[what]
				if n := len(r.fake.Messages()) - before; n != want {
					t.Errorf("%s: %d posted, want %d", what, n, want)
				}
			}
		})
	}
}

// calls returns each way to show something at the desk, as a function of how often it was tried
// before: fresh is a case without a card, c one with a card, and id a staff message.
func (r room) calls(t *testing.T, c, fresh handlers.Case, id string) map[string]func(int) error {
	return map[string]func(int) error{
		"post": func(tries int) error {
			_, err := r.Card(t.Context(), fresh, tries > 0)
			return err
		},
		"update": func(int) error {
			_, err := r.Card(t.Context(), c, false)
			return err
		},
		"note": func(tries int) error {
			return r.Note(t.Context(), c, handlers.Post{ID: "n", Text: "x", Tries: tries})
		},
		"mark": func(tries int) error {
			return r.Mark(t.Context(), c, handlers.Post{
				ID: "m", Mark: "slack:" + id, State: desk.Refused, Tries: tries,
			})
		},
	}
}
