package learning_test

import (
	"slices"
	"testing"

	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/knowledge"
)

// What is beside the files is named: what is live and they lack, what teaches nothing, whose review
// has run out.
func TestBeside(t *testing.T) {
	c := newClass(t)
	of := func(state string, l knowledge.Lesson) learning.Proposal {
		return learning.Proposal{Lesson: l, State: state, Steps: []learning.Step{{State: state}}}
	}
	wordings := func(entry, ask string) knowledge.Lesson {
		return knowledge.Lesson{Entry: entry, Asks: map[string][]string{"en": {ask}}}
	}
	old := wifi()
	old.ReviewBy = "2026-11-30"
	got := learning.BesideOf(c.Base, []learning.Proposal{
		of(learning.Published, old),
		of(learning.Published, wordings("wifi", "wlan code")),
		of(learning.Published, wordings("hours", "open late")),
		of(learning.Filed, wordings("hours", "hours")),
		of(learning.Published, wordings("gone", "anything")),
		of(learning.Undone, wordings("hours", "open soon")),
		of(learning.Waiting, wordings("cost", "what is the fee")),
	}, "2026-12-01")
	whole := "a new answer, wifi, with 4 wordings"
	if !slices.Equal(got.Live, []string{whole, "1 wording of wifi", "1 wording of hours"}) ||
		!slices.Equal(got.Idle, []string{"1 wording of gone"}) ||
		!slices.Equal(got.Overdue, []string{whole}) || got.Waiting != 1 {
		t.Errorf("%+v", got)
	}
}
