package screen

import (
	"strings"
	"sync/atomic"
)

// lexeme is a word that the rules name. Phrases compare lexemes instead of letters.
type lexeme struct {
	s     string
	bit   uint64   // one of 64: a set of words that lacks it lacks the word
	self  []string // itself alone
	said  []string // what it is slang for
	plain bool     // a known word of letters alone, which means itself
	// roots are the word's roots in English and in Spanish, found when first asked for. Goroutines
	// that ask at once find the same.
	roots [2]atomic.Pointer[root]
}

// root is a word without its ending, and the group that it belongs to, or its stem if none.
type root struct{ stem, mean string }

// lexicon holds the lexemes by word. It is complete when New returns; only roots are filled in
// later.
type lexicon map[string]*lexeme

// of returns the lexeme of a word, a new one if the word is new.
func (l lexicon) of(w string) *lexeme {
	x := l[w]
	if x == nil {
		x = &lexeme{s: w, self: []string{w}, bit: 1 << (len(l) % 64)}
		l[w] = x
	}
	return x
}

// know adds what the normaliser knows of words.
func (l lexicon) know(n *normaliser) {
	for w := range n.vocab {
		letters := strings.IndexFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
		l.of(w).plain = letters
	}
	l.of("i") // a piece of glued words, whether a rule names it or not
	for w, said := range n.speak {
		l.of(w).said = said
	}
}

// mark fills in the lexemes of words that have one.
func (l lexicon) mark(ws []word) {
	for i := range ws {
		if ws[i].lex == nil {
			ws[i].lex = l[ws[i].s]
		}
	}
}
