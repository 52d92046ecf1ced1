package screen

import (
	"math"
	"strings"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/spanish"

	"github.com/beacon-clinic/beacon/knowledge/model"
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
		w.stem = stem(w.s, lang)
		w.mean = f.mean(w.s, w.stem)
	}
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

// features returns the features of at most maxWords words that root has seen; hits are the names of
// the patterns found in them. A hidden idiom counts as one mark of its own, and a number by its
// size alone. "<" and ">" stand for the ends, so that a first word is a feature.
func features(ws []word, hits []string) []model.Feature {
	stems := make([]string, 0, len(ws)+2)
	stems = append(stems, "<")
	means := append(make([]string, 0, len(ws)+2), "<")
	var chars strings.Builder
	chars.WriteByte(' ')
	for _, w := range ws {
		s := "<idiom>"
		m := s
		switch {
		case w.hidden:
		case w.isNum:
			s = numberWord(w.num)
			m = s
		default:
			s, m = w.stem, w.mean
		}
		stems, means = append(stems, s), append(means, m)
		if w.asks {
			stems, means = append(stems, "?"), append(means, "?")
		}
		if !w.hidden && !w.isNum {
			chars.WriteString(w.s)
			chars.WriteByte(' ')
		}
	}
	stems, means = append(stems, ">"), append(means, ">")
	c := chars.String()
	grams := make([]uint64, 0, 3*len(c))
	// Runs of three to five letters, over the ends of words too.
	for n := 3; n <= 5; n++ {
		for i := 0; i+n <= len(c); i++ {
			grams = append(grams, key("c", c[i:i+n], ""))
		}
	}
	words, ideas := seeWords(stemKeys, stems), seeWords(meanKeys, means)
	out := make([]model.Feature, 0, len(words)+len(ideas)+len(grams)+len(hits))
	out = weigh(weigh(weigh(out, words, wordShare), ideas, ideaShare), grams, charShare)
	for _, name := range hits {
		out = append(out, model.Feature{Key: key("r", name, ""), Weight: hitWeight})
	}
	return out
}

// wordKeys are the kinds of features that the words of a text give.
type wordKeys struct{ one, pair, apart, three string }

var (
	stemKeys = wordKeys{one: "w", pair: "wb", apart: "ws"} // three stems are too rare
	meanKeys = wordKeys{one: "m", pair: "mb", apart: "ms", three: "mt"}
)

// seeWords returns a feature for each word, each pair of neighbours, each pair one apart, and, if
// that has a kind, each three in a row.
func seeWords(kinds wordKeys, list []string) []uint64 {
	out := make([]uint64, 0, 4*len(list))
	for i, s := range list {
		if i > 0 && i < len(list)-1 {
			out = append(out, key(kinds.one, s, ""))
		}
		if i+1 < len(list) {
			out = append(out, key(kinds.pair, s, list[i+1]))
		}
		if i+2 < len(list) {
			out = append(out, key(kinds.apart, s, list[i+2]))
			if kinds.three != "" {
				out = append(out, key3(kinds.three, s, list[i+1], list[i+2]))
			}
		}
	}
	return out
}

// numberWord keeps what a number tells without the number itself: a model that knew single numbers
// would learn the corpus by heart.
func numberWord(v float64) string {
	switch {
	case v <= 12:
		return "<small>"
	case v <= 60:
		return "<tens>"
	case v < 1000:
		return "<hundreds>"
	}
	return "<big>"
}

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

// weigh scales a group of features to one length, so that a long text isn't louder than a short
// one. Features that the model has never seen count too: a text of unknown words must not be judged
// by the two that happen to be known.
func weigh(to []model.Feature, keys []uint64, share float64) []model.Feature {
	w := float32(share / math.Sqrt(float64(max(1, len(keys)))))
	for _, k := range keys {
		to = append(to, model.Feature{Key: k, Weight: w})
	}
	return to
}
