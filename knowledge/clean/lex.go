package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// class says what a token is made of. sort numbers two more from where these end.
type class uint8

const (
	letters class = iota
	digits
	mark // one sign: punctuation, a picture
)

// token is a word, a run of digits or a sign of a text. Letters and digits never share a token:
// "215pm" is two, the second without a gap. Offsets are in bytes.
type token struct {
	s          string // folded: small letters, no accents, no apostrophes
	start, end int32  // in the source
	from, to   int32  // in the folded text
	at         int32  // its place among all tokens
	class      class
	gap        bool // a blank stands before it
	line       bool // a new line begins with it
	opens      bool // a sentence begins with it: the text, a line, what follows a full stop
	marked     bool // a sign stands right before it
	capital    bool // a capital and then small letters, or one capital
	upper      bool // capitals only, two at least
	bent       bool // an apostrophe was taken out
}

// lex cuts a text into tokens. Invisible characters are dropped; one within a word belongs to the
// word's span, so that removing the word removes it too. An apostrophe within a word vanishes:
// "can't" and "cant" are one word.
func lex(src string) []token {
	out := make([]token, 0, len(src)/4+2)
	folded := make([]byte, 0, len(src)+8)
	gap, line, open := false, true, false
	for i, w := 0, 0; i < len(src); i += w {
		var r rune
		r, w = rune(src[i]), 1
		if r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(src[i:])
		}
		f, kind := sort(r)
		switch {
		case kind == blank:
			gap, open = true, false
			line = line || r == '\n' || r == '\r' || r == '\u2028'
			continue
		// The characters of a joined emoji and marks of direction come here.
		case kind == unseen:
			if open {
				out[len(out)-1].end = int32(i + w)
			}
			continue
		case isApostrophe(r) && open && out[len(out)-1].class == letters && letterAt(src[i+w:]):
			out[len(out)-1].bent = true
			continue
		}
		c := class(kind)
		if !open || c == mark || out[len(out)-1].class != c {
			t := token{
				start: int32(i), from: int32(len(folded)), class: c, gap: gap,
				line: line, at: int32(len(out)),
			}
			t.capital = c == letters && unicode.IsUpper(r)
			// A sentence begins with the text, with a line, and behind what ends one.
			t.opens = line || len(out) > 0 && ends(folded[out[len(out)-1].from:])
			t.marked = len(out) > 0 && out[len(out)-1].class == mark
			out = append(out, t)
		} else {
			cased(&out[len(out)-1], r, f)
		}
		folded = utf8.AppendRune(folded, f)
		t := &out[len(out)-1]
		t.to, t.end = int32(len(folded)), int32(i+w)
		gap, line, open = false, false, c != mark
	}
	// One string that all tokens share, instead of an allocation each.
	all := string(folded)
	for i := range out {
		out[i].s = all[out[i].from:out[i].to]
	}
	return out
}

// cased records whether a further letter is a capital. A token is capital as "Ana", upper as "ANA",
// and neither as "iPhone" or "McCoy".
func cased(t *token, r, f rune) {
	big := unicode.IsUpper(r)
	if !t.capital && !t.upper {
		return
	}
	second := t.to-t.from == 1
	t.upper = big && (second || t.upper)
	t.capital = !big && !t.upper && t.capital
	if second && big {
		t.capital = false
	}
}

// ends tells whether a sign ends a sentence, or begins one. A colon does: what follows "Reply:" may
// be a reaction or a quotation of its own.
func ends(s []byte) bool {
	switch string(s) {
	case ".", "!", "?", "…", ";", ":", "¡", "¿", ">", ")":
		return true
	}
	return false
}

// The classes of characters that make no token.
const (
	blank  = uint8(mark) + 1
	unseen = uint8(mark) + 2
)

// sort folds a character and classifies it. Everything that isn't a letter, an ASCII digit or a
// blank is a mark of its own, an emoji too.
func sort(r rune) (rune, uint8) {
	switch {
	case 'a' <= r && r <= 'z':
		return r, uint8(letters)
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A', uint8(letters)
	case '0' <= r && r <= '9':
		return r, uint8(digits)
	case r == ' ' || '\t' <= r && r <= '\r':
		return r, blank
	case r < ' ' || r == 0x7f:
		return r, unseen
	case r < utf8.RuneSelf:
		return r, uint8(mark)
	case unicode.IsSpace(r) || r == '\u2800':
		return r, blank
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || 0x1F3FB <= r && r <= 0x1F3FF:
		return r, unseen // accents of their own, signs of no width, skin tones
	case 0xFF01 <= r && r <= 0xFF5E: // letters of full width
		return sort(r - 0xFEE0)
	}
	r = plain(unicode.ToLower(r))
	if unicode.IsLetter(r) {
		return r, uint8(letters)
	}
	return r, uint8(mark)
}

// accented are letters and their plain forms, in pairs: a letter of several bytes, then one byte.
// plain relies on that.
const accented = "áaàaâaäaãaåaéeèeêeëeíiìiîiïióoòoôoöoõoúuùuûuüuñnçc–-—-−-‐-‑-"

// plain removes the accent of a small letter and turns every dash into a hyphen.
func plain(r rune) rune {
	if i := strings.IndexRune(accented, r); i >= 0 {
		if p := accented[i+utf8.RuneLen(r)]; p < utf8.RuneSelf {
			return rune(p)
		}
	}
	return r
}

func isApostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == '‘' || r == '`' || r == '´'
}

// letterAt tells whether a text begins with a letter.
func letterAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	_, kind := sort(r)
	return kind == uint8(letters)
}

// words returns the tokens without the signs.
func words(toks []token) []token {
	out := make([]token, 0, len(toks))
	for i := range toks {
		if toks[i].class != mark {
			out = append(out, toks[i])
		}
	}
	return out
}
