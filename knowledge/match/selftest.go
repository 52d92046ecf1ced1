package match

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// selfTest hides each phrasing, whose entry should then still be found, and each entry, whose
// phrasings should then find nothing. It returns one trust for questions matched by words alone and
// one for those matched by meaning too. The weights are trained anew without each fold, since
// weights that have seen a phrasing would find it too easily.
func selfTest(t *terms, ls []lesson, outside []bool, s shares) (words, both trust) {
	var all [2]trials
	for i := range all {
		all[i] = trials{make([]*trial, len(ls)), make([]*trial, len(ls)), i == 1}
	}
	var wg sync.WaitGroup
	tested := foldCount
	// One part of so many phrasings tells enough.
	if len(ls) > plenty {
		tested = 1
	}
	for k := range tested {
		wg.Go(func() {
			// A fold's weights are its own; the index is shared and only read.
			c := t.fresh()
			c.learn(ls, k, foldCount)
			c.opinion = newOpinion(c, ls, k, foldCount)
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

// shares are the shares of texts that the calibration aims at.
type shares struct {
	outside float64 // expected to ask for what the base doesn't have
	wrong   float64 // tolerated among the answers given
}

// trials are the outcomes for hidden phrasings and for hidden entries, by lesson; nil where one
// could not be asked.
type trials struct {
	found, strange []*trial
	meaning        bool // they were asked by meaning too
}

// trial is a hidden phrasing or entry and what became of it.
type trial struct {
	evidence evidence
	right    bool
	passed   bool // the first rank is marked as outside: nobody is answered
	weight   float64
}

// fold returns the part of the self-test that a lesson belongs to. An entry marked as outside is
// new as a whole, so all its phrasings are in one part: strangers don't come with a phrasing of
// theirs that is known.
func (l *lesson) fold(outside []bool) int {
	if outside[l.entry] {
		return int(l.entry) % foldCount
	}
	return l.doc % foldCount
}

// try asks a phrasing with itself left out, which gives nil if its entry has no other, and with its
// entry left out. vector is what the phrasing means; nil goes by words alone. An entry marked as
// outside is never right, so only its being strange is tried.
func (t *terms) try(
	l *lesson, outside []bool, s *scratch, vector []float32,
) (found, strange *trial) {
	q := question{ids: l.ids, unknown: l.unknown, strange: l.strange, vector: vector}
	if t.ask[l.entry] > 1 && !outside[l.entry] {
		t.scoreLesson(l, false, s.z)
		r := t.rank(q, s, l.doc)
		found = &trial{
			evidence: r.evidence, right: r.entry[0] == l.entry, passed: outside[r.entry[0]],
		}
	}
	t.scoreLesson(l, true, s.z)
	r := t.rank(q, s, l.doc)
	strange = &trial{evidence: r.evidence, weight: 1, passed: outside[r.entry[0]]}
	if !outside[l.entry] && slices.Contains(outside, true) {
		strange.weight = hiddenWorth
	}
	return found, strange
}

// hiddenWorth is the weight of a hidden answerable entry when the base marks entries as outside:
// those are better examples of strangers than questions that are the base's own but for the hiding.
const hiddenWorth = .01

// newTrust fits the confidence to the trials of a base that has so many phrasings an entry. gated
// says that the base marks entries as outside; only then are there strangers enough to count the
// threshold off the trials. Trials whose first rank is marked as outside are left out, since nobody
// is answered there.
func newTrust(a trials, s shares, phrasings float64, gated bool) trust {
	found, strange := a.found, a.strange
	// The two kinds of trials weigh what they are expected to be of all texts, however many there
	// are.
	n := float64(len(found))
	for _, x := range found {
		x.weight = (1 - s.outside) / n
	}
	var all float64
	for _, x := range strange {
		all += x.weight
	}
	for _, x := range strange {
		x.weight *= s.outside / all
	}
	passed := func(x *trial) bool { return x.passed }
	trials := slices.DeleteFunc(slices.Concat(found, strange), passed)
	hold := holdWords
	if a.meaning {
		hold = holdBoth
	}
	t := trust{weights: logistic(trials, n, hold)}
	doubt := marginal(phrasings, strange)
	if a.meaning { // the more phrasings, the more the self-test knows of what they mean
		doubt *= min(1.25, .45+.13*phrasings)
	}
	t.threshold = 1 - doubt*s.wrong
	if gated {
		t.threshold = t.counted(trials, pessimism*s.wrong)
	}
	// However the self-test comes out, what is hardly likely isn't answered, and what is all but
	// certain is.
	t.threshold = min(.98, max(.3, t.threshold))
	return t
}

// marginal returns how many times the tolerated share of wrong answers the least sure answer may be
// in doubt, since most answers are far surer than the least sure one. Counting a threshold off the
// trials, at the place where wrong ones reach the share, is worse: a small base has a handful of
// wrong trials there and then answers half of what it could.
//
// With few phrasings an entry the self-test knows less and answers bunch at the threshold. With one
// there is nothing to hide but the entry, and what is left to go by is how much a phrasing says:
// "card lost" resembles many things, a sentence of twelve words few.
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

// pessimism is how much more often the self-test is wrong than patients' texts are, in a base rich
// enough to count: it hides the one phrasing that stands for a wording, or a whole group of
// strangers, and asks for just that. Measured on two sets of questions written without sight of the
// base.
const pessimism = 2.2

// counted returns the lowest confidence down to which at most this share of the answers to the
// trials is wrong.
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

// holdWords and holdBoth are how tightly the weights are held to the prior. What a base hides from
// itself is less strange than what patients ask, which misleads the meaning most: on public sets
// C@5 is .015 higher held at 40 than at 5; by words alone it is the same.
const (
	holdWords = 5.
	holdBoth  = 40.
)

// logistic fits the weights of the evidence by Newton steps, held to the prior. n is how many
// trials the weights of the trials stand for: the more there are, the less the prior counts.
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
	// Trials that leave the equations without a solution teach nothing.
	for _, v := range w {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return p0
		}
	}
	return w
}

// prior returns the weights to fall back on when the base has little to teach, in the order of
// evidence.
func prior() evidence { return evidence{-.8, 1.7, 0, -.1, 1, .2, -.1, 0, .5, .5, .3} }

// foldCount is how many times the weights are trained for the self-test, so that no phrasing is
// judged by weights that it has taught.
const foldCount = 3
