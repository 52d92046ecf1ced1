package screen

import "fmt"

// index finds phrases by their first word: by the word itself, by the first three letters of a
// prefix, or as one that begins with a number. A text is matched against the few phrases that can
// begin at each word instead of all of them.
type index struct {
	lex      lexicon
	phrases  []phrase
	byWord   map[*lexeme][]opening
	bits     uint64 // of the first words
	byPrefix map[string][]opening
	numbers  []opening
}

// opening is a phrase that may begin at a word. second holds the bits of its second words, 0 if
// anything may follow: a look at the next word spares most phrases the trial.
type opening struct {
	phrase int
	second uint64
}

func newIndex(lex lexicon) *index {
	return &index{lex: lex, byWord: map[*lexeme][]opening{}, byPrefix: map[string][]opening{}}
}

// addAll compiles phrases into an index under one owner, and adds their words to the vocabulary,
// from which the normaliser corrects spelling. id names the pattern in a fault.
func addAll(x *index, phrases []string, owner int, lists map[string][]string, vocab map[string]bool,
	id string,
) (faults []error) {
	for _, text := range phrases {
		p, err := parse(text, lists, x.lex)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", id, err))
			continue
		}
		p.owner = owner
		x.add(p)
		for _, e := range p.elems {
			for _, w := range e.words {
				vocab[w.s] = true
			}
		}
	}
	return faults
}

func (x *index) add(p phrase) {
	n := opening{phrase: len(x.phrases), second: p.second()}
	x.phrases = append(x.phrases, p)
	e := p.first()
	if e.number {
		x.numbers = append(x.numbers, n)
	}
	x.bits |= e.bits
	for _, w := range e.words {
		x.byWord[w] = append(x.byWord[w], n)
	}
	for _, pre := range e.prefixes {
		x.byPrefix[pre[:3]] = append(x.byPrefix[pre[:3]], n)
	}
}

// hit is a phrase found in words[start:end]; owner is the number it was added under.
type hit struct{ owner, start, end int }

// find calls found for every phrase in the words, in the order of the text. A phrase never begins
// at a hidden word.
func (x *index) find(ws []word, found func(hit)) {
	if len(x.phrases) == 0 {
		return
	}
	for i := range ws {
		w := &ws[i]
		if w.hidden {
			continue
		}
		if w.lex != nil && x.bits&w.lex.bit != 0 {
			x.try(x.byWord[w.lex], ws, i, found)
		}
		if len(x.byPrefix) > 0 && len(w.s) >= 3 {
			x.try(x.byPrefix[w.s[:3]], ws, i, found)
		}
		if w.isNum {
			x.try(x.numbers, ws, i, found)
		}
	}
}

// try calls found for each of the phrases that begins at ws[i].
func (x *index) try(openings []opening, ws []word, i int, found func(hit)) {
	next := uint64(0)
	if i+1 < len(ws) && ws[i+1].lex != nil {
		next = ws[i+1].lex.bit
	}
	for _, o := range openings {
		if o.second != 0 && o.second&next == 0 {
			continue
		}
		if end := x.phrases[o.phrase].at(ws, i); end >= 0 {
			found(hit{x.phrases[o.phrase].owner, i, end})
		}
	}
}

// touches tells whether one of the phrases, used as a guard, occurs in a sentence of the hit, or
// with anywhere in the whole text. Words that are hidden by then are no part of a guard.
func (x *index) touches(ws []word, h hit, anywhere bool) bool {
	first, last := ws[h.start].sent, ws[h.end-1].sent
	from, to := h.start, h.end
	if anywhere {
		from, to = 0, len(ws)
	}
	for from > 0 && ws[from-1].sent >= first {
		from--
	}
	for to < len(ws) && ws[to].sent <= last {
		to++
	}
	yes := false
	x.find(ws, func(g hit) { yes = yes || g.start >= from && g.end <= to })
	return yes
}

// low tells whether a kind says what the writer wants, rather than that somebody is in need.
func low(kind string) bool {
	return kind != "other" && kind != "crisis" && kind != "emergency" && kind != "clinical" &&
		kind != "optout"
}
