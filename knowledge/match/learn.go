package match

import (
	"slices"
)

// lesson is a phrasing used as a question, with itself left out of its entry: learnt with itself in
// place, every phrasing would find its entry by its own words, and nothing would be learnt of
// others.
type lesson struct {
	doc     int
	name    bool // it is the entry's name, which nobody texts
	entry   int32
	ids     []int32   // the features it shares with the rest of the base
	own     []float32 // phi of its own entry for each feature, without this phrasing
	unknown float32   // weight of the features that only it has
	strange float32   // share of the words that only it has
	rivals  []int32   // the entries it is weighed against, its own first
	cells   []cell    // feature by feature, what the rivals have
	until   []int32   // where each feature's cells end
}

// cell is a rival's phi for a feature; rival is its place in the lesson's rivals.
type cell struct {
	rival int32
	phi   float32
}

// rivals bounds the entries a phrasing is weighed against. Others have next to no share, and
// hundreds of entries would take minutes. With plenty of phrasings, half as many rivals teach the
// same in half the time and memory.
const (
	rivals       = 32
	rivalsPlenty = 16
)

// plenty is the number of phrasings from which one fold of the self-test is enough; learning takes
// seconds then.
const plenty = 6000

// mastered is the share above which a lesson has nothing more to teach. Without it the weights
// would grow for ever on what is right already.
const mastered = .99

// lessons returns the phrasings of the base as questions to learn from, names included. An entry
// with a single phrasing has no lesson to learn from, since nothing of it is left when that is
// hidden; its lesson has no rivals and serves the self-test alone.
func (t *terms) lessons(lex *lexicon, entries []Entry) []lesson {
	out := make([]lesson, 0, len(t.docs))
	for e := range entries {
		d := int(t.first[e])
		for _, a := range entries[e].Asks {
			if f := lex.ask(a); f != "" {
				out = append(out, t.lesson(d, int32(e), f, lex.read(f, false)))
				d++
			}
		}
		if f := nameOf(entries[e].ID); f != "" {
			l := t.lesson(d, int32(e), f, lex.read(f, false))
			l.name = true
			out = append(out, l)
		}
	}
	most := rivals
	if len(out) > plenty {
		most = rivalsPlenty
	}
	parallel(len(out), func(from, to int) {
		s := newScratch(t)
		place := make([]int32, len(t.size))
		var cells []cell // used again by the next, so that each keeps no more than it needs
		for i := from; i < to; i++ {
			if t.ask[out[i].entry] > 1 {
				cells = t.weighAgainst(&out[i], s, place, most, cells[:0])
			}
		}
	})
	return out
}

// lesson takes a phrasing's share out of its entry, feature by feature. A feature that nothing else
// has counts as unknown, as a word of a stranger would.
func (t *terms) lesson(doc int, entry int32, folded string, stems []string) lesson {
	l := lesson{doc: doc, entry: entry}
	size := t.size[entry] - float32(len(t.docs[doc].ids))
	for _, id := range t.look(folded, stems).ids {
		ps := t.posts[id]
		// Nothing but this phrasing has it.
		if t.block[id] != answer && len(ps) == 1 && ps[0].n == 1 {
			l.unknown += t.rare(t.block[id])
			if t.block[id] == word {
				l.strange++
			}
			continue
		}
		var own float32
		for _, p := range ps {
			switch {
			case p.entry != entry:
			case t.block[id] == answer:
				own = p.phi
			case p.n > 1:
				own = t.saturate(p.n-1, size)
			}
		}
		l.ids = append(l.ids, id)
		l.own = append(l.own, own)
	}
	l.strange /= float32(max(1, len(stems)))
	return l
}

// weighAgainst finds the rivals of a lesson, most at most, and their phi for its features. It
// returns cells for reuse by the next call.
func (t *terms) weighAgainst(l *lesson, s *scratch, place []int32, most int, cells []cell) []cell {
	t.scoreLesson(l, true, s.z)
	l.rivals = make([]int32, most)
	l.rivals[0] = l.entry
	n := best(s.z, l.rivals[1:], make([]float32, most-1))
	l.rivals = l.rivals[:n+1]
	for j, c := range l.rivals {
		place[c] = int32(j) + 1
	}
	for i, f := range l.ids {
		if l.own[i] > 0 {
			cells = append(cells, cell{0, l.own[i]})
		}
		for _, p := range t.posts[f] {
			if j := place[p.entry]; j > 1 {
				cells = append(cells, cell{j - 1, p.phi})
			}
		}
		l.until = append(l.until, int32(len(cells)))
	}
	for _, c := range l.rivals {
		place[c] = 0
	}
	l.cells = slices.Clone(cells)
	return cells
}

// scoreLesson scores a phrasing with itself left out of its entry or, with hide, with its whole
// entry left out of the base. The scores go to z, one an entry.
func (t *terms) scoreLesson(l *lesson, hide bool, z []float32) {
	copy(z, t.bias)
	own := t.bias[l.entry]
	for k, f := range l.ids {
		g := t.gain[f]
		for _, p := range t.posts[f] {
			z[p.entry] += g * p.phi
		}
		own += g * l.own[k]
	}
	z[l.entry] = own
	if hide {
		z[l.entry] = hidden
	}
}

// learn adjusts the weights by gradient steps on the likelihood of each phrasing's entry. It leaves
// out the lessons of fold skip; with folds 0 it leaves out none. A gain is learnt as its starting
// value times an exponential, so that it never falls below zero, and is pulled back to the start.
// Lessons come in a fixed scrambled order, so that two builds are alike.
func (t *terms) learn(ls []lesson, skip, folds int) {
	base, theta := slices.Clone(t.gain), make([]float32, len(t.gain))
	var room [rivals]float32
	// What was mastered sits out the next round: most lessons soon are, and looking at them again
	// would be most of the time.
	known := make([]bool, len(ls))
	rounds := enough(epochs, len(ls))
	for e := range rounds {
		eta := learnRate * (1 - float32(e)/float32(rounds))
		for k := range ls {
			at := (k*7919 + e*31) % len(ls)
			l := &ls[at]
			if known[at] || l.rivals == nil || folds > 0 && l.doc%folds == skip {
				known[at] = false
				continue
			}
			z := room[:len(l.rivals)]
			for j, c := range l.rivals {
				z[j] = t.bias[c]
			}
			cellAt := int32(0)
			for i, f := range l.ids {
				for _, x := range l.cells[cellAt:l.until[i]] {
					z[x.rival] += t.gain[f] * x.phi
				}
				cellAt = l.until[i]
			}
			softmax(z, temperature)
			if z[0] > mastered {
				known[at] = true
				continue
			}
			// The gradient of the loss: the share of each rival, less one for the right one.
			z[0]--
			for j, c := range l.rivals {
				t.bias[c] -= eta * biasRate * (z[j]/temperature + keep*t.bias[c])
			}
			cellAt = 0
			for i, f := range l.ids {
				var g float32
				for _, x := range l.cells[cellAt:l.until[i]] {
					g += z[x.rival] * x.phi
				}
				cellAt = l.until[i]
				theta[f] -= eta * (g*temperature*t.gain[f] + keep*theta[f])
				t.gain[f] = base[f] * exp(theta[f])
			}
		}
	}
}

// enough returns how many epochs to train for: fewer when there are many lessons.
func enough(most, lessons int) int {
	return max(min(most, epochsLeast), min(most, learnings/max(1, lessons)))
}
