package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers/figures"
)

// The page, Slack's Home and `bot stats` say the same of a day on which everything happened, and of
// one on which nothing did.
func TestFiguresAgree(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string // of as many numbers
		press []string // what staff press, by the words of the card
		some  []string // the figures of which there must be some
	}{
		{name: "nothing has happened"},
		{
			name: "a day",
			texts: []string{
				"how much is a session?", "i want to kill myself", "STOP", "im so tired of everything",
			},
			press: []string{"take kill myself", "read tired of everything"},
			some: []string{
				figures.Answered, figures.HandedOver, "minutes_to_person", figures.Alarms,
				figures.AlarmsTaken, figures.Concerns, figures.ConcernsRead, figures.OptedOut,
				figures.Texts, figures.Segments, "cost",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTill(t)
			page := &pageClient{k.app.sandbox}
			for i, body := range c.texts {
				from := fmt.Sprintf("+1212555010%d", i+1)
				if err := page.post("/sandbox/text", map[string]string{"from": from, "body": body}, nil); err != nil {
					t.Fatal(err)
				}
			}
			for _, one := range c.press {
				action, words, _ := strings.Cut(one, " ")
				page.press(t, action, words)
			}
			k.agree(t, page, c.some)
		})
	}
}

// press presses a button of the card that holds some words.
func (p *pageClient) press(t *testing.T, action, words string) {
	t.Helper()
	var cards []struct{ Thread, Text string }
	if err := p.get("/sandbox/desk", &cards); err != nil {
		t.Fatal(err)
	}
	for _, c := range cards {
		if !strings.Contains(c.Text, words) {
			continue
		}
		in := map[string]string{"thread": c.Thread, "action": action, "user": "Sam"}
		if err := p.post("/sandbox/press", in, nil); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no card with %q: %v", words, cards)
}

// agree compares what the page shows of each period with `bot stats` and with Home. Of some figures
// there must be something today.
func (k *till) agree(t *testing.T, page *pageClient, of []string) {
	t.Helper()
	var shown sandbox.Figures
	if err := page.get("/sandbox/figures", &shown); err != nil {
		t.Fatal(err)
	}
	var home struct{ Blocks []map[string]any }
	if err := page.get("/sandbox/home?user=Sam", &home); err != nil {
		t.Fatal(err)
	}
	blocks, err := json.Marshal(home.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range figures.Periods() {
		today := k.app.now().In(k.app.base.Clinic.Location())
		from, to := today.AddDate(0, 0, 1-p.Back-p.Days), today.AddDate(0, 0, -p.Back)
		out, err := k.bot(t, "stats", "--json", "--from", from.Format(time.DateOnly),
			"--to", to.Format(time.DateOnly))
		var stats struct{ Total map[string]*float64 }
		if err == nil {
			err = json.Unmarshal([]byte(out), &stats)
		}
		if err != nil || len(stats.Total) != len(shown.Rows) || shown.Periods[i] != p.Label {
			t.Fatalf("%v: %d figures and %d, of %v", err, len(stats.Total), len(shown.Rows), shown.Periods)
		}
		for _, row := range shown.Rows {
			a, b := stats.Total[row.Name], row.Values[i]
			if (a == nil) != (b == nil) || a != nil && *a != *b {
				t.Errorf("%s, %s: %v in bot stats, %v on the page", p.Label, row.Name, a, b)
			}
		}
	}
	some := false
	for _, row := range shown.Rows {
		if v := row.Values[0]; slices.Contains(of, row.Name) && (v == nil || *v == 0 && row.Says[0] == "0") {
			t.Errorf("there was nothing of %s", row.Name)
		}
		label := row.Label
		if row.Part {
			label = "– " + label
		} else {
			some = row.Says[3] != "0"
		}
		if line := "*" + label + "* · " + strings.Join(row.Says, " · "); (some || !row.Part) &&
			!strings.Contains(string(blocks), line) {
			t.Errorf("Home lacks %q: %s", line, blocks)
		}
	}
}
