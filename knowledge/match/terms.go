package match

import (
	"math"
	"slices"
)

// terms is an index from features to entries with learnt weights. The score of an entry is its bias
// and, for each feature of the text, the feature's gain times the entry's phi. They start as BM25;
// then each feature's weight is adjusted so that every phrasing, left out of its entry, finds its
// entry again. A weight belongs to a feature, not to a feature and an entry: few enough numbers to
// learn from five phrasings.
type terms struct {
	ids     map[uint64]int32
	block   []uint8
	kins    families
	posts   [][]post
	opinion *opinion
	gate    *gate
	senses  *senses   // nil without
	gain    []float32 // the learnt weight of each feature
	bias    []float32 // how much more or less often an entry is right than its words say
	size    []float32 // features of all phrasings of an entry
	mean    float32   // of size
	docs    []doc
	first   []int32 // the first document of each entry; the one after the last at the end
	thin    float64 // 0 for entries of four phrasings or more, to .75 for one
	ask     []int32 // how many phrasings an entry has
}

// post records that an entry has a feature.
type post struct {
	entry int32
	n     float32 // phrasings that have it; in the answer block, occurrences
	phi   float32 // n saturated and set against the entry's length, as in BM25
}

// doc is a phrasing with its features.
type doc struct {
	ids []int32
}

// The settings of learning. Found on public question sets of other fields; each stands on a
// plateau. k1, k1Answer and lengthB are those of BM25.
const (
	k1          = 2.0 // saturation of a feature's count, in phrasings and in answers
	k1Answer    = 1.2
	lengthB     = .75 // how much an entry's length counts against it
	epochs      = 16
	epochsLeast = 6     // for a base of many phrasings, which say the same again and again
	learnings   = 80000 // phrasings looked at, from which on there are fewer epochs
	learnRate   = .05
	biasRate    = 2.0
	keep        = .01 // pull back to the start
)

// newTerms indexes the entries. The weights are those before learning.
func newTerms(entries []Entry, lex *lexicon) *terms {
	n := len(entries)
	t := &terms{
		ids: map[uint64]int32{}, kins: newFamilies(),
		size: make([]float32, n), bias: make([]float32, n), ask: make([]int32, n),
	}
	for e := range entries {
		t.first = append(t.first, int32(len(t.docs)))
		for _, a := range entries[e].Asks {
			if f := lex.ask(a); f != "" {
				t.phrasing(int32(e), f, lex)
				t.ask[e]++
			}
		}
		if f := nameOf(entries[e].ID); f != "" {
			t.phrasing(int32(e), f, lex)
		}
		t.mean += t.size[e] / float32(n)
	}
	t.first = append(t.first, int32(len(t.docs)))
	t.answers(entries, lex)
	t.thin = max(0, float64(n)/float64(max(1, len(t.docs)))-.25)
	t.gain = make([]float32, len(t.posts))
	for f, ps := range t.posts {
		t.gain[f] = float32(rarity(n, float64(len(ps))) * t.initial(t.block[f]))
		// answers has set phi for these, by their own lengths.
		if t.block[f] == answer {
			continue
		}
		for i := range ps {
			ps[i].phi = t.saturate(ps[i].n, t.size[ps[i].entry])
		}
	}
	return t
}

// initial returns the weight of a block's features before learning. The fewer phrasings an entry
// has, the more letters and answers count.
func (t *terms) initial(block uint8) float64 {
	// The more sources speak the larger the scores, which are no surer for it.
	scale := 1 / (1 + t.thin)
	return scale * [blocks]float64{
		word:   1,
		gram3:  .18 * (1 + 1.2*t.thin),
		gram4:  .07 * (1 + 2.4*t.thin),
		answer: .5 * (1 + 1.9*t.thin),
		kin:    .3,
	}[block]
}

// rarity is the inverse document frequency of BM25: how much it tells that an entry has a feature
// which so many have.
func rarity(entries int, having float64) float64 {
	return math.Log(1 + (float64(entries)-having+.5)/(having+.5))
}

// phrasing indexes a phrasing of an entry.
func (t *terms) phrasing(entry int32, folded string, lex *lexicon) {
	var d doc
	for _, k := range distinct(folded, lex.read(folded, false), t.kins) {
		id := t.id(k)
		t.add(id, entry)
		d.ids = append(d.ids, id)
	}
	t.docs = append(t.docs, d)
	t.size[entry] += float32(len(d.ids))
}

// id returns the number of a feature, a new one if it has none yet.
func (t *terms) id(k keyed) int32 {
	id, ok := t.ids[k.key]
	if !ok {
		id = int32(len(t.posts))
		t.ids[k.key] = id
		t.posts = append(t.posts, nil)
		t.block = append(t.block, uint8(k.block))
	}
	return id
}

// add counts a feature for an entry. Entries must come in order.
func (t *terms) add(id, entry int32) {
	ps := t.posts[id]
	if k := len(ps); k > 0 && ps[k-1].entry == entry {
		ps[k-1].n++
		return
	}
	t.posts[id] = append(ps, post{entry: entry, n: 1})
}

// saturate turns the count of a feature into its phi: the tenth phrasing with a word tells less
// than the first, and long entries have every word sooner or later.
func (t *terms) saturate(n, size float32) float32 {
	return n * (k1 + 1) / (n + k1*(1-lengthB+lengthB*size/t.mean))
}

// answers indexes the words of the answers in a block of their own. Their phi is set here, by the
// length of the answers.
func (t *terms) answers(entries []Entry, lex *lexicon) {
	size := make([]float32, len(entries))
	var mean float32
	from := len(t.posts)
	for e := range entries {
		stems := lex.read(foldAll(entries[e].Text), false)
		for _, w := range stems {
			t.add(t.id(keyed{hash(seed(answer), w), answer}), int32(e))
		}
		size[e] = float32(len(stems))
		mean += size[e] / float32(len(entries))
	}
	for f := from; f < len(t.posts); f++ {
		for i, p := range t.posts[f] {
			norm := 1 - lengthB + lengthB*size[p.entry]/mean
			t.posts[f][i].phi = p.n * (k1Answer + 1) / (p.n + k1Answer*norm)
		}
	}
}

// question is a text in the features of the base. A feature may stand in ids more than once and
// then counts as often.
type question struct {
	ids     []int32
	unknown float32   // weight of the features that the base doesn't have
	strange float32   // share of the words that the base doesn't have
	vector  []float32 // what it means, nil if it is matched by words alone
}

// look reads a question in the features of the base. folded is the text without courtesies, stems
// its words as lexicon.read gives them.
func (t *terms) look(folded string, stems []string) question {
	fs := distinct(folded, stems, t.kins)
	q := question{ids: make([]int32, 0, len(fs)+len(stems))}
	for _, k := range fs {
		if id, ok := t.ids[k.key]; ok {
			q.ids = append(q.ids, id)
			continue
		}
		q.unknown += t.rare(uint8(k.block))
		if k.block == word {
			q.strange++
		}
	}
	// Words of answers are looked up apart, since distinct emits questions' features alone; each
	// once.
	for i, w := range stems {
		if slices.Contains(stems[:i], w) {
			continue
		}
		if id, ok := t.ids[hash(seed(answer), w)]; ok {
			q.ids = append(q.ids, id)
		}
		if _, ok := t.ids[hash(seed(word), w)]; !ok {
			q.ids = t.speakUp(q.ids, w)
		}
	}
	if len(stems) > 0 {
		q.strange /= float32(len(stems))
	}
	return q
}

// speakUp adds the families of a word that the base doesn't have, aloud times each.
func (t *terms) speakUp(ids []int32, w string) []int32 {
	for _, k := range t.kins[w] {
		if id, ok := t.ids[k.key]; ok && len(ids) < maxFeatures {
			ids = append(ids, slices.Repeat([]int32{id}, aloud)...)
		}
	}
	return ids
}

// rare returns the weight of a feature that no entry has.
func (t *terms) rare(block uint8) float32 {
	return float32(rarity(len(t.size), 0) * t.initial(block))
}

// near returns how similar a question is to the nearest phrasing of an entry, 0 to 1, leaving out
// the phrasing but: the weight of the features that both have, against the geometric mean of what
// each has. has marks the question's features; all is their total weight.
func (t *terms) near(entry int32, has []bool, all float32, but int) float32 {
	var best float32
	for d := t.first[entry]; d < t.first[entry+1]; d++ {
		if int(d) == but {
			continue
		}
		var both, own float32
		for _, f := range t.docs[d].ids {
			g := t.gain[f]
			own += g
			if has[f] {
				both += g
			}
		}
		if both > 0 {
			best = max(best, both/sqrt(all*own))
		}
	}
	return best
}

// score adds up what the features say for each entry.
func (t *terms) score(ids []int32, z []float32) {
	copy(z, t.bias)
	for _, f := range ids {
		g := t.gain[f]
		for _, p := range t.posts[f] {
			z[p.entry] += g * p.phi
		}
	}
}

// unit returns the weights of the features scaled to length one, appended to x. Words of answers
// count 0.
func (t *terms) unit(ids []int32, x []float32) []float32 {
	var s float32
	for _, f := range ids {
		v := float32(0)
		if t.block[f] != answer {
			v = t.gain[f]
		}
		s += v
		x = append(x, sqrt(v))
	}
	s = sqrt(s + .01)
	for i := range x {
		x[i] /= s
	}
	return x
}

// best fills top and score with the highest scores in z, highest first, and returns how many there
// are. Hidden entries aren't among them; of equals the one with the lower number comes first.
func best(z []float32, top []int32, score []float32) int {
	n, k := 0, len(top)
	for c, v := range z {
		if v <= hidden || n == k && v <= score[n-1] {
			continue
		}
		i := n
		if n < k {
			n++
		} else {
			i--
		}
		for ; i > 0 && score[i-1] < v; i-- {
			score[i], top[i] = score[i-1], top[i-1]
		}
		score[i], top[i] = v, int32(c)
	}
	return n
}

// fresh returns the same index with weights of its own to learn. The rest is shared and only read.
func (t *terms) fresh() *terms {
	c := *t
	c.gain, c.bias = slices.Clone(t.gain), slices.Clone(t.bias)
	return &c
}
