package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Proposal is a map of a file's columns as its header and its values suggest it, for a person to
// look at.
type Proposal struct {
	Feed settings.Feed // with the map, and what its types are
	// Columns are what was found, in the order of settings.FeedColumns.
	Columns []Proposed
	Missing []string // what no column seems to hold and a visit needs
	Types   []Word   // the file's own words for types
	States  []Word   // and for states
	// Dates says that a date can be read in two ways, and nothing in the file shows which.
	Dates bool
	NoIDs bool
	Own   bool // it is Beacon's own layout and needs no map
	Rows  int
}

// Proposed is what a column was taken for.
type Proposed struct {
	Field  string
	Column string   // "" if several could be it
	Open   []string // these
	Sample []string // some values, those of patients masked
}

// Word is another system's word, how often it comes, and what it is taken for; "" if that is for a
// person to say.
type Word struct {
	Word  string
	Count int
	Means string
}

// Propose reads a file as Read does and says what its columns seem to hold.
func Propose(data []byte, how How, rules Rules) (*Proposal, error) {
	src, err := open(data, how)
	if err != nil {
		return nil, err
	}
	l := layOut(src.header.fields, src.rows, how, rules, src.since)
	p := &Proposal{Feed: how.Feed, Missing: l.missing, Own: l.own, Rows: len(src.rows)}
	p.Feed.Columns = map[string]string{}
	t := &table{rules: rules, how: how, layout: l, since: src.since}
	s := sample{since: src.since, names: l.names}
	for _, r := range src.rows {
		if r, skip, ok := t.fit(r); ok && !skip {
			s.rows = append(s.rows, r)
		}
	}
	for _, field := range settings.FeedColumns() {
		i, ok := l.at[field]
		switch open := l.open[field]; {
		case ok:
			name := strings.TrimSpace(l.names[i])
			p.Feed.Columns[field] = name
			p.Columns = append(p.Columns, Proposed{
				Field: field, Column: name, Sample: t.shown(field, i, s),
			})
		case open != nil:
			one := Proposed{Field: field}
			for _, i := range open {
				one.Open = append(one.Open, strings.TrimSpace(l.names[i]))
			}
			one.Sample = t.shown(field, open[0], s)
			p.Columns = append(p.Columns, one)
		}
	}
	p.NoIDs = !l.has("id") && l.open["id"] == nil
	p.words(t, s)
	p.dates(t, src.rows)
	return p, nil
}

// words gathers the file's words for types and states, the most frequent first.
func (p *Proposal) words(t *table, s sample) {
	p.Types = t.count("type", s, func(word string) string {
		kind, err := t.kind(word)
		if err != nil {
			return ""
		}
		return kind
	})
	p.States = t.count("status", s, func(word string) string {
		state, known := stateOf(word)
		if !known {
			return ""
		}
		return state
	})
}

// count counts the words of a column, as what they are taken for.
func (t *table) count(field string, s sample, means func(string) string) (out []Word) {
	i, ok := t.layout.at[field]
	if !ok {
		return nil
	}
	at := map[string]int{}
	s.each(i, func(word string) {
		n, known := at[word]
		if !known {
			n = len(out)
			at[word], out = n, append(out, Word{Word: word, Means: means(word)})
		}
		out[n].Count++
	})
	slices.SortStableFunc(out, func(a, b Word) int { return b.Count - a.Count })
	return out
}

// dates finds out how the file's dates are written.
func (p *Proposal) dates(t *table, rows []record) {
	p.Feed.Dates = t.how.order()
	h := t.settle(rows)
	for _, field := range []string{"start", "date"} {
		if _, ok := t.layout.at[field]; !ok {
			continue
		}
		for _, r := range rows {
			w, err := readWhen(t.field(r, field), t.since)
			if err != nil || w.a == 0 {
				continue
			}
			if _, err := w.on(h.order); err != nil && errors.Is(err, errTwoOrders) {
				p.Dates = true
			} else if err == nil && h.order != "" {
				p.Feed.Dates = h.order
			}
		}
	}
}

// samples is how many values of a column are shown.
const samples = 3

// shown returns some values of a column; what could tell of a patient is masked.
func (t *table) shown(field string, column int, s sample) (out []string) {
	s.each(column, func(cell string) {
		switch field {
		case "start", "date", "time":
			if w, err := readWhen(cell, s.since); err == nil && !strings.ContainsAny(cell, "/-: ") {
				cell = w.shown() // a number of Excel's
			}
		case "type", "status", "zone", "lang", "cancelled", "missed",
			"arrived", "consent":
		default:
			cell = masked(cell)
		}
		if cell = strings.Join(strings.Fields(cell), " "); len([]rune(cell)) > 30 {
			cell = string([]rune(cell)[:29]) + "…"
		}
		if len(out) < samples && !slices.Contains(out, cell) {
			out = append(out, cell)
		}
	})
	return out
}

// masked returns the shape of a value: its letters and digits are hidden, but for the last two
// digits of what is long.
func masked(cell string) string {
	left := len(digits(cell))
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			if left--; left < 2 && len(digits(cell)) > 6 {
				return r
			}
			return '#'
		case unicode.IsUpper(r):
			return 'X'
		case unicode.IsLetter(r):
			return 'x'
		}
		return r
	}, cell)
}

// shown writes a date and a time as people read them.
func (w when) shown() string {
	day := ""
	if w.dated() && w.month > 0 {
		day = fmt.Sprintf("%04d-%02d-%02d", w.year, w.month, w.day)
	}
	if w.timed {
		day += fmt.Sprintf(" %02d:%02d", int(w.clock.Hours()), int(w.clock.Minutes())%60)
	}
	return strings.TrimSpace(day)
}
