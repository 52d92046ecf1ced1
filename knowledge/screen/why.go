package screen

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// Words returns the words and pairs of words in a text that speak for a class, with how much, in
// log odds. A class is a kind or ClassEntry and an id. Nil if nothing was learnt.
func (s *Screen) Words(text, class string) map[string]float64 {
	if s.learnt == nil {
		return nil
	}
	ws := s.words(text)
	s.feats.root(ws, orEnglish(s.lang(ws, hasMarks(text))))
	return s.weights(ws, class)
}

// because returns the rule and, if no pattern raised the kind, the three words that spoke most for
// it, for the card that staff read.
func (s *Screen) because(kind, rule string, ws []word) string {
	if rule != kind+like {
		return rule
	}
	return rule + strings.Join(s.speaks(ws, kind, 3), ", ")
}

// speaks returns the n words and pairs of words that speak most for a class, strongest first; equal
// ones by the alphabet, so that a rule reads the same each time.
func (s *Screen) speaks(ws []word, class string, n int) []string {
	all := s.weights(ws, class)
	names := slices.Collect(maps.Keys(all))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b], all[a]), cmp.Compare(a, b))
	})
	return names[:min(n, len(names))]
}

// weights returns what the words and pairs of words say for a class, positive ones alone. It leaves
// out letters and patterns, which tell a reader nothing, so the sum isn't the model's score.
func (s *Screen) weights(ws []word, class string) map[string]float64 {
	out := map[string]float64{}
	at := s.learnt.kinds.Place(class)
	add := func(name, kind, a, b string, share float64) {
		f := model.Feature{
			Key:    key(kind, a, b),
			Weight: float32(share / math.Sqrt(float64(3*len(ws)))),
		}
		// Only what speaks for the class.
		if w := s.learnt.kinds.Says(f, at); w > 0 {
			out[name] += float64(w)
		}
	}
	for i, w := range ws {
		if w.hidden {
			continue
		}
		add(w.s, stemKeys.one, w.stem, "", wordShare)
		add(w.s, meanKeys.one, w.mean, "", ideaShare)
		if i+1 < len(ws) && !ws[i+1].hidden {
			add(w.s+" "+ws[i+1].s, stemKeys.pair, w.stem, ws[i+1].stem, wordShare)
		}
	}
	return out
}
