package patient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The same words again and again come from a machine: silence, and one card.
func TestTheSameWordsAgainAndAgain(t *testing.T) {
	for _, c := range []struct {
		name     string
		text     string
		every    time.Duration
		answered int // of twenty
		cards    int
	}{
		{name: "danger", text: "i want to die", every: 20 * time.Second, answered: 3, cards: 1},
		{
			name: "a question", text: "is the roof green", every: 20 * time.Second, answered: 4,
			cards: 1,
		},
		{
			name: "a question now and then", text: "is the roof green", every: 11 * time.Minute,
			answered: 20,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			answered := 0
			for range 20 {
				if r := f.text(t, c.text); len(r.Bodies) > 0 {
					answered++
				}
				f.clock.Add(c.every)
			}
			cards := strings.Count(f.told(), "word for word the same")
			if answered != c.answered || cards != c.cards {
				t.Errorf("answered %d, %d cards: %s", answered, cards, f.told())
			}
			if c.text == "i want to die" {
				open := f.state(t).Urgent()
				if open == nil || strings.Count(f.told(), "note patient") > 2 {
					t.Errorf("%+v: %s", open, f.told())
				}
			}
			// Other words are answered again.
			r := f.text(t, "i want to kill myself")
			if r.Kind != kinds.Crisis || len(r.Bodies) != 1 {
				t.Errorf("%+v", r)
			}
		})
	}
}
