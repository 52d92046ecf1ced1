package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A phrase is what a reviewer reads in the files:
//
//	want|wish to die     one of several words
//	kill*                any word that begins so
//	[really]             may be missing
//	...                  up to three words in between
//	_                    any one word
//	<pills>              one word of a list in words.yaml
//	# #180+ #60-         a number, at least 180, at most 60
//	^ $                  the text begins, the text ends
//	.                    a sentence may end here
//
// A phrase never reaches over the end of a sentence unless . says so.
type phrase struct {
	elems []elem
	owner int // the pattern, or the mask, it belongs to
}

type elemKind int

const (
	elemWord elemKind = iota
	elemGap
	elemAny
	elemStart
	elemEnd
	elemBreak
)

// elem is one place of a phrase. words and prefixes are alternatives; gap is how many words an
// elemGap may skip.
type elem struct {
	kind     elemKind
	words    []*lexeme        // by the alphabet
	many     map[*lexeme]bool // words, if there are so many that hashing beats comparing them
	bits     uint64           // of the words
	prefixes []string
	gap      int
	optional bool
	number   bool // a number from min to max will do as well
	min, max float64
	// orEnd: the end of a sentence will do in place of a word ("anymore|$").
	orEnd bool
}

// matches tells whether the element accepts a word: any word, a number within its bounds, one of
// its words, or one that begins with a prefix.
func (e *elem) matches(w *word) bool {
	if e.kind == elemAny || e.number && w.isNum && w.num >= e.min && w.num <= e.max {
		return true
	}
	if w.lex != nil && e.bits&w.lex.bit != 0 && (e.many != nil && e.many[w.lex] ||
		e.many == nil && slices.Contains(e.words, w.lex)) {
		return true
	}
	for _, p := range e.prefixes {
		if strings.HasPrefix(w.s, p) {
			return true
		}
	}
	return false
}

// parse compiles a phrase; lists are those of words.yaml. It must begin with a word that is
// required, because the index finds it by that.
func parse(s string, lists map[string][]string, lex lexicon) (phrase, error) {
	var p phrase
	for _, f := range strings.Fields(s) {
		e, err := parseElem(strings.Trim(f, "[]"), lists, lex)
		if err != nil {
			return p, fmt.Errorf("phrase %q: %w", s, err)
		}
		e.optional = strings.HasPrefix(f, "[") && strings.HasSuffix(f, "]")
		p.elems = append(p.elems, e)
	}
	if e := p.first(); e == nil || e.kind != elemWord || e.optional {
		return p, fmt.Errorf("phrase %q must begin with a word or a number", s)
	}
	return p, nil
}

// first returns the element that the index files the phrase under: the first that isn't "^"; nil if
// there is none.
func (p *phrase) first() *elem {
	for i := range p.elems {
		if p.elems[i].kind != elemStart {
			return &p.elems[i]
		}
	}
	return nil
}

// second returns the bits of the words one of which must follow the first, 0 if another word, a
// number or nothing may.
func (p *phrase) second() uint64 {
	at := slices.IndexFunc(p.elems, func(e elem) bool { return e.kind != elemStart }) + 1
	if at == len(p.elems) {
		return 0
	}
	if e := &p.elems[at]; e.kind == elemWord && !e.optional && !e.number && !e.orEnd &&
		len(e.prefixes) == 0 {
		return e.bits
	}
	return 0
}

// parseElem compiles one place, without the brackets of an optional one. A prefix has three letters
// at least: the index files it under them, and a shorter one would match by accident.
func parseElem(f string, lists map[string][]string, lex lexicon) (elem, error) {
	switch {
	case f == "^":
		return elem{kind: elemStart}, nil
	case f == "$":
		return elem{kind: elemEnd}, nil
	case f == ".":
		return elem{kind: elemBreak}, nil
	case f == "_":
		return elem{kind: elemAny}, nil
	case f == "...":
		return elem{kind: elemGap, gap: 3}, nil
	}
	e := elem{kind: elemWord}
	words := map[string]bool{}
	for _, a := range strings.Split(f, "|") {
		if a == "$" {
			e.orEnd = true
			continue
		}
		if strings.HasPrefix(a, "#") {
			if err := e.setNumber(a[1:]); err != nil {
				return e, err
			}
			continue
		}
		set := []string{a}
		if strings.HasPrefix(a, "<") {
			l, ok := lists[strings.Trim(a, "<>")]
			if !ok {
				return e, fmt.Errorf("no list is called %s", a)
			}
			set = l
		}
		for _, w := range set {
			switch {
			case w == "" || strings.ContainsAny(w, "[]<>'. "):
				return e, fmt.Errorf("%q is no word", w)
			case strings.HasSuffix(w, "*"):
				e.prefixes = append(e.prefixes, w[:len(w)-1])
			default:
				words[w] = true
			}
		}
	}
	e.setWords(words, lex)
	for _, p := range e.prefixes {
		if len(p) < 3 {
			return e, fmt.Errorf("%s* is too short to be meant", p)
		}
	}
	return e, nil
}

// setWords fills in the words and what finds them.
func (e *elem) setWords(words map[string]bool, lex lexicon) {
	for _, w := range sortedKeys(words) {
		x := lex.of(w)
		e.words, e.bits = append(e.words, x), e.bits|x.bit
	}
	if len(e.words) > fewWords {
		e.many = map[*lexeme]bool{}
		for _, w := range e.words {
			e.many[w] = true
		}
	}
}

// fewWords is up to how many words of an element are compared one by one.
const fewWords = 6

// setNumber reads what follows a #: nothing, 180+ or 60-.
func (e *elem) setNumber(f string) error {
	e.number, e.min, e.max = true, 0, 1e12
	if f == "" {
		return nil
	}
	v, err := strconv.ParseFloat(f[:len(f)-1], 64)
	switch {
	case err != nil:
		return fmt.Errorf("#%s is no number", f)
	case strings.HasSuffix(f, "+"):
		e.min = v
	case strings.HasSuffix(f, "-"):
		e.max = v
	default:
		return fmt.Errorf("#%s must end with + or -", f)
	}
	return nil
}

// at returns where the phrase ends, exclusive, if it begins at words[i], or -1.
func (p *phrase) at(ws []word, i int) int { return step(p.elems, ws, i, i, false) }

// step matches the elements from words[i] on. first is where the phrase began; over says that a "."
// allows the next word to stand in another sentence. It tries gaps from short to long and optional
// words before their absence. A hidden word matches nothing, and no gap reaches over one.
func step(es []elem, ws []word, first, i int, over bool) int {
	for k := range es {
		e := &es[k]
		switch e.kind {
		case elemStart:
			if i != 0 {
				return -1
			}
			continue
		case elemEnd:
			if i != len(ws) {
				return -1
			}
			continue
		case elemBreak:
			over = true
			continue
		case elemGap:
			for g := 0; g <= e.gap && i+g <= len(ws); g++ {
				if g > 0 && (ws[i+g-1].hidden ||
					i+g-1 > first && !over && ws[i+g-1].sent != ws[i-1].sent) {
					return -1
				}
				if end := step(es[k+1:], ws, first, i+g, over); end >= 0 {
					return end
				}
			}
			return -1
		}
		if e.optional {
			if i < len(ws) && !ws[i].hidden && e.matches(&ws[i]) &&
				(i == first || over || ws[i].sent == ws[i-1].sent) {
				if end := step(es[k+1:], ws, first, i+1, false); end >= 0 {
					return end
				}
			}
			continue
		}
		if e.orEnd && i > first && (i >= len(ws) || ws[i].sent != ws[i-1].sent) {
			continue
		}
		if i >= len(ws) || ws[i].hidden || !e.matches(&ws[i]) {
			return -1
		}
		if i > first && !over && ws[i].sent != ws[i-1].sent {
			return -1
		}
		over = false
		i++
	}
	return i
}
