package match

import "strings"

// lexicon reads texts in the words of the base: it picks the language to stem a word in and
// corrects misspellings towards words of the base. It never changes after newLexicon.
type lexicon struct {
	tongue tongue
	stems  map[string]string // the base's words as written, and their stems
	known  map[string]bool   // stems
	spell  *speller
	around courtesies
}

// newLexicon collects the words of the base. A word that stands mostly in Spanish phrasings is
// stemmed as Spanish. Misspellings are corrected to words of questions alone.
func newLexicon(entries []Entry) *lexicon {
	l := &lexicon{
		tongue: newTongue(), stems: map[string]string{}, known: map[string]bool{},
		around: newCourtesies(),
	}
	all, es, asked := map[string]int{}, map[string]int{}, map[string]int{}
	learn := func(folded string, asks bool) {
		ws, spanish := l.tongue.words(folded)
		for _, w := range ws {
			all[w]++
			if spanish {
				es[w]++
			}
			if asks {
				asked[w]++
			}
		}
	}
	for _, e := range entries {
		for _, a := range e.Asks {
			learn(l.ask(a), true)
		}
		learn(nameOf(e.ID), true)
		learn(foldAll(e.Text), false)
	}
	for w, n := range all {
		s := stem(w, 2*es[w] > n)
		l.stems[w] = s
		l.known[s] = true
	}
	l.spell = newSpeller(asked)
	return l
}

// ask folds a question and strips the courtesies around it.
func (l *lexicon) ask(text string) string { return l.around.strip(fold(text)) }

// read returns the stems of a folded text. With fix, words that the base doesn't have are corrected
// to the nearest one that it has.
func (l *lexicon) read(folded string, fix bool) []string {
	ws, spanish := l.tongue.words(folded)
	for i, w := range ws {
		ws[i] = l.stem(w, spanish, fix)
	}
	return ws
}

// stem returns the stem of a word of a text, corrected if fix says so and the base has neither the
// word nor its stem.
func (l *lexicon) stem(w string, spanish, fix bool) string {
	if s, ok := l.stems[w]; ok {
		return s
	}
	s := stem(w, spanish)
	if l.known[s] || !fix {
		return s
	}
	// In a text of both languages, or one too short to tell, the base may have the other stem.
	if other := stem(w, !spanish); l.known[other] {
		return other
	}
	if near := l.misspelt(w); near != "" {
		return l.stems[near]
	}
	return s
}

// misspelt returns the word of the base that w is a misspelling of, "" if it isn't one. Everyday
// words of either language are never taken for one.
func (l *lexicon) misspelt(w string) string {
	_, written := l.stems[w]
	if written || l.known[stem(w, false)] || l.tongue.english[w] || l.tongue.spanish[w] {
		return ""
	}
	return l.spell.correct(w)
}

// meant returns the texts to embed for an English text: as typed, without punctuation and
// courtesies, and again with its spelling corrected if that changes it. For a Spanish text it
// returns none.
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

// mark tells whether a character carries no meaning for the encoder.
func mark(r rune) bool { return strings.ContainsRune(" \n\t?!.,;:\"()", r) }
