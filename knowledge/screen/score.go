package screen

import (
	"math"
	"slices"

	"github.com/beacon-clinic/beacon/knowledge/model"
)

// scores is what the model makes of a text, by the place of each class.
type scores struct {
	l     *learnt
	hits  []string    // the names of the patterns found in the whole
	whole []float32   // probability of each class
	parts [][]float32 // the same for each part, none when the text has one
}

// scoreText has the model read a text and each of its parts, so that a cry for help which follows
// small talk is heard. Parts are sentences, what stands before and after a "but", and windows; at
// most 24. hits are the names of the patterns found in the whole.
func (s *Screen) scoreText(ws []word, hits []string) scores {
	sc := scores{l: s.learnt, hits: hits}
	if len(ws) <= maxWords {
		sc.whole = s.score(features(ws, hits))
	} else { // its first words have hits of their own
		sc.whole = s.classes(ws)
	}
	for _, part := range append(clauses(ws, 2), windows(ws)...) {
		sc.parts = append(sc.parts, s.classes(part))
	}
	return sc
}

// windows cuts a long text into overlapping windows, for texts that go on without a full stop:
// "running late i got dizzy and passed out on the train". Each word but those at the ends is in
// two.
func windows(ws []word) (out [][]word) {
	if len(ws) < windowFrom {
		return nil
	}
	for at := 0; at+windowStep < len(ws) && len(out) < mostWindows; at += windowStep {
		out = append(out, ws[at:min(at+windowWords, len(ws))])
	}
	return out
}

// The settings of windows.
const (
	windowFrom  = 9 // words from which on a text has windows
	windowWords = 6
	windowStep  = 3
	mostWindows = 12
)

// classes returns the probability of each class for some words of a text.
func (s *Screen) classes(ws []word) []float32 { return s.score(s.see(ws)) }

// see returns the features of some words of a text: of the first maxWords, as if no others were.
func (s *Screen) see(ws []word) []model.Feature {
	ws = ws[:min(len(ws), maxWords)]
	return features(ws, hitNames(s.raises(ws)))
}

// score returns the probability of each class for features.
func (s *Screen) score(fs []model.Feature) []float32 {
	p := make([]float32, len(s.learnt.kinds.Classes()))
	s.learnt.kinds.Score(fs, p)
	return p
}

// total returns the probability of some classes together.
func (sc *scores) total(p []float32, classes ...string) (sum float64) {
	for _, c := range classes {
		if i := sc.l.kinds.Place(c); i >= 0 {
			sum += float64(p[i])
		}
	}
	return sum
}

// act returns the probability of a kind in the whole text. A text that isn't a question and
// resembles the entry about an act means the act: "need to move my visit" is near to the entry on
// how to do that.
func (s *Screen) act(sc *scores, kind string, asks bool) float64 {
	p := sc.probability(kind)
	if asks {
		return p
	}
	for entry, act := range s.meant {
		if act == kind {
			p += sc.total(sc.whole, ClassEntry+entry)
		}
	}
	return p
}

// probability returns the probability of a kind in the whole text. Some kinds are several classes
// to the model: a crisis may be another's, and small talk has three.
func (sc *scores) probability(kind string) float64 {
	switch kind {
	case "crisis":
		return sc.total(sc.whole, "crisis", classOther)
	case classChat:
		return sc.total(sc.whole, classChat, "courtesy", "greeting")
	}
	return sc.total(sc.whole, kind)
}

// danger returns the probability of any danger.
func (sc *scores) danger(p []float32) float64 {
	return sc.total(p, "crisis", classOther, "emergency")
}

// dangerEvidence returns what speaks for danger in the text or in the part most like it, and what
// else that may be: each harmless class that explains the words lowers the alarm. named says that a
// pattern names it. The figures are in the order of the weights in sure.Danger; see dangers.
func (sc *scores) dangerEvidence(ws []word, lang string, named bool) [dangers]float64 {
	p, part := sc.whole, false
	for _, q := range sc.parts {
		if sc.danger(q) > sc.danger(p) {
			p, part = q, true
		}
	}
	entry := 0.
	if best := sc.l.rank(p, 1); len(best) > 0 {
		entry = best[0].p
	}
	say := func(p float64) float64 { return math.Log(p+1e-3) / 3 }
	whole, most := odds(sc.danger(sc.whole))/3, odds(sc.danger(p))/3
	return [dangers]float64{
		// The base rate, the danger of the whole and of the likeliest part, and whether a pattern
		// or a part makes it, alone and together with how likely it is.
		1, whole, most, truth(named), truth(named) * whole, truth(part), truth(part) * most,
		// What else the text may be.
		say(sc.total(p, classConcern)), say(sc.total(p, "clinical")), say(sc.total(p, "emergency")),
		say(sc.total(p, acts[:]...)), say(sc.total(p, classChat, "courtesy")),
		say(sc.total(p, ClassOutside)), say(entry),
		// Its form: the length, Spanish, a question mark.
		math.Log(float64(len(ws))+1) - 2, truth(lang == "es"), truth(asks(ws)),
	}
}

// answerEvidence returns what speaks in p for the entry that ranks first: how far it is ahead of
// the second, of questions from outside and of all kinds, and how strange the words are. strange is
// the share that strange returns. The figures are in the order of sure.Answer; see answers.
func (sc *scores) answerEvidence(p []float32, best []ranked, ws []word, lang string,
	strange float64,
) (e [answers]float64) {
	if len(best) == 0 {
		return e
	}
	top := math.Log(best[0].p + rare)
	second, all := 0., 0.
	for i, b := range best {
		if i > 0 {
			second = max(second, b.p)
		}
		all += b.p
	}
	against := func(q float64) float64 { return (top - math.Log(q+rare)) / 3 }
	return [answers]float64{
		// The base rate, and how far ahead the first is of each rival.
		1, against(second), against(sc.total(p, ClassOutside)),
		against(sc.total(p, classChat, "courtesy", "greeting")),
		against(sc.danger(p) + sc.total(p, classConcern)), against(sc.total(p, "clinical")),
		against(sc.total(p, "confirm", "decline", "reschedule", "late", "optout", "help", "start",
			"person")),
		// Its share among the entries, and the form of the text.
		best[0].p / (all + rare), truth(asks(ws)), strange, math.Log(float64(len(ws))+1) - 2,
		truth(lang == "es"),
	}
}

// strange returns the share of the words that no training text has: the fewer are known, the less a
// likeness proves.
func (s *Screen) strange(ws []word) float64 {
	n := 0.
	for _, w := range ws {
		if !w.isNum && !w.hidden && !s.learnt.kinds.Knows(key(stemKeys.one, w.stem, "")) {
			n++
		}
	}
	return n / float64(max(1, len(ws)))
}

// acts are the kinds that change a visit or consent.
var acts = [...]string{"confirm", "decline", "reschedule", "late", "optout"}

// isAct tells whether a kind changes a visit or consent.
func isAct(kind string) bool { return slices.Contains(acts[:], kind) }

// truth is a yes or no as a figure of the evidence.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// logistic turns evidence e, weighed by w, into a probability.
func logistic(w, e []float64) float64 {
	var z float64
	for i := range w {
		z += w[i] * e[i]
	}
	return 1 / (1 + math.Exp(-z))
}
