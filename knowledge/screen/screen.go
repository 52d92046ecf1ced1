package screen

import (
	"strings"
	"unicode/utf8"
)

// Screen reads texts. Goroutines may share one: after New nothing of it changes but the roots of
// lexemes and the room for sights, which are safe for all. rules holds the compiled patterns of all
// indexes; an index gives the number of one as the owner.
type Screen struct {
	norm    *normaliser
	exact   map[string][]keyword // by the whole text
	rules   []compiled
	raise   *index // owner: a rule
	masks   *index
	replies *index
	feats   *featurer
	sights  *sights
	embed   Embed
	learnt  *learnt // nil: what was learnt isn't there yet, and only the rules are read
	lexicon lexicon
	always  map[string]bool    // patterns that need no other evidence
	meant   map[string]string  // by entry: the act that its question is about
	about   [len(judged)]group // the entries that each of judged is the act of, in the model
	offer   offerReader
	bare    bareReader
	concern concernReader // concern.go
}

// keyword is a kind that a whole text is of, and the rule that says so.
type keyword struct{ kind, rule string }

// words normalises a text and hides its idioms. All masks are found before any word is hidden, so
// that they may overlap and don't depend on their order.
func (s *Screen) words(text string) []word { return s.wordsIn(nil, text) }

// wordsIn is words in the room of a slice.
func (s *Screen) wordsIn(room []word, text string) []word {
	ws := s.norm.words(room, text)
	s.lexicon.mark(ws)
	var hide []hit
	s.masks.find(ws, func(h hit) {
		if u := s.rules[h.owner].unless; u == nil || !u.touches(ws, h, false) {
			hide = append(hide, h)
		}
	})
	for _, h := range hide {
		for i := h.start; i < h.end; i++ {
			ws[i].hidden = true
			ws[i].topic = ws[i].topic || s.rules[h.owner].topic
		}
	}
	return ws
}

// hasMarks tells whether a text has letters or signs that are rare in English.
func hasMarks(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return strings.ContainsAny(text[i:], "ñ¿¡áéíóú")
		}
	}
	return false
}

// compiled is a pattern with its guard. Its fields are those of Pattern.
type compiled struct {
	kind, name string
	key        uint64 // of the feature that it is to the model
	unless     *index
	topic      bool
	hint       bool
	always     bool
}
