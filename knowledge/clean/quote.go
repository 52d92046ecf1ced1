package clean

import (
	"strings"
)

// quote tells whether a token is a quotation mark.
func quote(t token) bool {
	return t.class == mark && strings.Contains("\"“”„‟«»‹›'‘’", t.s)
}

// closing returns the place of the mark that closes the quotation opened at toks[i], -1 if none
// does. It skips quotations within: a mark before a word opens another. If the inner ones aren't
// closed, the last closing mark of all ends the quotation, so that none of its words are left over
// as the patient's.
func closing(toks []token, i int) int {
	kind := closers(toks[i].s)
	last, depth := -1, 0
	for j := i + 1; j < len(toks); j++ {
		t := toks[j]
		if t.class != mark {
			continue
		}
		// The same mark before a word opens a quotation within.
		if t.s == toks[i].s && opener(toks, j) && j > i+1 {
			depth++
			continue
		}
		if !strings.Contains(kind, t.s) || t.s == "'" && glued(toks, j+1) {
			continue
		}
		if depth == 0 {
			return j
		}
		depth--
		last = j
	}
	if last < 0 && toks[i].s == "\"" { // phones mix them
		for j := i + 1; j < len(toks); j++ {
			if toks[j].s == "”" || toks[j].s == "“" {
				return j
			}
		}
	}
	return last
}

// closers returns the marks that close what a mark opens. Phones pair them wrongly, so more than
// one will do.
func closers(open string) string {
	switch open {
	case "“", "„", "”", "‟":
		return "”“"
	case "«", "‹":
		return "»›"
	case "\"":
		return "\""
	}
	return "'’‘"
}

// opener tells whether a quotation mark opens: a blank before it, a word right after.
func opener(toks []token, j int) bool {
	return (toks[j].gap || toks[j].line) && glued(toks, j+1)
}

// glued tells whether toks[j] is a word attached to what precedes it.
func glued(toks []token, j int) bool {
	return j < len(toks) && !toks[j].gap && toks[j].class != mark
}
