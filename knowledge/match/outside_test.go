package match_test

import (
	"fmt"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/match"
)

// gated is a base that marks what it doesn't answer, with enough phrasings to tell the two apart.
func gated() []match.Entry {
	entry := func(id string, outside bool, subject string) match.Entry {
		e := match.Entry{ID: id, Outside: outside}
		for _, form := range []string{
			"%s", "where is the %s", "do you have a %s", "tell me about the %s",
			"is there a %s at the clinic", "how much is the %s", "can i use the %s",
		} {
			e.Asks = append(e.Asks, fmt.Sprintf(form, subject))
		}
		return e
	}
	return []match.Entry{
		entry("parking", false, "parking garage"), entry("lift", false, "lift for wheelchairs"),
		entry("wifi", false, "wifi password"), entry("pool", true, "swimming pool"),
		entry("shop", true, "gift shop"), entry("pets", true, "kennel for my dog"),
	}
}

// A text that asks for what the base marks as outside ranks it first, so that the caller can hand
// it to a person; a text on the base's own matter is answered all the same.
func TestOutsideRanksFirst(t *testing.T) {
	m := match.Build(gated(), match.Settings{})
	for _, c := range []struct {
		text, first string
		answered    bool
	}{
		{text: "where do i find the wifi password", first: "wifi", answered: true},
		{text: "is there a lift for wheelchairs please", first: "lift", answered: true},
		{text: "how big is the swimming pool", first: "pool"},
		{text: "what does the gift shop sell", first: "shop"},
		{text: "is there a kennel for my dogs", first: "pets"},
	} {
		r := m.Match(c.text)
		if len(r.Best) == 0 || r.Best[0].ID != c.first ||
			c.answered && (r.Outcome != match.Answer || r.Best[0].Confidence < .3) {
			t.Errorf("%q: %+v, want %s first", c.text, r, c.first)
		}
	}
}

// The fewer wrong answers are tolerated, the fewer are given; settings that can't be meant are
// taken for left out.
func TestStricterMattersAnswerLess(t *testing.T) {
	answers := func(s match.Settings) (n int) {
		m := match.Build(desk(), s)
		for _, text := range []string{
			"is a parking spot included", "how mcuh do you chareg", "wat time do u open",
			"is the fee affordable", "tarifas", "my cat sings opera", "how long", "drive home",
		} {
			if m.Match(text).Outcome == match.Answer {
				n++
			}
		}
		return n
	}
	usual, strict := answers(match.Settings{}), answers(match.Settings{Outside: .9, Wrong: .001})
	if strict >= usual || usual == 0 {
		t.Errorf("%d answers as usual, %d where next to none may be wrong", usual, strict)
	}
	if n := answers(match.Settings{Outside: -1, Wrong: 7}); n != usual {
		t.Errorf("%d answers with shares that are none, %d as usual", n, usual)
	}
}
