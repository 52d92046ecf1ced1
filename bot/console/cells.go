package console

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Clean returns a text that can't steer a terminal: without control characters, but for line
// breaks, and without those that turn the direction of what follows. Somebody's text or name may
// hold any.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r != '\n' && unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// Cells returns how many cells a text takes: none for what joins the character before it, two for
// what is wide in East Asia, as most emoji are.
func Cells(text string) (n int) {
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

// Wrap cuts a text into lines of at most so many cells, between words; a word that is longer is cut
// where the line ends. Its line breaks stay, and spaces within a line: what is in columns stays in
// them. With no cells, only its own line breaks count.
func Wrap(text string, cells int) (lines []string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = strings.TrimRight(line, " ")
		for cells > 0 && Cells(line) > cells {
			cut := fits(line, cells)
			if cut == len(line) { // a single character that is too wide
				break
			}
			at := strings.LastIndexByte(line[:min(cut+1, len(line))], ' ')
			if at > 0 && strings.Trim(line[:at], " ") != "" {
				cut = at
			}
			lines = append(lines, strings.TrimRight(line[:cut], " "))
			line = strings.TrimLeft(line[cut:], " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// fits returns how many bytes of a line, which is longer, take that many cells: one character at
// least.
func fits(line string, cells int) int {
	n := 0
	for i, r := range line {
		if n += Cells(string(r)); n > cells && i > 0 {
			return i
		}
	}
	return len(line)
}
