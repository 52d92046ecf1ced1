package reminder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A restarted store may have lost that a text was sent, whether it told of both visits or of one.
// The patient is still told of each visit once.
func TestWhatWasForgottenOfTwoVisitsOfADay(t *testing.T) {
	both := func(o handlers.Outgoing) bool {
		return strings.Contains(o.Body, "2:00 PM and 4:30 PM")
	}
	first := func(o handlers.Outgoing) bool {
		return !both(o) && strings.Contains(o.Body, "2:00 PM")
	}
	second := func(o handlers.Outgoing) bool {
		return !both(o) && strings.Contains(o.Body, "4:30 PM")
	}
	for name, c := range map[string]struct {
		left func(handlers.Outgoing) bool // what the carrier has
		sent func(handlers.Outgoing) bool // what is sent besides; nil: nothing
		rows string
	}{
		"one text told of both": {
			left: both, rows: "sent, skipped: told in the text of another visit",
		},
		"the first one's own did": {left: first, sent: second, rows: "sent, sent"},
		"nothing had left": {
			left: func(handlers.Outgoing) bool { return false }, sent: both,
			rows: "sent, skipped: told in the text of another visit",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			from := b.clock.Now()
			b.two(t, "consult", "2026-10-20 14:00", "2026-10-20 16:30")
			b.store.Forget(handlers.Doubt{From: from, Until: from.Add(20 * time.Second)})
			b.carrier.OnFind = func(o handlers.Outgoing) (string, error) {
				if c.left(o) {
					return "SM-left", nil
				}
				return "", nil
			}
			b.Until(t, "2026-10-07 00:00") // what was found is its day's text
			sent := b.carrier.Sent()
			if want := c.sent != nil; len(sent) > 1 || want != (len(sent) == 1) ||
				want && !c.sent(sent[0]) {
				t.Errorf("sent %+v", sent)
			}
			if got := b.outcomes(t, "booked"); got != c.rows {
				t.Errorf("%s, want %s", got, c.rows)
			}
		})
	}
}
