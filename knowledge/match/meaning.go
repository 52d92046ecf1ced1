package match

import (
	"slices"
)

const (
	// senseWeight is the log odds that a cosine of one speaks for an entry, where all its phrasings
	// are embedded. Where a part is, the words have been taught more than the meaning, and it
	// counts as much less.
	senseWeight = 20
	sensePer    = 8   // phrasings to a prototype
	senseMost   = 8   // prototypes of an entry
	senseRounds = 8   // of sorting phrasings to their prototypes
	wordsSure   = .97 // confidence at which words are enough and nothing is embedded
	// senseCap is how many phrasings of a base are embedded, one an entry at least: embedding takes
	// 4 ms each, and so many take two cores 5 s.
	senseCap = 2400
)

// senses places the entries in the space of meaning. An entry with many phrasings asks for more
// than one thing, so it has several prototypes and the nearest one counts.
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

// vector embeds a question; nil if it has no English words. A corrected spelling counts for half,
// since it may be a word that the base has never seen.
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

// cosines writes the cosine of each entry to out, with the phrasing but left out of its prototype.
// An entry without English phrasings gets the average, so that meaning speaks neither for it nor
// against it.
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

// says returns what a question's meaning counts for an entry, relative to the average entry.
func (n *senses) says(v []float32, entry int32, entries int) float32 {
	cos := make([]float32, entries)
	n.cosines(v, none, cos)
	var all float32
	for _, c := range cos {
		all += c
	}
	return n.weight / temperature * (cos[entry] - all/float32(entries))
}

// without returns the cosine of a phrasing to its prototype as if that had been made without the
// phrasing. It needs only the length of the sum: the mean itself is never built again. A prototype
// of one phrasing is nothing then.
func (p *prototype) without(c float32) float32 {
	if p.n < 2 {
		return hidden
	}
	own := c * p.length
	return (own - 1) / sqrt(max(1e-6, p.length*p.length-2*own+1))
}

// meant returns what the meaning says about the entry first, as evidence: how near it is, by how
// much it is nearer than all others, and whether it is the nearest. Entries that are hidden in z
// don't count.
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
