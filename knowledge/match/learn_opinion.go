package match

import "slices"

// newOpinion trains an opinion on the lessons, on top of trained terms. It leaves out the lessons
// of fold skip; with folds 0 none. The scores of the terms stay fixed: it learns only what they get
// wrong.
func newOpinion(t *terms, ls []lesson, skip, folds int) *opinion {
	o := &opinion{row: make([]int32, len(t.posts)), n: len(t.size)}
	o.w = make([]float32, t.common(o.row, opinionMost/max(1, o.n))*o.n)
	var ps []practice
	sc := newScratch(t)
	for i := range ls {
		if l := &ls[i]; l.rivals != nil && (folds == 0 || l.doc%folds != skip) {
			ps = append(ps, t.practice(l, sc.z))
		}
	}
	var room [ranks + 1]float32
	known := make([]bool, len(ps))
	for e := range enough(opinionEpochs, len(ps)) {
		for i := range ps {
			at := (i*7919 + e*31) % len(ps)
			if known[at] { // what was known in one round sits out the next
				known[at] = false
				continue
			}
			p := &ps[at]
			z := room[:len(p.top)]
			copy(z, p.z)
			o.add(p.ids, p.x, p.top, z)
			softmax(z, 1)
			if z[p.right] > mastered {
				known[at] = true
				continue
			}
			// The gradient: the share of each candidate, less one for the right one.
			z[p.right]--
			for i, f := range p.ids {
				if o.row[f] < 0 {
					continue
				}
				w := o.of(f)
				for j, c := range p.top {
					w[c] -= opinionRate * p.x[i] * z[j]
				}
			}
		}
	}
	return o
}

// practice is a lesson prepared for an opinion: the candidate entries, their scores by terms, and
// the weights of its features. It is made once and used in every epoch.
type practice struct {
	ids   []int32
	right int // the place of the right entry
	top   []int32
	z     []float32
	x     []float32
}

// practice ranks the entries of a lesson by terms; the right one is always among the candidates.
func (t *terms) practice(l *lesson, z []float32) practice {
	t.scoreLesson(l, false, z)
	p := practice{
		ids: l.ids, top: make([]int32, ranks), z: make([]float32, ranks), x: t.unit(l.ids, nil),
	}
	n := best(z, p.top, p.z)
	p.top, p.z = p.top[:n], p.z[:n]
	if p.right = slices.Index(p.top, l.entry); p.right < 0 {
		p.right = n
		p.top, p.z = append(p.top, l.entry), append(p.z, z[l.entry])
	}
	for j := range p.z {
		p.z[j] *= temperature * opinionTerms
	}
	return p
}

// common numbers the features that occur in two phrasings or more, raising that minimum until at
// most most features are left. What one phrasing alone has would be learnt by heart.
func (t *terms) common(row []int32, most int) int {
	// The more entries, the fewer features have room: a row has a weight for each entry.
	for least := float32(2); ; least++ {
		n := 0
		for f, ps := range t.posts {
			row[f] = -1
			var docs float32
			for _, p := range ps {
				docs += p.n
			}
			if t.block[f] != answer && docs >= least {
				row[f] = int32(n)
				n++
			}
		}
		if n <= most {
			return n
		}
	}
}
