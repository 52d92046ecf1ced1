package home

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// shownDays is of how many days a picture of a figure has a bar; the last one is today's.
const shownDays = 14

// counted shows the figures of some periods side by side, and pictures of those that say more so.
func counted(ctx context.Context, k *act.Kit) ([]answer.Part, error) {
	dates := figures.Days(k.Now(), k.Base.Clinic.Location(), figures.PeriodDays)
	days, err := k.Figures.Figures(ctx, dates)
	if err != nil {
		return nil, err
	}
	table := figures.Table(k.Base.Clinic.Price)
	out := []answer.Part{{Title: "Figures"}, {Table: sums(table, days)}}
	latest := days[len(days)-shownDays:]
	for _, f := range table {
		values, words := make([]int, len(latest)), make([]string, len(latest))
		for i, d := range latest {
			values[i], words[i] = f.Height(d), f.Says(d)
		}
		if !f.Drawn || slices.Max(values) == 0 { // bars of nothing say nothing
			continue
		}
		png, err := k.Draw(values)
		if err != nil {
			return nil, err
		}
		name := strings.ToUpper(f.Label[:1]) + f.Label[1:]
		out = append(
			out, answer.Part{Text: fmt.Sprintf("*%s*, day by day", name)},
			answer.Part{Picture: &answer.Picture{
				Name: strings.ReplaceAll(f.Name, "_", "-"), PNG: png,
				Alt: fmt.Sprintf("%s on the last %d days, oldest first: %s", name, len(latest),
					strings.Join(words, "; ")),
			}},
		)
	}
	return out, nil
}

// sums are the figures of the periods, a row a figure. The parts of what there was none of are left
// out.
func sums(table []figures.Figure, days []figures.Day) *answer.Table {
	out := &answer.Table{Head: []string{"Figure"}}
	for _, p := range figures.Periods() {
		out.Head = append(out.Head, p.Label)
	}
	some := false // there was some of the last one that is no part
	for _, f := range table {
		row, any := []string{f.Label}, false
		if f.Part {
			row[0] = "– " + f.Label
		}
		for _, p := range figures.Periods() {
			of := p.Of(days)
			v, _ := f.Value(of)
			row, any = append(row, f.Says(of)), any || v != 0
		}
		switch {
		case !f.Part:
			some = any
		case !some:
			continue
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
