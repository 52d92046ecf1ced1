package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words splits a text into words, in lower case and without punctuation, in the room of out. It
// counts sentences, because a guard in one sentence says nothing about the next; a new line begins
// one as well.
func (n *normaliser) words(out []word, text string) []word {
	sent := 0
	breaks := func(r rune) bool { return r == '\n' || r == '\r' }
	for line := range strings.FieldsFuncSeq(strings.ToLower(text), breaks) {
		for chunk := range strings.FieldsSeq(line) {
			sent = n.chunk(&out, chunk, sent)
		}
		sent++
	}
	return n.joinSpaced(out)
}

// chunk appends the words between two blanks, in lower case, and returns the sentence of the next
// chunk. sent is the sentence of this one. Signs within a word stay for core to judge, since k!ll
// and s*icide are words.
func (n *normaliser) chunk(out *[]word, chunk string, sent int) int {
	letters := leading(chunk)
	if letters == len(chunk) { // as most are
		n.run(out, chunk, sent)
		return sent
	}
	var room [64]byte
	core := append(room[:0], chunk[:letters]...)
	ends := false
	flush := func() {
		if len(core) > 0 {
			n.core(out, string(core), sent)
			core = core[:0]
		}
	}
	before := rune(-1)
	if letters > 0 {
		before = rune(chunk[letters-1])
	}
	for i, typed := range chunk[letters:] {
		r := n.folded(typed)
		switch {
		case r == '’' || r == '‘' || r == '`' || r == '´':
			core = append(core, '\'')
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			core = append(core, byte(r))
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || r >= 0x1F3FB && r <= 0x1F3FF:
			// accents on their own, zero-width signs, skin tones: nothing
		case n.emoji[r] != nil:
			flush()
			for _, w := range n.emoji[r] {
				*out = append(*out, word{s: w, sent: sent, drawn: true})
			}
		case r == '?' || r == '¿':
			flush()
			if len(*out) > 0 && r == '?' {
				(*out)[len(*out)-1].asks = true
				ends = true
			}
		case strings.ContainsRune("!@$*+|#.'_/:-&%", r) && inside(before, typed, chunk[letters+i:]),
			r == '\'', r == '%', r == '@', r == '*', r == '$', r == '#':
			core = append(core, byte(r))
		case r == '.' || r == '!' || r == '…' || r == ';':
			flush()
			ends = true
		case r == '&' || r == '+':
			flush()
			*out = append(*out, word{s: "and", sent: sent})
		default:
			flush()
		}
		before = typed
	}
	flush()
	if ends {
		sent++
	}
	return sent
}

// leading returns how many plain letters a text begins with.
func leading(s string) (n int) {
	for n < len(s) && s[n] >= 'a' && s[n] <= 'z' {
		n++
	}
	return n
}

// folded returns a small letter without its accent, or what it looks like.
func (n *normaliser) folded(r rune) rune {
	if r <= unicode.MaxASCII {
		return r
	}
	if f, ok := n.fold[r]; ok {
		r = f
	}
	if 0xFF01 <= r && r <= 0xFF5E { // full-width letters
		r = unicode.ToLower(r - 0xFEE0)
	}
	return r
}

// inside tells whether a sign stands between two letters or digits, or doubles the sign beside it.
// before is the character before it, -1 if none; rest begins with the sign.
func inside(before, sign rune, rest string) bool {
	_, size := utf8.DecodeRuneInString(rest)
	if before < 0 || size == len(rest) {
		return false
	}
	after, _ := utf8.DecodeRuneInString(rest[size:])
	solid := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '*' }
	return (solid(before) || sign == before) && (solid(after) || after == sign)
}
