package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// Figures of a day on which something happened, in each form, beside the sandbox that they are of.
func TestStats(t *testing.T) {
	k := newTill(t)
	now := k.app.now().In(k.app.base.Clinic.Location())
	page := &pageClient{k.app.sandbox}
	for _, body := range []string{"how much does it cost?", "i want to kill myself"} {
		text := map[string]string{"from": "+12125550101", "body": body}
		if err := page.post("/sandbox/text", text, nil); err != nil {
			t.Fatal(err)
		}
	}
	today := now.Format(time.DateOnly)
	yesterday := now.AddDate(0, 0, -1).Format(time.DateOnly)
	table, err := k.bot(t, "stats")
	if err != nil || !strings.Contains(table, today+", by the clinic's days") {
		t.Errorf("%v\n%s", err, table)
	}
	for _, want := range []string{
		"Texts that the bot answered               1     ·····························█",
		"Texts that went to a person               1     ",
		"Time to a person, for half of them        –     ·",
		"Alarms                                    1     ",
		"  taken by a person                       0     ",
		"Visits                                    0     ······························",
		"Cost, in $                                0.0",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("lacks %q:\n%s", want, table)
		}
	}
	weeks, err := k.bot(t, "stats", "--from", now.AddDate(0, 0, -69).Format(time.DateOnly))
	if err != nil || !strings.Contains(weeks, "bot answered               1     ·········█\n") {
		t.Errorf("%v\n%s", err, weeks)
	}
	csv, err := k.bot(t, "stats", "--csv", "--from", yesterday)
	lines := strings.Split(csv, "\n")
	if err != nil || len(lines) != 4 || !strings.HasPrefix(lines[0], "date,answered,handed_over,") ||
		!strings.HasPrefix(lines[1], yesterday+",0,0,,0") ||
		!strings.HasPrefix(lines[2], today+",1,1,,1") {
		t.Errorf("%v\n%s", err, csv)
	}
	out, err := k.bot(t, "stats", "--json", "--from", yesterday, "--to", today)
	var got struct {
		From, Until string
		Total       map[string]*float64
		Days        []map[string]any
	}
	if err == nil {
		err = json.Unmarshal([]byte(out), &got)
	}
	if err != nil || got.From != yesterday || got.Until != today || len(got.Days) != 2 ||
		*got.Total["alarms"] != 1 || got.Total["minutes_to_person"] != nil ||
		got.Days[1]["answered"] != 1.0 {
		t.Errorf("%v\n%s", err, out)
	}
	for args, want := range map[string]string{
		"stats --from tomorrow":   "--from=tomorrow: want a day like " + today,
		"stats --from 2031-01-01": "--from=2031-01-01: want a day before " + today,
		"stats --from 2001-01-01": "at most 800 days",
		"stats --json --csv":      "--json and --csv can't be used together",
	} {
		if out, err := k.bot(t, strings.Fields(args)...); err == nil ||
			!strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("%s: %q %v", args, out, err)
		}
	}
}

// The days of a span are the calendar's, over changes of the clocks.
func TestStatsDays(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		from, to string
		now      time.Time
		days     int
		last     string
	}{
		{
			name: "a month by default", now: time.Date(2026, 11, 30, 23, 30, 0, 0, zone),
			days: 30, last: "2026-11-30",
		},
		{
			name: "one day", from: "2026-11-01", to: "2026-11-01",
			now: time.Date(2026, 11, 30, 0, 10, 0, 0, zone), days: 1, last: "2026-11-01",
		},
		{
			name: "over the end of summer time", from: "2026-10-31", to: "2026-11-02",
			now: time.Date(2026, 11, 30, 0, 10, 0, 0, zone), days: 3, last: "2026-11-02",
		},
		{
			name: "over its beginning", from: "2026-03-07", to: "2026-03-09",
			now: time.Date(2026, 11, 30, 0, 10, 0, 0, zone), days: 3, last: "2026-03-09",
		},
		{
			name: "up to today", from: "2026-11-29", now: time.Date(2026, 11, 30, 23, 59, 0, 0, zone),
			days: 2, last: "2026-11-30",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := statsCommand{From: c.from, To: c.to}.dates(c.now)
			if err != nil || len(got) != c.days || got[len(got)-1] != c.last {
				t.Error(got, err)
			}
		})
	}
}
