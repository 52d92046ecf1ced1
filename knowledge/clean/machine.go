package clean

import (
	"slices"
	"strings"
)

// machine knows what phones, carriers and shops write. A text is a machine's in one of four ways:
// it is a fixed text, it is stock sentences from end to end, it bears the marks of a notice, or it
// calls itself automatic. All four read the whole text; none looks for a phrase somewhere in it.
type machine struct {
	exact map[string]bool // as it stands
	forms *index          // owner: stock, more or auto
	marks *index          // owner: the notice
	form  []bool          // by notice
	veto  map[string]bool // words of people and of danger
	grave map[string]bool // those of danger
}

// The lists that a text of a phone is made of.
const (
	stock = iota // enough alone
	more         // beside stock or auto
	auto         // before the rest
)

// fewest is the fewest words of a notice. Shorter ones are left to a reader of words: five words of
// a patient can bear two marks by chance.
const fewest = 6

func newMachine(b *builder, f file) *machine {
	m := &machine{
		exact: map[string]bool{},
		forms: b.index("stock, more, auto", f.Stock, f.More, f.Auto),
		veto:  b.set("person, danger", f.Person, f.Danger),
		grave: b.set("danger", f.Danger),
	}
	for _, s := range f.Exact.both(b, "exact") {
		m.exact[straight(s)] = true
	}
	var lists []Words
	for _, n := range f.Notices {
		lists, m.form = append(lists, n.Words), append(m.form, n.Form)
	}
	m.marks = b.index("notices", lists...)
	return m
}

// straight straightens the apostrophes that phones curl. Fixed texts are compared without lexing,
// so this is all the folding they get.
func straight(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "’", "'"), "‘", "'")
}

// wrote tells whether a machine wrote the whole text.
func (m *machine) wrote(body string, toks, ws []token) bool {
	// A fixed text, to the letter: people write such words as well, but not in that form.
	if len(body) < 80 && m.exact[straight(body)] {
		return true
	}
	return m.stock(toks, ws) || m.notice(toks, ws) || m.labelled(toks, ws)
}

// labelled tells whether the text calls itself automatic, before a colon or in brackets at its end,
// whatever wording its owner chose. A word of danger rules it out: the rest of such a text may be
// anything, so it isn't read by its label alone.
func (m *machine) labelled(toks, ws []token) bool {
	if len(ws) < fewest || !m.hasLabel(toks, ws) {
		return false
	}
	for i := range ws {
		if m.grave[ws[i].s] {
			return false
		}
	}
	return true
}

// hasLabel tells whether a label stands before a colon or in brackets at the end. The signs are
// looked for first, since few texts have them.
func (m *machine) hasLabel(toks, ws []token) bool {
	label := func(i int) (end int) {
		m.forms.each(ws, i, func(to, owner int) {
			if owner == auto {
				end = max(end, to)
			}
		})
		return end
	}
	sign := func(t token) bool { return t.class == mark && strings.Contains(":])", t.s) }
	if slices.ContainsFunc(toks, sign) {
		if end := label(0); end > 0 && end < len(ws) && sign(toks[ws[end-1].at+1]) {
			return true
		}
	}
	// A label at the end has four words at most.
	for i := max(1, len(ws)-4); i < len(ws); i++ {
		if toks[ws[i].at-1].s == "(" && label(i) == len(ws) {
			return true
		}
	}
	return false
}

// stock tells whether the text is made of nothing but stock sentences of phones. Each word must
// belong to one, so that no word of a person can hide among them. It is a search for a path from
// the first word to the last: reach says for each place how it was come to, automatic whether a
// phrase like "auto reply" lies on the way. A path of "more" sentences alone ("I'll call you
// later") isn't enough, because people text those themselves.
func (m *machine) stock(toks, ws []token) bool {
	const most = 120 // words
	if len(ws) == 0 || len(ws) > most {
		return false
	}
	// A picture that no phone writes is a person's.
	for i := range toks {
		if t := &toks[i]; picture(*t) && !strings.Contains("🚗🚙🚘🌙📵🤖📴🔕", t.s) {
			return false
		}
	}
	const begun, enough = 1,
		2 // reached by forms of more or auto alone; with stock, or with more behind auto
	var reach [most + 1]uint8
	var automatic [most + 1]bool
	reach[0] = begun
	for i := range ws {
		if reach[i] == 0 {
			continue
		}
		m.forms.each(ws, i, func(end, owner int) {
			if end == i || end < len(ws) && cutsWord(ws, end) {
				return
			}
			// Only what settles that the whole is a phone's adds enough; any other form keeps the
			// state.
			next := reach[i]
			switch {
			case owner == stock, owner == more && automatic[i]:
				next |= enough
			case owner == auto:
				if i > 0 && !automatic[i] {
					return
				}
				automatic[end] = true
			}
			automatic[end] = automatic[end] || automatic[i]
			reach[end] |= next
		})
	}
	return reach[len(ws)]&enough != 0
}

// cutsWord tells whether ws[i] is stuck to the word before it: a phrase must not end within "10am".
func cutsWord(ws []token, i int) bool { return !ws[i].gap && !ws[i].marked && !ws[i].line }

// notice tells whether the text bears two marks of a notice, of two kinds and one of them a form,
// and no word of a person. A form is what people don't write: a link, "reply STOP". A question at
// the end is a person's, even if it quotes a notice.
func (m *machine) notice(toks, ws []token) bool {
	if len(ws) < fewest || toks[len(toks)-1].s == "?" {
		return false
	}
	for i := range ws {
		if m.veto[ws[i].s] {
			return false
		}
	}
	seen := make([]bool, len(m.form))
	kinds, forms := 0, 0
	for i := range ws {
		m.marks.each(ws, i, func(_, owner int) {
			if seen[owner] {
				return
			}
			seen[owner] = true
			kinds++
			if m.form[owner] {
				forms++
			}
		})
	}
	return kinds >= 2 && forms >= 1
}
