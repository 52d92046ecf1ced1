package match

import (
	"cmp"
	"slices"
)

// newSenses embeds the English phrasings and the names of the entries, most at most, reusing known
// vectors by text. It returns nil if embed is nil. Where only a part is embedded, the meaning's
// weight shrinks in proportion.
func newSenses(
	entries []Entry, lex *lexicon, t *terms,
	embed func(string) []float32, most int, known map[string][]float32,
) *senses {
	if embed == nil {
		return nil
	}
	n := &senses{
		embed: embed,
		known: known,
		docs:  make([][]float32, len(t.docs)),
		home:  slices.Repeat([]int32{none}, len(t.docs)),
	}
	texts, english := t.english(entries, lex)
	if most <= 0 {
		most = senseCap
	}
	all := len(slices.Concat(english...))
	chosen := fewer(english, texts, most)
	some := slices.Concat(chosen...)
	n.weight = senseWeight * float32(len(some)) / float32(max(1, all))
	n.embedAll(some, texts)
	for _, ds := range chosen {
		n.first = append(n.first, int32(len(n.proto)))
		n.cluster(ds)
	}
	n.first = append(n.first, int32(len(n.proto)))
	return n
}

// english returns the text to embed for each phrasing, and for each entry those of its phrasings
// that have one.
func (t *terms) english(entries []Entry, lex *lexicon) (texts []string, of [][]int32) {
	texts = make([]string, len(t.docs))
	of = make([][]int32, len(entries))
	for e := range entries {
		d := t.first[e]
		for _, a := range append(slices.Clone(entries[e].Asks), nameOf(entries[e].ID)) {
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

// fewer leaves each entry an equal number of phrasings, so that the total is at most most, but for
// one an entry at least. The choice depends on the letters of a phrasing, not on its position, so
// that adding one displaces at most one other: what was embedded before can be used again.
func fewer(chosen [][]int32, texts []string, most int) [][]int32 {
	// each is how many phrasings an entry may keep, one at least: the most with which the total
	// still fits.
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
			x, y := hash(seed(0), texts[a]), hash(seed(0), texts[b])
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		})
		chosen[e] = ds[:each]
		slices.Sort(chosen[e])
	}
	return chosen
}

// embedAll embeds phrasings on two goroutines, skipping known texts, and keeps the vectors for the
// next matcher.
func (n *senses) embedAll(ds []int32, texts []string) {
	parallel(len(ds), func(from, to int) {
		for _, d := range ds[from:to] {
			if n.docs[d] = n.known[texts[d]]; n.docs[d] == nil {
				n.docs[d] = n.embed(texts[d])
			}
		}
	})
	// Only what this base has is handed to the next, so that forgotten wordings don't pile up.
	n.known = make(map[string][]float32, len(ds))
	for _, d := range ds {
		n.known[texts[d]] = n.docs[d]
	}
}

// cluster adds the prototypes of an entry: spherical k-means, started from phrasings that are
// evenly spaced in the list. There is one for every sensePer phrasings, senseMost at most.
func (n *senses) cluster(ds []int32) {
	k := min(senseMost, max(1, len(ds)/sensePer), len(ds))
	ps := make([]prototype, k)
	for i := range ps {
		ps[i].mean = n.docs[ds[i*len(ds)/k]]
	}
	home := make([]int, len(ds))
	// Sort the phrasings to the nearest prototype, then take the mean of each. One that lost all
	// its phrasings becomes zero.
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
