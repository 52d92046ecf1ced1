package screen

import "strings"

// word is a word of a text after normalisation: small letters without accents.
type word struct {
	s    string
	lex  *lexeme // nil if no rule names it
	at   int     // its place among the words of the text, once a sight has read them
	sent int     // the sentence it stands in
	num  float64 // its value, when isNum
	// isNum marks a number: phrases compare it, the classifier sees its size.
	isNum bool
	// lone is the letter that stood alone, before u became you.
	lone byte
	// drawn words stand for an emoji, which has no language.
	drawn bool
	// hidden words belong to an idiom and raise nothing.
	hidden bool
	// topic: hidden because danger is only the subject of a question.
	topic bool
	// asks: a question mark stands behind the word.
	asks bool
	root // see featurer.root
}

// joined returns the words with blanks between, as whole texts are compared.
func joined(ws []word) string {
	size := len(ws)
	for i := range ws {
		size += len(ws[i].s)
	}
	var b strings.Builder
	b.Grow(size)
	for i := range ws {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(ws[i].s)
	}
	return b.String()
}

// asks tells whether a text has a question mark behind a word.
func asks(ws []word) bool {
	for i := range ws {
		if ws[i].asks {
			return true
		}
	}
	return false
}

// clauses cuts a text at its sentences and at every "but", leaving out parts of fewer words than
// shortest. It returns nil if there is only one, and twelve at most, so that no text takes long.
func clauses(ws []word, shortest int) [][]word {
	var out [][]word
	start := 0
	for i := 1; i <= len(ws); i++ {
		if i < len(ws) && ws[i].sent == ws[i-1].sent && ws[i].s != "but" && ws[i].s != "pero" {
			continue
		}
		if start == 0 && i == len(ws) {
			return nil
		}
		if i-start >= shortest && len(out) < 12 {
			out = append(out, ws[start:i])
		}
		start = i
	}
	return out
}
