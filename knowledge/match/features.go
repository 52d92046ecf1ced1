package match

import "slices"

// The blocks of features. Each block starts from its own weight and learns from there.
const (
	word   = iota // a stem
	gram3         // three letters of the raw text
	gram4         // four letters
	answer        // a stem, looked for in the answers' text
	kin           // a family of words
	blocks
)

// maxFeatures bounds the features of a text and so the time it takes; no real question has as many.
const maxFeatures = 1200

// hash is FNV-1a over a string, continuing from h.
func hash(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// seed starts the hash of a block's features, so that a word never collides with a run of letters
// by construction.
func seed(block int) uint64 { return (14695981039346656037 ^ uint64(block+1)) * 1099511628211 }

// family is a set of words about the same thing.
type family struct {
	name string
	key  uint64 // of its feature
}

// families maps a stem to its families. They show that "flight" is close to "airport" when a base
// has only one of the two, and "cuesta" to "price". A family is a feature whose weight is learnt
// like any other, so a misleading one loses its influence.
type families map[string][]family

// features emits every feature of a text, its hash and its block. Letters come from the folded text
// as it was typed, words as stems.
func features(folded string, stems []string, kins families, emit func(key uint64, block int)) {
	for _, w := range stems {
		emit(hash(seed(word), w), word)
		for _, k := range kins[w] {
			emit(k.key, kin)
		}
	}
	s := " " + folded + " "
	for i := 0; i+3 <= len(s); i++ {
		emit(hash(seed(gram3), s[i:i+3]), gram3)
		if i+4 <= len(s) {
			emit(hash(seed(gram4), s[i:i+4]), gram4)
		}
	}
}

// keyed is a feature found in a text: its hash, and the block it belongs to.
type keyed struct {
	key   uint64
	block int
}

// distinct returns the features of a text, each once, sorted by hash. The order is what makes two
// builds alike.
func distinct(folded string, stems []string, kins families) []keyed {
	out := make([]keyed, 0, 2*len(folded)+4*len(stems)+4)
	features(folded, stems, kins, func(key uint64, block int) {
		if len(out) < maxFeatures {
			out = append(out, keyed{key, block})
		}
	})
	slices.SortFunc(out, func(a, b keyed) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(out, func(a, b keyed) bool { return a.key == b.key })
}
