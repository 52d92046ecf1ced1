package screen

import (
	"math"
	"slices"
	"strings"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/spanish"
)

// feature is one thing the classifier can see in a text.
type feature struct {
	id     int32
	weight float32
}

// featurer turns words into features: stems, pairs of stems next to each other
// and one apart, the letters inside the words, which is what makes a
// misspelling look like the word it was meant to be, and the patterns found.
type featurer struct {
	ids   map[uint64]int32
	stems map[string]string
	grow  bool
	// hits names the patterns found in the words.
	hits func(ws []word) []string
	// concept names the group of a word; prefixes are tried from long to short.
	concept  map[string]string
	prefixes map[string]string
}

func newFeaturer(concepts map[string][]string, hits func([]word) []string) *featurer {
	f := &featurer{
		ids: map[uint64]int32{}, stems: map[string]string{}, grow: true, hits: hits,
		concept: map[string]string{}, prefixes: map[string]string{},
	}
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

// mean returns the group of a word, or its stem when it has none.
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

// stem of a word. The language of one word in a short text is a guess, so the
// Spanish stemmer is only used on texts known to be Spanish.
func (f *featurer) stem(w, lang string) string {
	key := lang + " " + w
	if s, ok := f.stems[key]; ok {
		return s
	}
	s := w
	if len(w) > 3 && len(w) < 30 {
		if lang == "es" {
			s = spanish.Stem(w, false)
		} else {
			s = english.Stem(w, false)
		}
	}
	if f.grow { // once trained, the map is shared by readers and never written
		f.stems[key] = s
	}
	return s
}

const (
	wordShare = 0.7 // how much all the word features of a text weigh together
	ideaShare = 1.5
	charShare = 0.5
	hitWeight = 0.5 // of each pattern found
	maxWords  = 120 // of a sentence or text; the rest adds nothing but time
)

// read returns the features of the words.
func (f *featurer) read(ws []word, lang string) []feature {
	if len(ws) > maxWords {
		ws = ws[:maxWords]
	}
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
			s = f.stem(w.s, lang)
			m = f.mean(w.s, s)
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
	var grams []int32
	words := f.seeWords(nil, "w", stems)
	ideas := f.seeWords(nil, "m", means)
	c := chars.String()
	for n := 3; n <= 5; n++ {
		for i := 0; i+n <= len(c); i++ {
			grams = f.see(grams, "c", c[i:i+n], "")
		}
	}
	out := make([]feature, 0, len(words)+len(ideas)+len(grams))
	out = weigh(weigh(weigh(out, words, wordShare), ideas, ideaShare), grams, charShare)
	for _, name := range f.hits(ws) {
		if id := f.see(nil, "r", name, "")[0]; id != unseen {
			out = append(out, feature{id, hitWeight})
		}
	}
	return out
}

// seeWords adds each word, each pair of neighbours and each pair one apart;
// of ideas, three in a row as well.
func (f *featurer) seeWords(to []int32, kind string, list []string) []int32 {
	for i, s := range list {
		if i > 0 && i < len(list)-1 {
			to = f.see(to, kind, s, "")
		}
		if i+1 < len(list) {
			to = f.see(to, kind+"b", s, list[i+1])
		}
		if i+2 < len(list) {
			to = f.see(to, kind+"s", s, list[i+2])
			if kind == "m" { // three ideas in a row; three words are too rare
				to = f.see(to, "mt", s+" "+list[i+1], list[i+2])
			}
		}
	}
	return to
}

// forget drops what only one example has: it could only be learnt by heart, and
// no text that comes has it. It still counts in the length of the example, as
// what is unseen counts in that of a text.
func (f *featurer) forget(examples []example) {
	often := make([]int32, len(f.ids))
	for i := range examples {
		for _, x := range examples[i].feats {
			often[x.id]++
		}
	}
	ids := make([]int32, len(often)) // old → new
	n := int32(0)
	for id := range often {
		ids[id] = unseen
		if often[id] > 1 {
			ids[id] = n
			n++
		}
	}
	for key, id := range f.ids {
		if f.ids[key] = ids[id]; ids[id] == unseen {
			delete(f.ids, key)
		}
	}
	for i := range examples {
		kept := examples[i].feats[:0]
		for _, x := range examples[i].feats {
			if x.id = ids[x.id]; x.id != unseen {
				kept = append(kept, x)
			}
		}
		examples[i].feats = slices.Clone(kept) // half of the room is no longer needed
	}
}

// knows tells whether an example has the word.
func (f *featurer) knows(w, lang string) bool {
	return f.see(nil, "w", f.stem(w, lang), "")[0] != unseen
}

// numberWord keeps what a number tells without the number itself.
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

func (f *featurer) see(to []int32, kind, a, b string) []int32 {
	sum := fnv(fnv(fnv(fnvStart, kind), a)*fnvPrime, b)
	id, ok := f.ids[sum]
	if !ok {
		if !f.grow {
			return append(to, unseen)
		}
		id = int32(len(f.ids))
		f.ids[sum] = id
	}
	return append(to, id)
}

// FNV-1a by hand: hash/fnv costs an allocation and three copies a feature.
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

// unseen features say nothing but count in the length of the text: a text of
// strange words must not be judged by the two that happen to be known.
const unseen = -1

// weigh gives a group of features one length together, so that a long text
// isn't louder than a short one.
func weigh(to []feature, ids []int32, share float64) []feature {
	if len(ids) == 0 {
		return to
	}
	w := float32(share / math.Sqrt(float64(len(ids))))
	for _, id := range ids {
		if id != unseen {
			to = append(to, feature{id, w})
		}
	}
	return to
}
