package match

import (
	_ "embed"
	"strings"
)

// courtesyText is what people say around a question that isn't part of it: greetings, thanks, "sorry to bother you".
//
//go:embed courtesy.txt
var courtesyText string

// courtesyLongest is how many words the longest of them has.
const courtesyLongest = 5

// courtesies are the lines of courtesyText, folded.
type courtesies map[string]bool

func newCourtesies() courtesies {
	c := courtesies{}
	for l := range strings.Lines(courtesyText) {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			c[fold(l)] = true
		}
	}
	return c
}

// strip takes what is said around a question off a folded text; a text that is nothing else stays as it is.
func (c courtesies) strip(folded string) string {
	all := strings.Fields(folded)
	ws := all
	for left := len(ws) + 1; len(ws) < left; {
		left = len(ws)
		ws = ws[c.begin(ws):]
		ws = ws[:len(ws)-c.end(ws)]
	}
	if len(ws) == 0 || len(ws) == len(all) {
		return folded
	}
	return strings.Join(ws, " ")
}

// begin is how many words at the beginning are a courtesy, and end how many at the end.
func (c courtesies) begin(ws []string) int {
	for n := min(courtesyLongest, len(ws)); n > 0; n-- {
		if c[strings.Join(ws[:n], " ")] {
			return n
		}
	}
	return 0
}

func (c courtesies) end(ws []string) int {
	for n := min(courtesyLongest, len(ws)); n > 0; n-- {
		if c[strings.Join(ws[len(ws)-n:], " ")] {
			return n
		}
	}
	return 0
}
