package match

import "math"

// ranked holds the best entries of a question, best first: n of them, their shares of all that was
// scored, and how sure the first is.
type ranked struct {
	n        int
	entry    [ranks]int32
	share    [ranks]float64
	evidence evidence
}

// evidence is what is known about how sure the first rank is. Posterior shares alone fail on real
// traffic, where a greeting can be far ahead of everything for one word: likeness to a phrasing and
// unknown words are needed too. All figures are scaled to about the same range, so that one prior
// holds for every base. rank fills them in this order, and prior gives the weights in the same.
type evidence [11]float64

// The places of two of them.
const (
	ahead    = 1
	textSays = 6
)

// lead turns a share into evidence of how far it is ahead of all others: its log odds, kept finite,
// scaled to the range of the other figures.
func lead(share float64) float64 { return math.Log(share/max(1e-4, 1-share+1e-4)) / 3 }

// rank picks the best entries from the scores in s.z and gathers the evidence for the first. It
// leaves out the phrasing but, or none. Where the meaning is known it is added to s.z before the
// best are picked, so that it can bring up an entry that shares no word with the text; the opinion
// then reorders those that were picked.
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

// ranks is how many entries are looked at closely.
const ranks = 16

// scratch holds the buffers that scoring a question needs, for reuse. One goroutine uses it at a
// time. has is all false between two questions.
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
