package clean

import (
	"strings"
	"unicode/utf8"
)

// sentText is a text that we sent. Its tokens are made when first needed: most texts share too few
// words with it for that, which printed.share tells without lexing.
type sentText struct {
	text     string
	toks, ws []token
}

func (o *sentText) tokens() []token {
	if o.toks == nil {
		body, _ := cut(o.text)
		o.toks = lex(body)
	}
	return o.toks
}

// words returns the tokens without the signs.
func (o *sentText) words() []token {
	if o.ws == nil {
		o.ws = words(o.tokens())
	}
	return o.ws
}

const (
	// mostSent bounds how many texts of ours are looked at, the newest first.
	mostSent = 12
	// A sentence of ours counts as pasted back from so many words and letters on. People write
	// shorter ones themselves: "having chest pain" must stay theirs although we ask it.
	sentenceWords, sentenceLetters = 5, 18
	// A part of a sentence, whose ends may be anywhere, counts from so many on.
	partWords, partLetters = 10, 40
	// Between quotation marks so many words are enough. printed.share relies on its being the least
	// of all: a text that shares fewer in a row has no echo, unless it is that short itself.
	markedWords = 4
)

// latest returns the texts that are looked at.
func latest(sent []string) []sentText {
	out := make([]sentText, min(len(sent), mostSent))
	for i := range out {
		out[i].text = sent[i]
	}
	return out
}

// echoes returns the parts of a text that are ours: a text as it was sent, whole sentences of one,
// or long parts. toks are all tokens of the text, ws the words among them; the words are compared
// without signs, because phones straighten quotation marks and drop line breaks.
func echoes(toks, ws []token, ours []sentText) (out []span) {
	if len(ours) == 0 {
		return nil
	}
	seen := prints(ws)
	for k := range ours {
		if !seen.share(ours[k].text) {
			continue
		}
		out = append(out, copies(toks, ours[k].tokens())...)
		o := ours[k].words()
		for i := 0; i < len(ws); i++ {
			// Of all runs of ours that begin here the longest is taken.
			best := 0
			for j := range o {
				if ws[i].s != o[j].s || i > 0 && j > 0 && ws[i-1].s == o[j-1].s {
					continue // the run has been seen from its beginning
				}
				if n := run(ws[i:], o[j:]); n > best && pasted(toks, ws[i:], o, j, n) {
					best = n
				}
			}
			if best > 0 {
				out = append(out, fringe(toks, int(ws[i].at), int(ws[i+best-1].at+1)))
				i += best - 1
			}
		}
	}
	return out
}

// printed holds rough fingerprints of a text's words. They save lexing and comparing texts that
// have little in common. Two words may share one: that costs a comparison for nothing, but never
// misses an echo.
type printed struct {
	of    [1024]bool
	words int
}

func prints(ws []token) (p printed) {
	p.words = len(ws)
	for i := range ws {
		s := ws[i].s
		p.of[print(s[0], s[len(s)-1], len(s))] = true
	}
	return p
}

// print is the fingerprint of a word: its ends and its length, which need no walk along it.
func print(first, last byte, size int) uint32 {
	return (uint32(first)*31 + uint32(last)*7 + uint32(size)*131) % 1024
}

// share tells whether a text may have enough words in a row in common with the printed one for a
// part of it to stand there. It walks the bytes as lex would cut them, without allocating. A word
// with letters beyond ASCII, or of letters and digits, may be any: folding it would cost what this
// is there to save, and it may be a picture. A text that surely has more words than a printed one of
// few can't be a part of it.
func (p *printed) share(s string) bool {
	s = s[:min(len(s), 4*Most)]
	run, count, sure, size := 0, 0, 0, 0
	first, last := byte(0), byte(0)
	wide := false
	for i := 0; i <= len(s); i++ {
		c := byte(' ')
		if i < len(s) {
			c = s[i]
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		digit := '0' <= c && c <= '9'
		if 'a' <= c && c <= 'z' || digit || c >= utf8.RuneSelf {
			// lex would begin a new token here.
			if size == 0 {
				first = c
			} else if !wide && digit != ('0' <= last && last <= '9') { // 2pm is two
				wide = true
			}
			size++
			last, wide = c, wide || c >= utf8.RuneSelf
			continue
		}
		// No word has ended, or lex would read on past the apostrophe.
		if size == 0 || c == '\'' || c == '`' {
			continue
		}
		count++
		// A word that the printed text doesn't have ends the run.
		if run++; !wide && !p.of[print(first, last, size)] {
			run = 0
		}
		if !wide {
			sure++
		}
		switch {
		case sure >= markedWords && p.words < markedWords:
			return false
		case run >= markedWords:
			return true
		}
		size, wide = 0, false
	}
	return count < markedWords && run == count && count > 0
}

// copies returns the places where a text of ours stands sign by sign, alone on its lines or between
// quotation marks. That is proof enough for a text of two words, which echoes would leave.
func copies(toks, o []token) (out []span) {
	if len(words(o)) < 2 { // a word alone is the patient's
		return nil
	}
	for i := 0; i+len(o) <= len(toks); i++ {
		if toks[i].s != o[0].s || i > 0 && !toks[i].line && !quote(toks[i-1]) &&
			toks[i-1].s != ">" {
			continue
		}
		end := i + len(o)
		if end < len(toks) && !toks[end].line && !quote(toks[end]) || !same(toks[i:end], o) {
			continue
		}
		out = append(out, fringe(toks, i, end))
		i = end - 1
	}
	return out
}

func same(a, b []token) bool {
	for i := range b {
		if a[i].s != b[i].s {
			return false
		}
	}
	return true
}

// run returns how many words two texts have in common from the start. The last word of a may be cut
// off at an ellipsis: phones shorten what they quote in the middle of a word.
func run(a, b []token) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].s == b[n].s {
		n++
	}
	if n > 0 && n < len(a) && n < len(b) && strings.HasPrefix(b[n].s, a[n].s) && n+1 == len(a) {
		n++
	}
	return n
}

// pasted tells whether n words, ours from o[j] on, are too many to be the patient's own:
// markedWords within quotation marks, partWords anywhere, or a whole sentence of ours.
func pasted(toks, ws, o []token, j, n int) bool {
	if n >= markedWords && between(toks, int(ws[0].at), int(ws[n-1].at)) {
		return true
	}
	if count, size := weight(ws[:n]); count >= partWords && size >= partLetters {
		return true
	}
	// A sentence counts only if all of it stands in the run.
	for from := j; from < j+n; from++ {
		if !o[from].opens {
			continue
		}
		to := from + 1
		for to < len(o) && !o[to].opens {
			to++
		}
		if count, size := weight(o[from:to]); to <= j+n && to-from >= sentenceWords &&
			count >= sentenceWords-1 && size >= sentenceLetters {
			return true
		}
	}
	return false
}

// between tells whether quotation marks, or the sign of a quoted line, surround tokens.
func between(toks []token, from, to int) bool {
	if from == 0 || !quote(toks[from-1]) && toks[from-1].s != ">" {
		return false
	}
	for to++; to < len(toks) && toks[to].class == mark; to++ {
		if quote(toks[to]) || toks[to].line {
			return true
		}
	}
	return to == len(toks) || toks[to].line
}

// weight counts the words made of letters, and their bytes. Numbers don't count, since a date or a
// phone is the same whoever writes it.
func weight(ws []token) (count, size int) {
	for _, t := range ws {
		if t.class == letters {
			count++
			size += len(t.s)
		}
	}
	return count, size
}

// fringe returns the span of tokens with the signs attached to it: quotation marks, full stops, a
// >.
func fringe(toks []token, from, to int) span {
	for from > 0 && toks[from-1].class == mark && !picture(toks[from-1]) && (!toks[from].gap ||
		toks[from-1].s == ">") {
		from--
	}
	for to < len(toks) && !toks[to].gap && toks[to].class == mark && !picture(toks[to]) {
		to++
	}
	return span{toks[from].start, toks[to-1].end}
}
