package match

import (
	"strings"
	"unicode"
)

const (
	partsMost  = 3
	partWords  = 2  // a part is at least so many words long
	partSure   = .5 // and this sure
	partChecks = 12 // splits tried, so that a text full of "and" takes no longer than another
)

// Parts splits a text that asks two or three questions into them; one question comes back whole. A split counts only if every part
// is a question of the base by itself, each another one: "food and drink" is one question, "how much is it and where do I park" is two.
func (m *Matcher) Parts(text string) []string {
	whole := []string{text}
	if len(text) > maxText {
		return whole
	}
	weak := pieces(text, true)
	if len(weak) < 2 {
		return whole
	}
	if strong := pieces(text, false); len(strong) > 1 && m.separate(strong) {
		return strong
	}
	if m.separate(weak) {
		return weak
	}
	// One of the places only: "is it safe and does it work and hold" asks two things.
	best, sure := whole, 0.
	for i := 1; i < min(len(weak), partChecks); i++ {
		two := []string{strings.Join(weak[:i], " "), strings.Join(weak[i:], " ")}
		if s := m.sureness(two); s > sure {
			best, sure = two, s
		}
	}
	return best
}

// separate says whether the parts are questions of their own.
func (m *Matcher) separate(parts []string) bool {
	return len(parts) <= partsMost && m.sureness(parts) > 0
}

// sureness is the least confidence of any part, 0 if one of them is no question of its own.
func (m *Matcher) sureness(parts []string) float64 {
	least := 1.
	seen := map[string]bool{}
	for _, p := range parts {
		if len(strings.Fields(fold(p))) < partWords {
			return 0
		}
		r := m.byWords(p)
		if len(r.Best) == 0 || r.Best[0].Confidence < partSure || seen[r.Best[0].ID] {
			return 0
		}
		seen[r.Best[0].ID] = true
		least = min(least, r.Best[0].Confidence)
	}
	return least
}

// byWords is Match by words alone: a text has many parts to try, and to embed each would take long.
func (m *Matcher) byWords(text string) Result {
	q, _ := m.read(text)
	r, _ := m.ask(q)
	if e := m.owner(text); e != none {
		return m.told(e, r)
	}
	return r
}

// pieces cuts a text at the ends of its sentences, and if weak at "and", "also" and commas too.
func pieces(text string, weak bool) []string {
	var out []string
	var piece []string
	cut := func() {
		if len(piece) > 0 {
			out = append(out, strings.Join(piece, " "))
			piece = nil
		}
	}
	for _, w := range strings.FieldsFunc(strings.ReplaceAll(text, "\n", " \n "), func(r rune) bool { return r != '\n' && unicode.IsSpace(r) }) {
		if w == "\n" {
			cut()
			continue
		}
		if weak && joins(w) {
			cut()
			continue
		}
		piece = append(piece, w)
		if strings.ContainsAny(w[len(w)-1:], "?!.;") || weak && strings.HasSuffix(w, ",") {
			cut()
		}
	}
	cut()
	return out
}

// joins says whether a word joins two questions.
func joins(w string) bool {
	switch fold(w) {
	case "and", "n", "also", "plus", "y", "e", "tambien", "ademas":
		return true
	}
	return w == "&" || w == "+"
}
