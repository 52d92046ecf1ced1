//go:build !live

package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/chart"
	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers/figures"
)

// figuresOf returns what the page shows of what the front desk did: the table of figures, by the
// periods, with pictures of the days of the longest one.
func (a *app) figuresOf(ctx context.Context) (out sandbox.Figures, err error) {
	dates := figures.Days(a.now(), a.base.Clinic.Location(), figures.PeriodDays)
	days, err := a.store.Figures(ctx, dates)
	if err != nil {
		return out, err
	}
	for _, p := range figures.Periods() {
		out.Periods = append(out.Periods, p.Label)
	}
	for _, f := range figures.Table(a.base.Clinic.Price) {
		row := sandbox.Figure{Name: f.Name, Label: f.Label, Part: f.Part}
		for _, p := range figures.Periods() {
			of := p.Of(days)
			row.Says = append(row.Says, f.Says(of))
			var value *float64
			if v, ok := f.Value(of); ok {
				value = &v
			}
			row.Values = append(row.Values, value)
		}
		if row.Picture, err = drawn(f, days); err != nil {
			return out, err
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// drawn draws a figure's days, if people would rather look at them and there is something to see.
func drawn(f figures.Figure, days []figures.Day) (*sandbox.Picture, error) {
	p := chart.Picture{Title: f.Label + ", day by day"}
	var words []string
	for _, d := range days {
		day, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			return nil, err
		}
		name := day.Format("Jan 2")
		p.Days, p.Values = append(p.Days, name), append(p.Values, f.Height(d))
		if v, ok := f.Value(d); ok && v != 0 {
			words = append(words, name+": "+f.Says(d))
		}
	}
	if !f.Drawn || slices.Max(p.Values) == 0 {
		return nil, nil
	}
	p.Words = strings.Join(words, "; ") + ". Nothing on the other days."
	out := &sandbox.Picture{Alt: p.Title + ". " + p.Words}
	var err error
	if out.Light, err = chart.Days(p, false); err != nil {
		return nil, err
	}
	out.Dark, err = chart.Days(p, true)
	return out, err
}
