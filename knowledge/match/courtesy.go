package match

import (
	_ "embed"
	"strings"
)

// courtesyText lists what people put around a question: greetings, thanks, "sorry to bother you".
//
//go:embed courtesy.txt
var courtesyText string

// courtesyLongest is the number of words of the longest courtesy. A longer line in courtesy.txt
// would never be found.
const courtesyLongest = 5

// courtesies is the set of lines of courtesyText, folded. Blank lines and those that begin with #
// are left out.
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

// strip removes courtesies from both ends of a folded text, as often as there are any. A text that
// is nothing else is returned unchanged, since a base may have an entry for greetings.
func (c courtesies) strip(folded string) string {
	all := strings.Fields(folded)
	ws := all
	// Until a round takes nothing off.
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

// begin returns how many words at the start are a courtesy.
func (c courtesies) begin(ws []string) int {
	for n := min(courtesyLongest, len(ws)); n > 0; n-- {
		if c[strings.Join(ws[:n], " ")] {
			return n
		}
	}
	return 0
}

// end returns how many words at the end are a courtesy.
func (c courtesies) end(ws []string) int {
	for n := min(courtesyLongest, len(ws)); n > 0; n-- {
		if c[strings.Join(ws[len(ws)-n:], " ")] {
			return n
		}
	}
	return 0
}
