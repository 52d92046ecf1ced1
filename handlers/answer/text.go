package answer

import (
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/handlers/veil"
)

// strip takes the marks of tokens out of a text.
func strip(s string) string { return strings.NewReplacer(begin, "", end, "").Replace(s) }

// Tokens returns a text with its tokens as person and moment write them. A token that is broken is
// left out, with what follows it.
func Tokens(text string, person func(user string) string, moment func(time.Time) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, begin)
		b.WriteString(strings.ReplaceAll(before, end, ""))
		if !found {
			return b.String()
		}
		token, rest, ended := strings.Cut(rest, end)
		if !ended {
			return b.String()
		}
		token = token[strings.LastIndex(token, begin)+1:] // one in which another begins is broken
		switch {
		case strings.HasPrefix(token, "@"):
			b.WriteString(person(token[1:]))
		case strings.HasPrefix(token, "="):
			if at, err := strconv.ParseInt(token[1:], 10, 64); err == nil {
				b.WriteString(moment(time.Unix(at, 0)))
			}
		}
		text = rest
	}
}

// Text returns the answer as plain text, tables in columns, moments by the clock of a zone, with or
// without what is veiled. Buttons are left out; of a form it says what it asks for.
func (a Answer) Text(words bool, zone *time.Location) string {
	plain := func(s string) string {
		return Tokens(veil.Shown(s, words), func(user string) string { return user },
			func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04") })
	}
	var out []string
	for _, p := range a.Parts {
		switch {
		case p.Table != nil:
			out = append(out, strings.TrimRight(p.Table.columns(words, plain), "\n"))
		case p.Quote != "":
			out = append(out, "> "+strings.ReplaceAll(plain(p.Quote), "\n", "\n> "))
		case p.Dial != "":
			out = append(out, plain(p.Dial))
		case p.Picture != nil:
			out = append(out, plain(p.Picture.Alt))
		case p.Title+p.Text+p.Small != "":
			out = append(out, plain(p.Title+p.Text+p.Small))
		}
	}
	if a.Form != nil {
		out = append(out, plain(a.Form.words()))
	}
	if a.File != nil {
		out = append(out, plain(a.File.Text))
	}
	return strings.Join(out, "\n")
}

// words names a form and its fields.
func (f Form) words() string {
	var labels []string
	for _, field := range f.Fields {
		labels = append(labels, field.Label)
	}
	return f.Title + ": " + strings.Join(labels, ", ")
}

// columns returns a table in columns that are aligned where all characters are as wide.
func (t Table) columns(words bool, plain func(string) string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, row := range t.Shown(words) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plain(cell)
		}
		_, _ = w.Write([]byte(strings.Join(cells, "\t") + "\n"))
	}
	_ = w.Flush() // a strings.Builder doesn't fail
	return b.String()
}

// Shown returns the table's rows, its heading first, with or without what is veiled. A column of
// which nothing is left then goes.
func (t Table) Shown(words bool) [][]string {
	rows := t.Rows
	if t.Head != nil {
		rows = append([][]string{t.Head}, rows...)
	}
	out := make([][]string, len(rows))
	for r, row := range rows {
		for i, cell := range row {
			if words || !emptied(rows, i) {
				out[r] = append(out[r], veil.Shown(cell, words))
			}
		}
	}
	return out
}

// emptied reports whether a column holds nothing but what is veiled.
func emptied(rows [][]string, column int) bool {
	return !slices.ContainsFunc(rows, func(row []string) bool {
		return column < len(row) && veil.Shown(row[column], false) != ""
	})
}
