package screen

import (
	"strings"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/spanish"
)

// featurer turns words into features: stems, pairs of stems next to each other and one apart, the
// letters within words, which make a misspelling resemble the word that was meant, and the patterns
// found. The model knows a feature only by its key, so a change of anything here asks for a new
// model.
type featurer struct {
	// concept is the group of a word. prefixes are looked up from long to short.
	concept  map[string]string
	prefixes map[string]string
}

// newFeaturer files the concepts of words.yaml: "word" as it stands, "stem*" as a prefix.
func newFeaturer(concepts map[string][]string) *featurer {
	f := &featurer{concept: map[string]string{}, prefixes: map[string]string{}}
	for _, name := range sortedKeys(concepts) {
		for _, w := range concepts[name] {
			if p, ok := strings.CutSuffix(w, "*"); ok {
				f.prefixes[p] = "<" + name + ">"
			} else {
				f.concept[w] = "<" + name + ">"
			}
		}
	}
	return f
}

// root fills in the stems and meanings of a text's words, which are in one language. It is done
// once a text: the text is read as a whole and in up to two dozen parts, and stemming each time
// took a tenth of the reading.
func (f *featurer) root(ws []word, lang string) {
	for i := range ws {
		w := &ws[i]
		if w.lex == nil {
			w.root = f.rootOf(w.s, lang)
			continue
		}
		r := &w.lex.roots[tongue(lang)]
		known := r.Load()
		if known == nil {
			found := f.rootOf(w.s, lang)
			known = &found
			r.Store(known)
		}
		w.root = *known
	}
}

func (f *featurer) rootOf(w, lang string) root {
	s := stem(w, lang)
	return root{stem: s, mean: f.mean(w, s)}
}

// tongue is the place of a language's roots in a lexeme.
func tongue(lang string) int {
	if lang == "es" {
		return 1
	}
	return 0
}

// mean returns the group of a word, or its stem if it has none. Groups let what is learnt of one
// medicine hold for all of them. Prefixes of 4 to 10 letters are tried, the longest first.
func (f *featurer) mean(w, stem string) string {
	if c, ok := f.concept[w]; ok {
		return c
	}
	for n := min(len(w), 10); n >= 4; n-- {
		if c, ok := f.prefixes[w[:n]]; ok {
			return c
		}
	}
	return stem
}

// stem returns the stem of a word. The language of one word in a short text is a guess, so the
// Spanish stemmer is used only on texts known to be Spanish. Words of three letters have no ending
// to lose, and one of thirty is no word.
func stem(w, lang string) string {
	switch {
	case len(w) <= 3 || len(w) >= 30:
		return w
	case lang == "es":
		return spanish.Stem(w, false)
	}
	return english.Stem(w, false)
}

const (
	wordShare = 1.0 // how much all the word features of a text weigh together
	ideaShare = 1.5
	charShare = 1.2
	hitWeight = 0.5 // of each pattern found
	maxWords  = 120 // of a sentence or text; the rest adds nothing but time
)

// key hashes a feature with FNV-1a, by hand because hash/fnv costs an allocation and three copies
// each.
func key(kind, a, b string) uint64 {
	return mix(fnv(fnv(fnv(fnvStart, kind), a)*fnvPrime, b))
}

// key3 is key of three words: of the first two with a blank between, and the third.
func key3(kind, a, b, c string) uint64 {
	return mix(fnv(fnv(fnv(fnv(fnv(fnvStart, kind), a), " "), b)*fnvPrime, c))
}

const (
	fnvStart = 14695981039346656037
	fnvPrime = 1099511628211
)

func fnv(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}

// mix spreads a hash over all its bits, since the high bits of FNV hardly differ in short words:
// the model's table looks a feature up by them. It is the first half of MurmurHash3's finaliser.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	return h ^ h>>33
}
