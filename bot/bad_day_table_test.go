package main_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// The goals of the long form.
const (
	wordsP50  = 450 * time.Millisecond // 400 ms for the store, and the rest for the machine
	wordsP99  = time.Second
	wordsMost = 3 * time.Second
	// lateMost is how long after things are well again what they held up may still be late.
	lateMost = time.Minute
	// early is how long before its time a reminder may leave: its time is stored to the second.
	early    = 2 * time.Second
	toldMost = 10 * time.Second
	// toldRound is the goal while only the on-call phone can be reached, which is told once a
	// minute; toldMost holds for the first alarm then, too.
	toldRound = time.Minute + toldMost
	// ringsApart is how far apart the rounds of the on-call phone are, less what a send may take
	// longer than the next.
	ringsApart = 50 * time.Second
)

// outcome is a row of the table.
type outcome struct {
	badDay
	texts, danger int
	words         []time.Duration // until they were there, shortest first
	told          []time.Duration // until a person was, shortest first; from when one could be
	began         time.Time       // when the first of them wrote, or a person could be told of it
	first         time.Duration   // from then until a person was told of any
	lost          []string
	wordless      []string // danger texts whose webhook wasn't answered with the words
	untold        []string
	doubled       []string      // answered more than once
	cards         []string      // with more than one card
	early         []string      // reminded too early
	waited        time.Duration // the longest that an answer or a reminder came after it was due
	after         time.Duration // the longest that one came after things were well again
	desk, phoned  int           // of how many in danger the desk was told first, or the phone
	notes, faulty []string      // what the desk, and /status, were told of the day itself
	errors        int           // lines in the log
	rings         rings
}

// outcome is what has come of the day.
func (w *lookout) outcome(d badDay) outcome {
	all, rings := w.fates()
	w.mu.Lock()
	defer w.mu.Unlock()
	o := outcome{
		badDay: d, texts: len(all), rings: rings, faulty: slices.Sorted(maps.Keys(w.faulty)),
		errors: strings.Count(w.said(), "level=ERROR"),
	}
	for note, said := range w.notes {
		if said {
			o.notes = append(o.notes, note)
		}
	}
	slices.Sort(o.notes)
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
		if f.danger {
			o.endangered(f, w.back)
			continue
		}
		if f.visit && !f.done.IsZero() && f.done.Before(f.at.Add(-early)) {
			o.early = append(o.early, f.ends())
		}
		o.waited = max(o.waited, f.done.Sub(f.at))
		o.after = max(o.after, f.done.Sub(later(f.at, w.back)))
	}
	slices.Sort(o.words)
	slices.Sort(o.told)
	return o
}

// endangered adds what became of a patient in danger; back is when things were well again.
func (o *outcome) endangered(f fate, back time.Time) {
	o.danger++
	o.words = append(o.words, f.took)
	if !strings.Contains(strings.Join(f.bodies, " "), "988") {
		o.wordless = append(o.wordless, f.ends())
	}
	if f.told.IsZero() {
		o.untold = append(o.untold, f.ends())
		return
	}
	if f.rung {
		o.phoned++
	} else {
		o.desk++
	}
	from := f.at
	if o.nobody {
		from = later(from, back)
	}
	o.told = append(o.told, max(0, f.told.Sub(from)))
	if o.began.IsZero() {
		o.began, o.first = from, o.told[0]
	}
	o.first = max(0, min(o.first, f.told.Sub(o.began)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
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
		{what: "lost", who: o.held(o.lost)},
		{what: "in danger without the words at once", who: o.wordless},
		{what: "of whom nobody was told", who: o.untold},
		{what: "answered twice", who: o.held(o.doubled)},
		{what: "with two cards", who: o.held(o.cards)},
		{what: "reminded early", who: o.early},
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

// held returns who a goal wasn't kept for, unless the day isn't held to it.
func (o outcome) held(who []string) []string {
	if o.loses != "" {
		return nil
	}
	return who
}

// missed lists the goals of the long form that weren't kept.
func (o outcome) missed() (out []string) {
	for _, one := range []struct {
		what      string
		got, goal time.Duration
		loses     bool // a day that loses things isn't held to it
	}{
		{what: "words p50", got: at(o.words, 0.5), goal: wordsP50},
		{what: "words p99", got: at(o.words, 0.99), goal: wordsP99},
		{what: "words max", got: at(o.words, 1), goal: wordsMost},
		{what: "first told", got: o.first, goal: toldMost},
		{what: "told max", got: at(o.told, 1), goal: o.toldGoal(), loses: true},
		{
			what: "held up after it was over", got: o.after, goal: cmp.Or(o.late, lateMost),
			loses: true,
		},
	} {
		if one.got > one.goal && !(one.loses && o.loses != "") {
			out = append(out, fmt.Sprintf("%s %v, goal %v", one.what, round(one.got), one.goal))
		}
	}
	if long() && o.shows != "" && !slices.Contains(o.faulty, o.shows) {
		out = append(out, "/status doesn't call "+o.shows+" faulty")
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
		missed = append(missed, o.missed()...)
	}
	for _, one := range missed {
		t.Error(o.name + ": " + one)
	}
}

func (o outcome) line() string {
	missed := append(o.faults(), o.missed()...)
	if len(missed) == 0 {
		return o.name + ": all goals met"
	}
	return o.name + ": " + strings.Join(missed, "; ")
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// brief is a duration as the table has it.
func brief(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.2fs", d.Seconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}

// table holds all rows, in the order of the days.
func table(days []badDay, rows []outcome) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "fault\tlost\tdoubled\tlate\twords p50\tp99\ttold first\tmax\t"+
		"desk\tphone\trings\tnotes\t/status\tlog\tgoals")
	for _, d := range days {
		for _, o := range rows {
			if o.name == d.name {
				o.row(w)
			}
		}
	}
	_ = w.Flush()
	return "bad days\n" + b.String() + legend
}

// legend says what the columns are.
const legend = `
lost, doubled  texts, answers and reminders
late           the longest that an answer or a reminder waited, the fault's duration included
words          until a text in danger has the words; told: until a person is told of it
desk, phone    of how many in danger the desk, or the on-call phone, was told first
rings          texts and calls to the on-call phone
notes          what the desk is told of the fault: card (texts can't leave), line (what was fetched
               afterwards), store (nobody can take a case)
log            its lines at level ERROR
`

// row writes the day's line.
func (o outcome) row(w io.Writer) {
	goals := "met"
	if len(o.faults())+len(o.missed()) > 0 {
		goals = "MISSED"
	} else if o.loses != "" {
		goals = "known"
	}
	list := func(words []string) string { return cmp.Or(strings.Join(words, "+"), "-") }
	fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\t%d\t%s\n",
		o.name, len(o.lost), len(o.doubled)+len(o.cards), brief(o.waited),
		brief(at(o.words, 0.5)), brief(at(o.words, 0.99)), brief(o.first), brief(at(o.told, 1)),
		o.desk, o.phoned, o.rings.count(), list(o.notes), list(o.faulty), o.errors, goals)
}
