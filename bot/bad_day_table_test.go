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
	// ringsApart is how far apart the rounds of the on-call phone are, less what a send may take
	// longer than the next.
	ringsApart = 50 * time.Second
)

// outcome is a row of the table.
type outcome struct {
	day           string
	texts, danger int
	words         []time.Duration // until they were there, shortest first
	told          []time.Duration // until a person was, shortest first
	lost          []string
	wordless      []string // danger texts whose webhook wasn't answered with the words
	untold        []string
	doubled       []string // answered more than once
	cards         []string // with more than one card
	rings         rings
}

// outcome is what has come of the day.
func (w *lookout) outcome(day string) outcome {
	all, rings := w.fates()
	o := outcome{day: day, texts: len(all), rings: rings}
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
		if o.words = append(o.words, f.took); !strings.Contains(strings.Join(f.bodies, " "), "988") {
			o.wordless = append(o.wordless, f.ends())
		}
		if f.told.IsZero() {
			o.untold = append(o.untold, f.ends())
			continue
		}
		o.told = append(o.told, max(0, f.told.Sub(f.at)))
	}
	slices.Sort(o.words)
	slices.Sort(o.told)
	return o
}

// at is a quantile of sorted durations.
func at(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// often is how often the on-call phone was told sooner after the time before than a round is long.
func (o outcome) often() (n int) {
	for _, list := range [][]ring{o.rings.texts, o.rings.calls} {
		list = slices.SortedFunc(slices.Values(list), func(a, b ring) int { return a.at.Compare(b.at) })
		for i := 1; i < len(list); i++ {
			if list[i].at.Sub(list[i-1].at) < ringsApart {
				n++
			}
		}
	}
	return n
}

// faults are the promises that weren't kept, whatever the machine's pace.
func (o outcome) faults() (out []string) {
	for _, one := range []struct {
		what string
		who  []string
	}{
		{"lost", o.lost},
		{"in danger without the words at once", o.wordless},
		{"of whom nobody was told", o.untold},
		{"answered twice", o.doubled},
		{"with two cards", o.cards},
	} {
		if len(one.who) > 0 {
			out = append(out, fmt.Sprintf("%d %s: …%s", len(one.who), one.what, strings.Join(some(one.who), ", …")))
		}
	}
	if n := o.often(); n > 0 {
		out = append(out, fmt.Sprintf("the on-call phone was told %d times more than once a round", n))
	}
	if o.danger == 0 {
		out = append(out, "nobody was in danger: the test shows nothing")
	}
	return out
}

// late are the goals of time that weren't kept.
func (o outcome) late() (out []string) {
	for _, one := range []struct {
		what      string
		got, goal time.Duration
	}{
		{"words p99", at(o.words, 0.99), wordsP99},
		{"words max", at(o.words, 1), wordsMost},
		{"told max", at(o.told, 1), toldMost},
	} {
		if one.got > one.goal {
			out = append(out, fmt.Sprintf("%s %v, goal %v", one.what, round(one.got), one.goal))
		}
	}
	return out
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

// table is all rows, in the order of the days.
func table(days []badDay, rows []outcome) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "day\ttexts\tdanger\twords p50\tp99\tmax\ttold p50\tmax\tlost\tdoubled\talarms a case\tgoals")
	for _, d := range days {
		for _, o := range rows {
			if o.day != d.name {
				continue
			}
			goals := "met"
			if len(o.faults())+len(o.late()) > 0 {
				goals = "MISSED"
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%v\t%v\t%v\t%v\t%v\t%d\t%d\t%.2f\t%s\n",
				o.day, o.texts, o.danger, round(at(o.words, 0.5)), round(at(o.words, 0.99)),
				round(at(o.words, 1)), round(at(o.told, 0.5)), round(at(o.told, 1)), len(o.lost),
				len(o.doubled), float64(o.rings.count())/float64(max(1, o.danger)), goals)
		}
	}
	_ = w.Flush()
	return "bad days\n" + b.String()
}
