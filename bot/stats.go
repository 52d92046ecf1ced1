package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/handlers/figures"
)

// statsCommand is `bot stats`: what an owner asks of the front desk, by the clinic's days.
type statsCommand struct {
	From string `placeholder:"YYYY-MM-DD" help:"The first day; left out, 29 days before the last."`
	To   string `placeholder:"YYYY-MM-DD" help:"The last day; left out, today."`
	JSON bool   `name:"json" help:"Print one JSON object." xor:"form"`
	CSV  bool   `name:"csv" help:"Print a line of CSV a day." xor:"form"`
}

// Run prints the figures of the days from one to another, both included. They are counts alone and
// tell nothing of any patient, so that this isn't written down in the audit.
func (k statsCommand) Run(w world, c *Config) error {
	a, err := wireBooks(w, c)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	dates, err := k.dates(a.now().In(a.base.Clinic.Location()))
	if err != nil {
		return err
	}
	days, err := a.store.Figures(w.ctx, dates)
	if err != nil {
		return err
	}
	of := figures.Table(a.base.Clinic.Price)
	switch {
	case k.JSON:
		return writeStatsJSON(w.out, of, days)
	case k.CSV:
		return writeStatsCSV(w.out, of, days)
	}
	return writeStats(w.out, of, days)
}

// mostStatsDays is for how many days figures are kept.
const mostStatsDays = 800

// dates returns the days that are asked for, oldest first.
func (k statsCommand) dates(now time.Time) ([]string, error) {
	const usual = 30
	to, from := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, now.Location()), time.Time{}
	for _, f := range []struct {
		flag, value string
		day         *time.Time
	}{{"--to", k.To, &to}, {"--from", k.From, &from}} {
		if f.value == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, f.value, now.Location())
		if err != nil {
			return nil, fmt.Errorf("%s=%s: want a day like %s", f.flag, f.value, now.Format(time.DateOnly))
		}
		*f.day = day.Add(12 * time.Hour) // noon exists on every day, or an hour beside it
	}
	n := usual
	if !from.IsZero() {
		n = int(to.Sub(from).Round(24*time.Hour)/(24*time.Hour)) + 1 // a day may have 23 or 25 hours
	}
	if n < 1 || n > mostStatsDays {
		return nil, fmt.Errorf("--from=%s: want a day before %s, at most %d days", k.From,
			to.Format(time.DateOnly), mostStatsDays)
	}
	return figures.Days(to, now.Location(), n), nil
}

// writeStats writes a line a figure: all of it, and how it went over the days.
func writeStats(to io.Writer, of []figures.Figure, days []figures.Day) error {
	whole := figures.Sum(days)
	fmt.Fprintf(to, "%s to %s, by the clinic's days\n\n", days[0].Date, days[len(days)-1].Date)
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	for _, s := range of {
		label := s.Label
		if s.Part {
			label = "  " + label
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", label, s.Says(whole), bars(s, days))
	}
	return t.Flush()
}

// bars draws a figure's days in a line, oldest first: as high as their part of the highest, a dot
// where there is nothing. Of more than two months each stands for a week.
func bars(s figures.Figure, days []figures.Day) string {
	const high = "▁▂▃▄▅▆▇█"
	if step := 7; len(days) > 62 {
		var weeks []figures.Day
		for i := len(days) % step; i < len(days); i += step {
			weeks = append(weeks, figures.Sum(days[i:i+step]))
		}
		days = weeks
	}
	top := 0.0
	for _, d := range days {
		v, _ := s.Value(d)
		top = max(top, v)
	}
	var b strings.Builder
	levels := []rune(high)
	for _, d := range days {
		if v, ok := s.Value(d); !ok || v <= 0 {
			b.WriteRune('·')
		} else {
			b.WriteRune(levels[int(v/top*float64(len(levels)-1))])
		}
	}
	return b.String()
}

// writeStatsCSV writes a header, and a line a day.
func writeStatsCSV(to io.Writer, of []figures.Figure, days []figures.Day) error {
	out := csv.NewWriter(to)
	line := []string{"date"}
	for _, s := range of {
		line = append(line, s.Name)
	}
	_ = out.Write(line) // Error tells
	for _, d := range days {
		line = append(line[:0], d.Date)
		for _, s := range of {
			line = append(line, s.Plain(d))
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// writeStatsJSON writes what scripts read: each day's figures, and those of all days.
func writeStatsJSON(to io.Writer, of []figures.Figure, days []figures.Day) error {
	values := func(d figures.Day) map[string]any {
		out := map[string]any{}
		for _, s := range of {
			out[s.Name] = nil
			if v, ok := s.Value(d); ok {
				out[s.Name] = v
			}
		}
		return out
	}
	all := make([]map[string]any, len(days))
	for i, d := range days {
		all[i] = values(d)
		all[i]["date"] = d.Date
	}
	e := json.NewEncoder(to)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{
		"from": days[0].Date, "until": days[len(days)-1].Date,
		"total": values(figures.Sum(days)), "days": all,
	})
}
