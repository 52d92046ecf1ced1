package screen

import (
	"math"
	"slices"
)

// scores is what the model makes of a text, by the place of each class.
type scores struct {
	l     *learnt
	hits  []*compiled // the patterns found in the whole
	whole []float32   // probability of each class
	parts [][]float32 // the same for each part, none when the text has one
}

// scoreText has the model read a text and each of its parts, so that a cry for help which follows
// small talk is heard. Parts are sentences, what stands before and after a "but", and windows; at
// most 24. hits are the patterns found in the whole.
func (s *Screen) scoreText(g *sight, hits []*compiled) scores {
	sc := scores{l: s.learnt, hits: hits}
	if len(g.ws) <= maxWords {
		sc.whole = g.score(g.see(g.ws, hits))
	} else { // its first words have hits of their own
		sc.whole = s.classes(g, g.ws)
	}
	for _, part := range append(clauses(g.ws, 2), windows(g.ws)...) {
		sc.parts = append(sc.parts, s.classes(g, part))
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

// classes returns the probability of each class for some words of a text in a row. Sentences are
// looked at more than once; what was made of them is kept until the sight is given back.
func (s *Screen) classes(g *sight, ws []word) []float32 {
	ws = ws[:min(len(ws), maxWords)]
	from, to := ws[0].at, ws[0].at+len(ws)
	for _, was := range g.scored {
		if was.from == from && was.to == to {
			return was.p
		}
	}
	g.raised = s.raisesIn(g.raised[:0], ws)
	g.hits = hitsIn(g.hits[:0], g.raised)
	p := g.score(g.see(ws, g.hits))
	g.scored = append(g.scored, scoredPart{from, to, p})
	return p
}

// act returns the probability of a kind, one of judged by its place, in the whole text. A text that isn't a question and
// resembles the entry about an act means the act: "need to move my visit" is near to the entry on
// how to do that.
func (s *Screen) act(sc *scores, kind int, asks bool) float64 {
	p := sc.kind(kind)
	if asks {
		return p
	}
	for _, entry := range s.about[kind] {
		p += float64(sc.whole[entry])
	}
	return p
}

// kind returns the probability of a kind, one of judged by its place, in the whole text.
func (sc *scores) kind(kind int) float64 { return sc.l.judged[kind].in(sc.whole) }

// danger returns the probability of any danger.
func (sc *scores) danger(p []float32) float64 { return sc.l.groups.danger.in(p) }

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
	for _, at := range sc.l.entries {
		entry = max(entry, float64(p[at]))
	}
	of := &sc.l.groups
	say := func(p float64) float64 { return math.Log(p+1e-3) / 3 }
	whole, most := odds(sc.danger(sc.whole))/3, odds(sc.danger(p))/3
	return [dangers]float64{
		// The base rate, the danger of the whole and of the likeliest part, and whether a pattern
		// or a part makes it, alone and together with how likely it is.
		1, whole, most, truth(named), truth(named) * whole, truth(part), truth(part) * most,
		// What else the text may be.
		say(of.concern.in(p)), say(of.clinical.in(p)), say(of.emergency.in(p)), say(of.acts.in(p)),
		say(of.small.in(p)), say(of.outside.in(p)), say(entry),
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
	of := &sc.l.groups
	against := func(q float64) float64 { return (top - math.Log(q+rare)) / 3 }
	return [answers]float64{
		// The base rate, and how far ahead the first is of each rival.
		1, against(second), against(of.outside.in(p)), against(of.chat.in(p)),
		against(of.danger.in(p) + of.concern.in(p)), against(of.clinical.in(p)),
		against(of.wishes.in(p)),
		// Its share among the entries, and the form of the text.
		best[0].p / (all + rare), truth(asks(ws)), strange, math.Log(float64(len(ws))+1) - 2,
		truth(lang == "es"),
	}
}

// strange returns the share of the words that no training text has: the fewer are known, the less a
// likeness proves.
func (g *sight) strange(ws []word) float64 {
	n := 0.
	for i := range ws {
		w := &ws[i]
		if !w.isNum && !w.hidden && !g.l.kinds.Knows(g.stems.own(g.places[w.at])) {
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
