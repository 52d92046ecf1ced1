package knowledge

import (
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Nth words a visit's place in its series: "visit 3 of 6".
func (b *Base) Nth(n, of int, lang string) (string, error) {
	return b.Reply(replies.Nth, lang, Fill{"n": strconv.Itoa(n), "of": strconv.Itoa(of)})
}

// remindDays words the text that tells of the visits of a series: with all their dates, or else with
// the first ones and how to get the others. The name is dropped before a date is.
func (b *Base) remindDays(r Reminder, lang string) (body string, err error) {
	for n := len(r.Starts); n > 0; n-- {
		ways := make([]string, 2)
		for i, first := range []string{b.greet(r), ""} {
			if ways[i], err = b.days(r, n, first, lang); err != nil {
				return "", err
			}
		}
		if r.Called != "" {
			ways = ways[:1]
		}
		body = ways[Fitting(ways)]
		if segments, _ := Segments(body); segments <= MostUnasked {
			return body, nil
		}
	}
	return body, nil
}

// days words the text of a series with its first n dates.
func (b *Base) days(r Reminder, n int, first, lang string) (string, error) {
	list := r.Clock.Days(r.Starts[:n], lang)
	name := replies.RemindDays
	switch {
	case r.Basic:
		name = replies.RemindPrefix + "basic"
	case n < len(r.Starts):
		name = replies.DaysFirst
	}
	return b.opened(r, name, lang, Fill{
		"first": first, "n": strconv.Itoa(len(r.Starts)), "when": list, "place": b.place(r, lang),
	})
}

// Days lists days with their time of day, each month and time said once in a row: "Mon Dec 7, Wed 9
// and Fri 11 at 1:30 PM".
func (c Clock) Days(starts []time.Time, lang string) string {
	and := " and "
	if lang == "es" {
		and = " y "
	}
	starts = Once(starts)
	var rows, days []string // of one time of day each; the days of the row
	for i, t := range starts {
		day := c.Date(t, lang)
		if len(days) > 0 && c.at(starts[i-1]).Format("2006-01") == c.at(t).Format("2006-01") {
			day = c.Day(t, lang) + " " + strconv.Itoa(c.at(t).Day())
		}
		days = append(days, day)
		if i < len(starts)-1 && c.Time(t, lang) == c.Time(starts[i+1], lang) {
			continue
		}
		row := days[0]
		if n := len(days) - 1; n > 0 {
			row = strings.Join(days[:n], ", ") + and + days[n]
		}
		rows, days = append(rows, row+at(lang)+c.Time(t, lang)), nil
	}
	return strings.Join(rows, "; ")
}

// series returns a reminder of one visit as that of a long series.
func (r Reminder) series() Reminder {
	r.Days = true
	r.Starts = nil
	for i := range 12 {
		at := longestDay.AddDate(0, 0, 2*i).Add(time.Duration(i) * 15 * time.Minute)
		r.Starts = append(r.Starts, at)
	}
	return r
}
