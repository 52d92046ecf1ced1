package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
)

// change is what a dry run says of one row. Of the patient it has the last four digits alone.
type change struct {
	Line  int      `json:"line"`
	What  string   `json:"what"` // book, move, change, take off
	Start string   `json:"start,omitempty"`
	Was   string   `json:"was,omitempty"`
	Type  string   `json:"type,omitempty"`
	Phone string   `json:"phone,omitempty"`
	Texts []string `json:"texts,omitempty"` // what would be texted, and when
	Held  bool     `json:"held,omitempty"`  // nothing, until a person agrees
}

// prospect fills in what an import would do.
func (a *app) prospect(ctx context.Context, file *feed.File, out *imported) error {
	changes, err := a.visits.Prospect(ctx, file.Visits)
	if err != nil {
		return err
	}
	clock := knowledge.DeskClock(a.base.Clinic, a.now())
	for i, c := range changes {
		v, one := file.Visits[i], change{Line: file.Lines[i], Held: c.Held}
		shown := v
		if v.Start.IsZero() { // the row says no more than that it is off, or over
			shown = c.Old
		}
		if !shown.Start.IsZero() {
			one.Start, one.Type = clock.When(shown.Start, "en"), shown.Type
			one.Phone = shown.Phone.String()
		}
		switch {
		case c.What == visits.Unchanged:
			out.Unchanged++
			continue
		case c.What == visits.Cancelled:
			out.Cancelled++
			one.What = "take off"
		case c.What == visits.Imported:
			out.Imported++
			one.What = "book"
		default:
			out.Updated++
			one.What = "change"
			if !c.Was.IsZero() {
				one.What, one.Was = "move", clock.When(c.Was, "en")
			}
		}
		if v.Over() {
			one.What += ", " + v.State
		}
		for _, o := range c.Texts {
			if o.State != handlers.Skipped && !o.Task && a.texter.Untexted(v.Phone) == "" {
				one.Texts = append(one.Texts, o.Kind+" "+clock.When(o.Due, "en"))
			}
		}
		out.Changes = append(out.Changes, one)
	}
	return nil
}

// The most rows of a table that people are shown; the rest is in the JSON. Of faults that are alike
// the first few are shown.
const (
	mostChanges = 40
	mostAlike   = 3
)

// show prints the result: for people a line of counts and tables, or one line of JSON. A fault
// never repeats the field, so neither holds a name or a number.
func (k importCommand) show(to io.Writer, out *imported) error {
	if k.JSON {
		return json.NewEncoder(to).Encode(out)
	}
	more := ""
	if out.Cancelled > 0 {
		more = fmt.Sprintf(", %d cancelled", out.Cancelled)
	}
	end := ""
	if n := len(out.Warnings); n > 0 {
		end = fmt.Sprintf(", %d warnings", n)
	}
	if out.LeftOut > 0 {
		end += fmt.Sprintf(", %d rows that are no visits", out.LeftOut)
	}
	if out.Dry {
		fmt.Fprint(to, "Nothing is changed yet. It would be: ")
	}
	fmt.Fprintf(
		to, "%d imported, %d updated, %d unchanged%s, %d faults%s\n",
		out.Imported, out.Updated, out.Unchanged, more, len(out.Faults), end,
	)
	if out.NoIDs {
		fmt.Fprintln(to, "The file has no ids of visits: one that goes to another day comes as a new "+
			"one, so take the old one off at the desk.")
	}
	if err := showChanges(to, out); err != nil {
		return err
	}
	return showFaults(to, slices.Concat(out.Faults, out.Warnings))
}

// showChanges prints what a dry run would do.
func showChanges(to io.Writer, out *imported) error {
	if len(out.Changes) == 0 {
		return nil
	}
	texts, held := 0, 0
	for _, c := range out.Changes {
		if c.Held {
			held++
			continue
		}
		texts += len(c.Texts)
	}
	fmt.Fprintf(to, "Up to %d texts would be planned (visits of a day or a series are told in one, "+
		"and the caps hold)", texts)
	if held > 0 {
		fmt.Fprintf(to, "; of %d visits none, until a person agrees to them", held)
	}
	fmt.Fprint(to, ".\n\n")
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "LINE\tWHAT\tSTART\tTYPE\tPHONE\tTEXTS")
	for _, c := range out.Changes[:min(mostChanges, len(out.Changes))] {
		start := orDash(c.Start)
		if c.Was != "" {
			start += ", was " + c.Was
		}
		says := orDash(strings.Join(c.Texts, "; "))
		if c.Held {
			says = "held: see below"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n",
			c.Line, c.What, start, orDash(c.Type), orDash(c.Phone), says)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if n := len(out.Changes) - mostChanges; n > 0 {
		fmt.Fprintf(to, "and %d more rows; --json has them all.\n", n)
	}
	fmt.Fprintln(to)
	return nil
}

// showFaults prints faults and warnings. Of those that are alike it shows the first and how many
// more there are: a wrong map gives one in every row.
func showFaults(to io.Writer, faults []feed.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	type kind struct{ column, what string }
	count := map[kind]int{}
	for _, f := range faults {
		count[kind{f.Column, f.What}]++
	}
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "LINE\tCOLUMN\tWHAT")
	shown := map[kind]int{}
	for _, f := range faults {
		at := kind{f.Column, f.What}
		shown[at]++
		what := f.What
		switch left := count[at] - mostAlike; {
		case shown[at] > mostAlike:
			continue
		case shown[at] == mostAlike && left > 0:
			what += fmt.Sprintf(" (so are %d more rows)", left)
		}
		fmt.Fprintf(t, "%d\t%s\t%s\n", f.Line, orDash(f.Column), what)
	}
	return t.Flush()
}
