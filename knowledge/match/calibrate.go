package match

import (
	"cmp"
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
	cos []float32
}

func newScratch(t *terms) *scratch {
	return &scratch{
		z:   make([]float32, len(t.size)),
		has: make([]bool, len(t.posts)),
		cos: make([]float32, len(t.size)),
	}
}

// evidence is what is known about how sure the first rank is.
// Posterior shares alone fail on real traffic, where a greeting can be far ahead of everything for one word: likeness to a phrasing
// and strange words are needed beside them. All are scaled to about the same range, so that one prior holds for every base.
type evidence [11]float64

// The places of two of them.
const (
	ahead    = 1
	textSays = 6
)

// lead is how far ahead of all others a share is, as evidence.
func lead(share float64) float64 { return math.Log(share/max(1e-4, 1-share+1e-4)) / 3 }

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
	if q.vector != nil {
		t.senses.cosines(q.vector, but, s.cos)
		for e, c := range s.cos {
			if s.z[e] > hidden {
				s.z[e] += t.senses.weight / temperature * c
			}
		}
	}
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
	s.x = t.unit(q.ids, s.x[:0])
	if t.opinion != nil {
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
	var nearest, apart, same float64
	if q.vector != nil {
		nearest, apart, same = meant(s.cos, s.z, r.entry[0])
		z[0] -= t.senses.weight / temperature * s.cos[r.entry[0]] // from here on what the words say
	}
	r.evidence = evidence{
		1,
		lead(r.share[0]), // how far ahead of the others
		math.Log1p(math.Max(0, float64(z[0]))) - 2, // how much speaks for it
		3 * float64(z[0]) / float64(2*all+1e-3),    // of what the text says, how much speaks for it
		3*float64(near) - 1,                        // how like one of its phrasings
		float64(q.strange),                         // how many words the base has never seen
		math.Log1p(float64(all)) - 3,               // how much the text says
		t.gate.says(q.ids, s.x),                    // how like the questions of the base as a whole
		nearest, apart, same,                       // what the meaning says, if it's asked
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
	passed   bool // the first rank shows what lies outside: nobody is answered, so nothing is to be doubted
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

// folds is how often the weights are learnt again for the self-test, so that no phrasing is judged by weights it has taught.
const folds = 3

// plenty is how many phrasings are so many that one fold of them tells enough: learning again takes seconds then.
const plenty = 6000

// hiddenWorth is what hiding an entry that can be answered counts for, where the base shows what lies outside it: those texts are better
// strangers than questions which are the base's own but for the hiding.
const hiddenWorth = .01

// trials are those of hidden phrasings and those of hidden entries.
type trials struct {
	found, strange []*trial
	meaning        bool // they were asked by meaning too
}

// selfTest hides each phrasing (it should find its entry) and each entry (its phrasings should find
// nothing). Of the two trusts one is for questions matched by words alone, one for those matched by
// meaning too.
func selfTest(t *terms, ls []lesson, outside []bool, s Settings) (words, both trust) {
	var all [2]trials
	for i := range all {
		all[i] = trials{make([]*trial, len(ls)), make([]*trial, len(ls)), i == 1}
	}
	var wg sync.WaitGroup
	tested := folds
	if len(ls) > plenty {
		tested = 1
	}
	for k := range tested {
		wg.Go(func() {
			// A fold's weights are its own; the index is shared and only read.
			c := t.fresh()
			c.learn(ls, k, folds)
			c.opinion = newOpinion(c, ls, k, folds)
			c.gate = newGate(c, ls, outside, func(l *lesson) bool { return l.fold(outside) != k })
			sc := newScratch(c)
			for i := range ls {
				l := &ls[i]
				if l.fold(outside) != k || l.name {
					continue
				}
				all[0].found[i], all[0].strange[i] = c.try(l, outside, sc, nil)
				if c.senses != nil && c.senses.docs[l.doc] != nil {
					all[1].found[i], all[1].strange[i] = c.try(l, outside, sc, c.senses.docs[l.doc])
				}
			}
		})
	}
	wg.Wait()
	gone := func(t *trial) bool { return t == nil }
	var trusts [2]trust
	for i, a := range all {
		a.found, a.strange = slices.DeleteFunc(a.found, gone), slices.DeleteFunc(a.strange, gone)
		phrasings := float64(len(ls)) / float64(max(1, len(t.size)))
		trusts[i] = newTrust(a, s, phrasings, slices.Contains(outside, true))
	}
	return trusts[0], trusts[1]
}

// fold is the part of the self-test that a lesson belongs to. What lies outside is new as a whole: all of its phrasings in one part.
func (l *lesson) fold(outside []bool) int {
	if outside[l.entry] {
		return int(l.entry) % folds
	}
	return l.doc % folds
}

// try asks a phrasing with itself left out, nil if that leaves its entry nothing, and with its entry
// left out. vector is what it means, nil to go by words alone.
func (t *terms) try(l *lesson, outside []bool, s *scratch, vector []float32) (found, strange *trial) {
	q := question{ids: l.ids, unknown: l.unknown, strange: l.strange, vector: vector}
	if t.ask[l.entry] > 1 && !outside[l.entry] {
		t.scoreLesson(l, false, s.z)
		r := t.rank(q, s, l.doc)
		found = &trial{evidence: r.evidence, right: r.entry[0] == l.entry, passed: outside[r.entry[0]]}
	}
	t.scoreLesson(l, true, s.z)
	r := t.rank(q, s, l.doc)
	strange = &trial{evidence: r.evidence, weight: 1, passed: outside[r.entry[0]]}
	if !outside[l.entry] && slices.Contains(outside, true) {
		strange.weight = hiddenWorth
	}
	return found, strange
}

// newTrust fits the confidence to the trials of a base with so many phrasings an entry; gated says that it shows what lies outside.
func newTrust(a trials, s Settings, phrasings float64, gated bool) trust {
	found, strange := a.found, a.strange
	n := float64(len(found))
	for _, x := range found {
		x.weight = (1 - s.Outside) / n
	}
	var all float64
	for _, x := range strange {
		all += x.weight
	}
	for _, x := range strange {
		x.weight *= s.Outside / all
	}
	trials := slices.DeleteFunc(slices.Concat(found, strange), func(x *trial) bool { return x.passed })
	hold := holdWords
	if a.meaning {
		hold = holdBoth
	}
	t := trust{weights: logistic(trials, n, hold)}
	doubt := marginal(phrasings, strange)
	if a.meaning { // the more phrasings, the more the self-test knows of what they mean
		doubt *= min(1.25, .45+.13*phrasings)
	}
	t.threshold = 1 - doubt*s.Wrong
	if gated {
		t.threshold = t.counted(trials, pessimism*s.Wrong)
	}
	t.threshold = min(.98, max(.3, t.threshold))
	return t
}

// pessimism is how many times more often the self-test goes wrong than patients' texts do, where a base is rich enough to be counted: it hides
// the one phrasing that stands for a wording, or a whole group of strangers, and asks for just that. Measured on two sets of questions
// that were written without sight of the base.
const pessimism = 2.2

// counted is the least confidence down to which no more than this share of the answers to the trials are wrong.
func (t *trust) counted(trials []*trial, wrong float64) float64 {
	slices.SortFunc(trials, func(a, b *trial) int {
		return cmp.Compare(t.confidence(b.evidence), t.confidence(a.evidence))
	})
	least := 1.
	var answers, bad float64
	for _, x := range trials {
		answers += x.weight
		if !x.right {
			bad += x.weight
		}
		if bad <= wrong*answers {
			least = t.confidence(x.evidence)
		}
	}
	return least
}

// How tight the weights are held to prior. What a base hides from itself is less strange than what
// patients ask, which misleads the meaning most: held at 40 rather than at 5, C@5 on public sets is
// .015 higher; by words alone it's the same.
const (
	holdWords = 5.
	holdBoth  = 40.
)

// prior is what the weights are held to where the base has little to teach.
func prior() evidence { return evidence{-.8, 1.7, 0, -.1, 1, .2, -.1, 0, .5, .5, .3} }

// logistic fits the weights by Newton steps; n is how many trials the weights of the trials stand for.
func logistic(ts []*trial, n, hold float64) evidence {
	const d = len(evidence{})
	w := prior()
	p0 := w
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
