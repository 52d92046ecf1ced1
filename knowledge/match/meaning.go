package match

import (
	"cmp"
	"slices"
	"strings"
)

const (
	// senseWeight is the log odds that a cosine of one speaks for an entry, where all its phrasings are
	// embedded. Where a part is, the words have been taught more than the meaning, and it counts as
	// much less.
	senseWeight = 20
	sensePer    = 8   // phrasings to a prototype
	senseMost   = 8   // prototypes of an entry
	senseRounds = 8   // of sorting phrasings to their prototypes
	wordsSure   = .97 // from this confidence on the words alone are enough, and the text isn't embedded
	// senseCap is how many phrasings of a base are embedded, one an entry at least: embedding takes
	// 4 ms each, and so many take two cores 5 s.
	senseCap = 2400
)

// senses is where the entries lie among the directions that meaning has. An entry of many phrasings
// asks for more than one thing, so it has several prototypes, and the nearest counts.
type senses struct {
	embed  func(string) []float32
	weight float32
	known  map[string][]float32 // vectors of phrasings by text
	docs   [][]float32          // the vector of each phrasing, nil if it has none
	home   []int32              // the prototype of each phrasing, none if it has no vector
	first  []int32              // the first prototype of each entry; after the last, the end
	proto  []prototype
}

// prototype is the direction that some phrasings of an entry share.
type prototype struct {
	mean   []float32 // brought to length one
	length float32   // of the phrasings' sum
	n      int
}

// newSenses embeds the English phrasings and the names of the entries, nil if nothing is there to
// embed with. Vectors that s.Before has are used again.
func newSenses(entries []Entry, lex *lexicon, t *terms, s Settings) *senses {
	if s.Embed == nil {
		return nil
	}
	n := &senses{
		embed: s.Embed,
		docs:  make([][]float32, len(t.docs)),
		home:  slices.Repeat([]int32{none}, len(t.docs)),
	}
	texts, english := t.english(entries, lex)
	most := s.Embedded
	if most <= 0 {
		most = senseCap
	}
	all := len(slices.Concat(english...))
	chosen := fewer(english, texts, most)
	some := slices.Concat(chosen...)
	n.weight = senseWeight * float32(len(some)) / float32(max(1, all))
	if s.Before != nil && s.Before.terms.senses != nil {
		n.known = s.Before.terms.senses.known
	}
	n.embedAll(some, texts)
	for _, ds := range chosen {
		n.first = append(n.first, int32(len(n.proto)))
		n.cluster(ds)
	}
	n.first = append(n.first, int32(len(n.proto)))
	return n
}

// english gives the text to embed of each phrasing, and the phrasings of each entry that have one.
func (t *terms) english(entries []Entry, lex *lexicon) (texts []string, of [][]int32) {
	texts = make([]string, len(t.docs))
	of = make([][]int32, len(entries))
	for e := range entries {
		d := t.first[e]
		for _, a := range append(slices.Clone(entries[e].Asks), name(entries[e].ID)) {
			if lex.ask(a) == "" {
				continue
			}
			if meant := lex.meant(a); len(meant) > 0 {
				texts[d] = meant[0] // the base's own spelling needs no correction
				of[e] = append(of[e], d)
			}
			d++
		}
	}
	return texts, of
}

// fewer leaves each entry as many phrasings that all together are no more than most. Which ones
// depends on their letters, not on their order, so that one phrasing more displaces one at most.
func fewer(chosen [][]int32, texts []string, most int) [][]int32 {
	each := 1
	for all := true; all; each++ {
		n := 0
		all = false
		for _, ds := range chosen {
			n += min(len(ds), each+1)
			all = all || len(ds) > each
		}
		if n > most {
			break
		}
	}
	for e, ds := range chosen {
		if len(ds) <= each {
			continue
		}
		slices.SortFunc(ds, func(a, b int32) int {
			return cmp.Or(cmp.Compare(hash(seed(0), texts[a]), hash(seed(0), texts[b])), cmp.Compare(a, b))
		})
		chosen[e] = ds[:each]
		slices.Sort(chosen[e])
	}
	return chosen
}

// embedAll embeds phrasings on both cores, each text that isn't known yet.
func (n *senses) embedAll(ds []int32, texts []string) {
	parallel(len(ds), func(from, to int) {
		for _, d := range ds[from:to] {
			if n.docs[d] = n.known[texts[d]]; n.docs[d] == nil {
				n.docs[d] = n.embed(texts[d])
			}
		}
	})
	n.known = make(map[string][]float32, len(ds))
	for _, d := range ds {
		n.known[texts[d]] = n.docs[d]
	}
}

// cluster adds the prototypes of an entry's phrasings: spherical k-means from phrasings evenly apart.
func (n *senses) cluster(ds []int32) {
	k := min(senseMost, max(1, len(ds)/sensePer), len(ds))
	ps := make([]prototype, k)
	for i := range ps {
		ps[i].mean = n.docs[ds[i*len(ds)/k]]
	}
	home := make([]int, len(ds))
	for range senseRounds {
		for i, d := range ds {
			nearest := float32(-2)
			for p := range ps {
				if c := product(n.docs[d], ps[p].mean); c > nearest {
					nearest, home[i] = c, p
				}
			}
		}
		for p := range ps {
			ps[p] = prototype{mean: make([]float32, len(ps[p].mean))}
		}
		for i, d := range ds {
			p := &ps[home[i]]
			p.n++
			for j, x := range n.docs[d] {
				p.mean[j] += x
			}
		}
		for p := range ps {
			ps[p].length = toUnit(ps[p].mean)
		}
	}
	for i, d := range ds {
		n.home[d] = int32(len(n.proto) + home[i])
	}
	n.proto = append(n.proto, ps...)
}

// vector embeds a question, nil if it has no English words. A spelling that the base corrects counts
// half: it may be a word that the base has never seen.
func (n *senses) vector(texts []string) []float32 {
	var sum []float32
	for _, text := range texts {
		v := n.embed(text)
		if sum == nil {
			sum = slices.Clone(v)
			continue
		}
		for i, x := range v {
			sum[i] += x
		}
	}
	toUnit(sum)
	return sum
}

// cosines writes to out how near each entry is, with the phrasing but left out of its prototype. An
// entry of no English phrasings is as near as all are on average.
func (n *senses) cosines(v []float32, but int, out []float32) {
	var sum, having float32
	for e := range out {
		out[e] = hidden
		for p := n.first[e]; p < n.first[e+1]; p++ {
			x := &n.proto[p]
			c := product(v, x.mean)
			if but != none && n.home[but] == p {
				c = x.without(c)
			}
			out[e] = max(out[e], c)
		}
		if out[e] > hidden {
			sum += out[e]
			having++
		}
	}
	for e := range out {
		if out[e] == hidden {
			out[e] = sum / max(1, having)
		}
	}
}

// says is what a question's meaning counts for an entry, against all entries on average.
func (n *senses) says(v []float32, entry int32, entries int) float32 {
	cos := make([]float32, entries)
	n.cosines(v, none, cos)
	var all float32
	for _, c := range cos {
		all += c
	}
	return n.weight / temperature * (cos[entry] - all/float32(entries))
}

// without is the cosine of a phrasing to its prototype had that been made without it.
func (p *prototype) without(c float32) float32 {
	if p.n < 2 {
		return hidden
	}
	own := c * p.length
	return (own - 1) / sqrt(max(1e-6, p.length*p.length-2*own+1))
}

// meant is how sure the meaning is of the entry first, as evidence: how near it is, how much nearer than
// all others, whether it's the nearest. Entries that are hidden in z don't count.
func meant(cos, z []float32, first int32) (near, apart, same float64) {
	second := float32(-1)
	for e, c := range cos {
		if int32(e) != first && z[e] > hidden {
			second = max(second, c)
		}
	}
	lead := float64(cos[first] - second)
	if lead >= 0 {
		same = 1
	}
	return 3*float64(cos[first]) - 1.5, max(-1, min(1, 5*lead)), same
}

// meant gives the texts to embed of an English text: as it was typed but for marks and what is only
// said around it, and once more if its spelling can be corrected. None for a text in Spanish.
func (l *lexicon) meant(text string) []string {
	f := l.ask(text)
	ws, spanish := l.tongue.words(f)
	if spanish || len(ws) == 0 {
		return nil
	}
	if f != fold(text) {
		text = f
	}
	text = strings.Join(strings.FieldsFunc(text[:min(len(text), maxText)], mark), " ")
	fixed := false
	for i, w := range ws {
		if near := l.misspelt(w); near != "" {
			ws[i], fixed = near, true
		}
	}
	if !fixed {
		return []string{text}
	}
	return []string{text, strings.Join(ws, " ")}
}

// mark says whether a sign is one that says nothing of what is meant.
func mark(r rune) bool { return strings.ContainsRune(" \n\t?!.,;:\"()", r) }

// toUnit brings a vector to length one and gives the length that it had.
func toUnit(v []float32) float32 {
	length := sqrt(product(v, v))
	for i := range v {
		v[i] /= max(length, 1e-6)
	}
	return length
}

// product is the dot product, in four sums that the processor adds up at once.
func product(a, b []float32) float32 {
	var s [4]float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s[0] += a[i] * b[i]
		s[1] += a[i+1] * b[i+1]
		s[2] += a[i+2] * b[i+2]
		s[3] += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s[0] += a[i] * b[i]
	}
	return s[0] + s[1] + s[2] + s[3]
}
