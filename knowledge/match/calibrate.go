package match

import (
	"math"
	"slices"
	"sync"
)

// ranks is how many entries are looked at closely.
const ranks = 16

// scratch is what one question needs to be scored, used again by the next one.
type scratch struct {
	z   []float32
	has []bool
	x   []float32
}

func newScratch(t *terms) *scratch {
	return &scratch{z: make([]float32, len(t.size)), has: make([]bool, len(t.posts))}
}

// evidence is what is known about how sure the first rank is.
// Posterior shares alone fail on real traffic, where a greeting can be far ahead of everything for one word: likeness to a phrasing
// and strange words are needed beside them. All are scaled to about the same range, so that one prior holds for every base.
type evidence [7]float64

// textSays is the place of how much the text says.
const textSays = 6

// ranked are the best entries of a question.
type ranked struct {
	n        int
	entry    [ranks]int32
	share    [ranks]float64
	evidence evidence
}

// rank picks the best entries from the scores in s.z and gathers the evidence for the first. The phrasing but is left out.
func (t *terms) rank(q question, s *scratch, but int) ranked {
	var r ranked
	var z [ranks]float32
	r.n = best(s.z, r.entry[:], z[:])
	if r.n == 0 {
		return r
	}
	all := q.unknown
	for _, f := range q.ids {
		if t.block[f] != answer {
			s.has[f] = true
			all += t.gain[f]
		}
	}
	if t.opinion != nil {
		s.x = t.unit(q.ids, s.x[:0])
		var w [ranks]float32
		t.opinion.add(q.ids, s.x, r.entry[:r.n], w[:])
		for i := range r.n {
			z[i] += opinionShare * w[i] / temperature
		}
	}
	for i := 1; i < r.n; i++ {
		for j := i; j > 0 && z[j] > z[j-1]; j-- {
			z[j], z[j-1] = z[j-1], z[j]
			r.entry[j], r.entry[j-1] = r.entry[j-1], r.entry[j]
		}
	}
	near := t.near(r.entry[0], s.has, all, but)
	for _, f := range q.ids {
		s.has[f] = false
	}
	r.spread(z)
	r.evidence = evidence{
		1,
		math.Log(r.share[0]/(1-r.share[0]+1e-4)) / 3, // how far ahead of the others
		math.Log1p(math.Max(0, float64(z[0]))) - 2,   // how much speaks for it
		3 * float64(z[0]) / float64(2*all+1e-3),      // of what the text says, how much speaks for it
		3*float64(near) - 1,                          // how like one of its phrasings
		float64(q.strange),                           // how many words the base has never seen
		math.Log1p(float64(all)) - 3,                 // how much the text says
	}
	return r
}

// spread turns the scores of the ranks into shares that add up to one.
func (r *ranked) spread(z [ranks]float32) {
	var sum float64
	for i := range r.n {
		r.share[i] = math.Exp(float64(z[i]-z[0]) * temperature)
		sum += r.share[i]
	}
	for i := range r.n {
		r.share[i] /= sum
	}
}

// trust turns evidence into a probability, and says from which one on an answer is given.
type trust struct {
	weights   evidence
	threshold float64
	second    float64 // of the first ranks that are wrong, the share whose right entry is in the base
}

// confidence is the probability that the first rank is right.
func (t *trust) confidence(e evidence) float64 { return 1 / (1 + math.Exp(-dot(t.weights, e))) }

func dot(a, b evidence) (s float64) {
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// trial is a hidden phrasing or a hidden entry, and what became of it.
type trial struct {
	evidence evidence
	right    bool
	among    bool // the right entry is among the best, if not first
	weight   float64
}

// marginal is how many times the tolerated share of wrong answers the least sure answer may be in doubt: most answers are far surer than
// the least sure one. A threshold counted off the trials one by one, at the place where the wrong ones reach the share, was tried and
// is worse: a small base has a handful of wrong trials up there, and it answered half of what it could have.
//
// Where entries have few phrasings the self-test knows less, and the answers bunch at the threshold. Where they have one there's nothing
// to hide but the entry, and what is left to go by is how much a phrasing says: "card lost" is like many things, a sentence of twelve
// words like few.
func marginal(phrasings float64, outside []*trial) float64 {
	several := 6.2 - 1.3*(4-min(4, max(2, phrasings)))
	if phrasings >= 2 || len(outside) == 0 {
		return several
	}
	var says float64
	for _, x := range outside {
		says += x.evidence[textSays] / float64(len(outside))
	}
	one := min(8.4, max(3, 3.6+25*(says-1.03)))
	return one + (several-one)*max(0, phrasings-1)
}

// unlike is what may be added to marginal where the phrasings were written to be unlike each other. A base with dozens of phrasings an
// entry that were gathered finds nearly each of them from its siblings; where a third is lost, each stands for a wording of its own,
// and what patients write is nearer to one of them than they are to each other.
func unlike(phrasings float64, inside []*trial) float64 {
	var right float64
	for _, x := range inside {
		if x.right {
			right += 1 / float64(len(inside))
		}
	}
	many, lost := (phrasings-24)/16, (.9-right)/.15
	return 2 * max(0, min(1, many)) * max(0, min(1, lost))
}

// folds is how often the weights are learnt again for the self-test, so that no phrasing is judged by weights it has taught.
const folds = 3

// selfTest hides each phrasing (it should find its entry) and each entry (its phrasings should find nothing).
func selfTest(t *terms, ls []lesson, s Settings) trust {
	inside, outside := make([]*trial, len(ls)), make([]*trial, len(ls))
	var wg sync.WaitGroup
	for k := range folds {
		wg.Add(1)
		go func() {
			defer wg.Done()
			// A fold's weights are its own; the index is shared and only read.
			c := t.fresh()
			c.learn(ls, k, folds)
			c.opinion = newOpinion(c, ls, k, folds)
			sc := newScratch(c)
			for i := range ls {
				l := &ls[i]
				if l.doc%folds != k {
					continue
				}
				q := question{ids: l.ids, unknown: l.unknown, strange: l.strange}
				if c.ask[l.entry] > 1 {
					c.scoreLesson(l, false, sc.z)
					r := c.rank(q, sc, l.doc)
					inside[i] = &trial{evidence: r.evidence, right: r.entry[0] == l.entry, among: slices.Contains(r.entry[:min(r.n, most)], l.entry)}
				}
				c.scoreLesson(l, true, sc.z)
				outside[i] = &trial{evidence: c.rank(q, sc, l.doc).evidence}
			}
		}()
	}
	wg.Wait()
	gone := func(t *trial) bool { return t == nil }
	inside, outside = slices.DeleteFunc(inside, gone), slices.DeleteFunc(outside, gone)
	return newTrust(inside, outside, s, float64(len(ls))/float64(max(1, len(t.size))))
}

// newTrust fits the confidence to the trials of a base with so many phrasings an entry.
func newTrust(inside, outside []*trial, s Settings, phrasings float64) trust {
	second, wrong := 1., 1. // as if one had been seen: few trials shouldn't say never
	for _, x := range inside {
		x.weight = (1 - s.Outside) / float64(len(inside))
		if !x.right {
			wrong += x.weight * float64(len(inside))
			if x.among {
				second += x.weight * float64(len(inside))
			}
		}
	}
	for _, x := range outside {
		x.weight = s.Outside / float64(len(outside))
	}
	wrong += s.Outside * float64(len(inside)) // every first rank of an outside question is wrong
	return trust{
		weights:   logistic(slices.Concat(inside, outside), float64(len(inside))),
		threshold: min(.98, max(.3, 1-(marginal(phrasings, outside)+unlike(phrasings, inside))*s.Wrong)),
		second:    second / wrong,
	}
}

// prior is what the weights are held to where the base has little to teach.
func prior() evidence { return evidence{-.8, 1.7, 0, -.1, 1, .2, -.1} }

// logistic fits the weights by Newton steps; n is how many trials the weights of the trials stand for.
func logistic(ts []*trial, n float64) evidence {
	const d = len(evidence{})
	w := prior()
	p0 := w
	hold := 5.
	for range 12 {
		var h [d][d + 1]float64
		for i := range d {
			h[i][i] = hold
			h[i][d] = hold * (p0[i] - w[i])
		}
		for _, x := range ts {
			p := 1 / (1 + math.Exp(-dot(w, x.evidence)))
			y := 0.
			if x.right {
				y = 1
			}
			a := x.weight * n
			for i := range d {
				h[i][d] += a * (y - p) * x.evidence[i]
				for j := range d {
					h[i][j] += a * p * (1 - p) * x.evidence[i] * x.evidence[j]
				}
			}
		}
		for i := range d {
			for j := i + 1; j < d; j++ {
				f := h[j][i] / h[i][i]
				for k := i; k <= d; k++ {
					h[j][k] -= f * h[i][k]
				}
			}
		}
		for i := d - 1; i >= 0; i-- {
			for j := i + 1; j < d; j++ {
				h[i][d] -= h[i][j] * h[j][d]
			}
			h[i][d] /= h[i][i]
		}
		for i := range d {
			w[i] += h[i][d]
		}
	}
	for _, v := range w {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return p0
		}
	}
	return w
}
