package main_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// The goals of the long form.
const (
	wordsP99  = time.Second
	wordsMost = 3 * time.Second
	toldMost  = 10 * time.Second
	// toldRound is the goal while only the on-call phone can be reached, which is told once a
	// minute; toldMost holds for the first alarm then, too.
	toldRound = time.Minute + toldMost
	// ringsApart is how far apart the rounds of the on-call phone are, less what a send may take
	// longer than the next.
	ringsApart = 50 * time.Second
)

// outcome is a row of the table.
type outcome struct {
	day           string
	phone         bool // for a time only the on-call phone can be told
	texts, danger int
	words         []time.Duration // until they were there, shortest first
	told          []time.Duration // until a person was, shortest first; from when one could be
	first         time.Duration   // until the first of them
	lost          []string
	wordless      []string // danger texts whose webhook wasn't answered with the words
	untold        []string
	doubled       []string // answered more than once
	cards         []string // with more than one card
	rings         rings
}

// outcome is what has come of the day.
func (w *lookout) outcome(d badDay) outcome {
	all, rings := w.fates()
	o := outcome{day: d.name, phone: d.slackAway(), texts: len(all), rings: rings}
	for _, f := range all {
		if f.lost() {
			o.lost = append(o.lost, f.ends())
		}
		if f.answers > 1 {
			o.doubled = append(o.doubled, f.ends())
		}
		if f.cards > 1 {
			o.cards = append(o.cards, f.ends())
		}
		if !f.danger {
			continue
		}
		o.danger++
		o.words = append(o.words, f.took)
		if !strings.Contains(strings.Join(f.bodies, " "), "988") {
			o.wordless = append(o.wordless, f.ends())
		}
		if f.told.IsZero() {
			o.untold = append(o.untold, f.ends())
			continue
		}
		from := f.at
		if d.nobody() && from.Before(w.back) {
			from = w.back
		}
		if o.told = append(o.told, max(0, f.told.Sub(from))); len(o.told) == 1 {
			o.first = o.told[0]
		}
	}
	slices.Sort(o.words)
	slices.Sort(o.told)
	return o
}

// at returns a quantile of sorted durations.
func at(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// often counts the times that the on-call phone was told less than a round after the time before.
func (o outcome) often() (n int) {
	for _, list := range [][]ring{o.rings.texts, o.rings.calls} {
		list = slices.SortedFunc(
			slices.Values(list), func(a, b ring) int { return a.at.Compare(b.at) },
		)
		for i := 1; i < len(list); i++ {
			if list[i].at.Sub(list[i-1].at) < ringsApart {
				n++
			}
		}
	}
	return n
}

// faults lists the promises that weren't kept, which don't depend on the machine's speed.
func (o outcome) faults() (out []string) {
	for _, one := range []struct {
		what string
		who  []string
	}{
		{what: "lost", who: o.lost},
		{what: "in danger without the words at once", who: o.wordless},
		{what: "of whom nobody was told", who: o.untold},
		{what: "answered twice", who: o.doubled},
		{what: "with two cards", who: o.cards},
	} {
		if len(one.who) > 0 {
			out = append(out, fmt.Sprintf("%d %s: …%s", len(one.who), one.what,
				strings.Join(some(one.who), ", …")))
		}
	}
	if n := o.often(); n > 0 {
		out = append(
			out, fmt.Sprintf("%d rounds of the on-call phone come too soon: %s", n, o.rings),
		)
	}
	if o.danger == 0 {
		out = append(out, "nobody was in danger: the test shows nothing")
	}
	return out
}

// late lists the goals of time that weren't kept.
func (o outcome) late() (out []string) {
	for _, one := range []struct {
		what      string
		got, goal time.Duration
	}{
		{what: "words p99", got: at(o.words, 0.99), goal: wordsP99},
		{what: "words max", got: at(o.words, 1), goal: wordsMost},
		{what: "first told", got: o.first, goal: toldMost},
		{what: "told max", got: at(o.told, 1), goal: o.toldGoal()},
	} {
		if one.got > one.goal {
			out = append(out, fmt.Sprintf("%s %v, goal %v", one.what, round(one.got), one.goal))
		}
	}
	return out
}

// toldGoal returns within what time a person is to be told of each patient in danger.
func (o outcome) toldGoal() time.Duration {
	if o.phone {
		return toldRound
	}
	return toldMost
}

func (o outcome) judge(t *testing.T) {
	t.Helper()
	missed := o.faults()
	if long() {
		missed = append(missed, o.late()...)
	}
	for _, one := range missed {
		t.Error(o.day + ": " + one)
	}
}

func (o outcome) line() string {
	missed := append(o.faults(), o.late()...)
	if len(missed) == 0 {
		return o.day + ": all goals met"
	}
	return o.day + ": " + strings.Join(missed, "; ")
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// table holds all rows, in the order of the days.
func table(days []badDay, rows []outcome) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "day\ttexts\tdanger\twords p50\tp99\tmax\tfirst told\tp50\tmax\t"+
		"lost\tdoubled\talarms a case\tgoals")
	for _, d := range days {
		for _, o := range rows {
			if o.day != d.name {
				continue
			}
			goals := "met"
			if len(o.faults())+len(o.late()) > 0 {
				goals = "MISSED"
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%v\t%v\t%v\t%v\t%v\t%v\t%d\t%d\t%.2f\t%s\n",
				o.day, o.texts, o.danger, round(at(o.words, 0.5)), round(at(o.words, 0.99)),
				round(at(o.words, 1)), round(o.first), round(at(o.told, 0.5)), round(at(o.told, 1)),
				len(o.lost), len(o.doubled), float64(o.rings.count())/float64(
					max(1, o.danger),
				), goals)
		}
	}
	_ = w.Flush()
	return "bad days\n" + b.String()
}
