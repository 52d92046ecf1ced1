package staff

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// errUsage is the error of bad input. Command shows what, a sentence for staff, with the usage.
type errUsage struct{ what string }

func (e errUsage) Error() string { return e.what }

// usage formats an errUsage.
func usage(format string, args ...any) error { return errUsage{fmt.Sprintf(format, args...)} }

// grid lays cells out in columns, in a code block: only there does Slack show columns aligned. If a
// cell has a veiled part, so has the table.
func grid(fill func(line func(cells ...string))) string {
	var rows [][]string
	fill(func(cells ...string) { rows = append(rows, cells) })
	open, veiled := laidOut(rows, true), laidOut(rows, false)
	if open == veiled {
		return open
	}
	return veil.Veiled(open, veiled)
}

// laidOut returns rows as a table that shows veiled parts, or doesn't. A column of which nothing is
// left then goes.
func laidOut(rows [][]string, words bool) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		var cells []string
		for i, cell := range row {
			if words || !emptied(rows, i) {
				cells = append(cells, veil.Shown(cell, words))
			}
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush() // a strings.Builder doesn't fail
	return "```\n" + b.String() + "```"
}

// emptied reports whether a column holds nothing but what is veiled.
func emptied(rows [][]string, column int) bool {
	return !slices.ContainsFunc(rows, func(row []string) bool {
		return column < len(row) && veil.Shown(row[column], false) != ""
	})
}

// first returns the veiled first name of a patient, "-" if none is known.
func first(name string) string {
	name = knowledge.First(name)
	return veil.Veiled(or(name, "-"), "")
}

// or returns s, or other if s is empty.
func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// clock words a time by the clinic's clock, in English, as the desk reads it.
func (h *Handler) clock(t time.Time) string {
	return knowledge.DeskClock(h.Base.Clinic, h.Now()).When(t, "en")
}

// noType returns the errUsage of an unknown visit type, which says which there are.
func (h *Handler) noType(name string) error {
	types := strings.Join(h.Base.Clinic.Types(), ", ")
	return usage("There is no visit type %q. There are %s.", name, types)
}
