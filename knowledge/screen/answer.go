package screen

import (
	"math"
	"slices"
)

// asked is what a text, or a piece of it, asks: entries likeliest first, how many of them are sure
// (0 or 1), and how many to offer if none is.
type asked struct {
	entries []Entry
	sure    int
	choices int
	p       float64 // probability of the first
}

// rankEntries ranks the entries. Where words alone leave it open, an English text is also ranked by
// meaning; an empty text goes without. Embedding takes milliseconds where the words take
// microseconds, so it is skipped when it could change nothing.
func (s *Screen) rankEntries(
	g *sight, sc *scores, ws []word, lang, text string,
) (a asked) {
	best := s.learnt.rank(sc.whole, most)
	if len(best) == 0 {
		return a
	}
	a.p = best[0].p
	x := sc.answerEvidence(sc.whole, best, ws, lang, g.strange(ws))
	conf, least := logistic(s.learnt.sure.Answer[:], x[:]), s.learnt.sure.Answered
	// The encoder knows English alone.
	if s.embed != nil && text != "" && lang == "en" && conf > hopeless && conf < settled {
		var e [nearEvidence]float64
		best, e = s.byMeaning(g, sc, s.embed(text), ws, lang)
		conf, least = logistic(s.learnt.sure.Near[:], e[:]), s.learnt.sure.AnsweredNear
	}
	a.entries = make([]Entry, 0, most)
	for i, b := range best[:min(len(best), most)] {
		id := s.learnt.kinds.Classes()[b.place][len(ClassEntry):]
		a.entries = append(a.entries, Entry{ID: id, Confidence: conf * b.score})
		// What comes near the first is offered with it, the first itself included.
		if i < mostOffered && conf >= offered && b.score >= absurd {
			a.choices = i + 1
		}
	}
	if conf >= least {
		a.sure, a.choices = 1, 0
	}
	return a
}

const (
	hopeless = .02 // a confidence below which no meaning makes an answer sure
	settled  = .97 // one above which none is needed
	offered  = .45 // one from which on the entry is offered, with those that come near it
	absurd   = .2  // share of the first's score below which another isn't worth offering

	mostOffered = 3
)

// byMeaning ranks the entries again by what the text means, and returns the evidence for the first.
// v is the text's vector. The score of an entry is the log of its probability plus nearShare times
// its cosine; the evidence is that of the words and five figures more, in the order that the
// calibration has fitted (nearEvidence).
func (s *Screen) byMeaning(
	g *sight, sc *scores, v []float32, ws []word, lang string,
) ([]ranked, [nearEvidence]float64) {
	best := s.learnt.rank(sc.whole, ranksNear)
	score := make([]float64, len(best))
	near := make([]float64, len(best))
	order := make([]int, len(best))
	for i, b := range best {
		near[i] = s.learnt.near.near(s.learnt.kinds.Classes()[b.place], v)
		score[i], order[i] = math.Log(b.p+rare)+nearShare*near[i], i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if score[a] > score[b] {
			return -1
		}
		return 1
	})
	out := make([]ranked, len(best))
	for i, at := range order {
		out[i] = best[at]
		out[i].score = math.Exp(score[at] - score[order[0]])
	}
	var e [nearEvidence]float64
	lexical := sc.answerEvidence(sc.whole, out, ws, lang, g.strange(ws))
	copy(e[:], lexical[:])
	first, second, rival := near[order[0]], 0., 0.
	for i, at := range order {
		if i > 0 {
			rival = max(rival, near[at])
		}
		if i == 1 {
			second = score[order[0]] - score[at]
		}
	}
	e[answers] = 3 * (first - .5)
	e[answers+1] = 3 * (first - rival)
	e[answers+2] = 3 * (first - s.learnt.near.near(ClassOutside, v))
	e[answers+3] = second / 3
	e[answers+4] = truth(order[0] == 0)
	return out, e
}

const (
	nearShare = 6  // what their cosine counts for beside the log of the probability
	ranksNear = 12 // entries that are ranked anew
)
