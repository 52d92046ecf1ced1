package screen

import (
	"slices"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// A part of a text has the features that it would have as a text of its own, in the same order: the
// model's weights were learnt on whole texts, and its sums depend on the order.
func TestAPartIsSeenAsATextOfItsOwn(t *testing.T) {
	s, err := New(Rules{Classes: map[string]Class{"mask": {
		Patterns: []Pattern{{Name: "idiom", Any: []string{"dying to"}}},
	}}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var whole, alone sights
	for _, text := range []string{
		"yes", "8", "ok?", "dying to", "can i eat before my visit tomorrow",
		"is it 15 or 20? i am dying to know! my bp is 190/120",
		"no? why? 7 8 9 dying to dying to go", "¿puedo comer antes? mañana a las 10:30",
	} {
		ws := s.words(text)
		s.feats.root(ws, "en")
		g := whole.of(ws, nil)
		for from := range ws {
			for to := from + 1; to <= len(ws); to++ {
				got := slices.Clone(g.see(ws[from:to], nil))
				a := alone.of(slices.Clone(ws[from:to]), nil)
				if want := a.see(a.ws, nil); !slices.Equal(got, want) {
					t.Errorf("%q: words %d to %d have other features alone", text, from, to)
				}
				alone.giveBack(a)
			}
		}
		if fs := g.see(ws, nil); len(fs) == 0 || slices.ContainsFunc(fs,
			func(f model.Feature) bool { return f.Key == 0 || f.Weight == 0 }) {
			t.Errorf("%q has features without a key or weight, or none: %v", text, fs)
		}
		whole.giveBack(g)
	}
}
