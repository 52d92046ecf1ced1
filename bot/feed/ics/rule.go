package ics

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// The forms of a time: by a clock on a wall, in UTC, and of a whole day.
const (
	wallForm = "20060102T150405"
	utcForm  = "20060102T150405Z"
	dayForm  = "20060102"
)

// wallTime reads a time by a clock on a wall. The result is in UTC, which it doesn't mean.
func wallTime(s string) (time.Time, error) {
	return time.Parse(wallForm, strings.TrimSuffix(strings.TrimSpace(s), "Z"))
}

// rule is how an event recurs. It goes by the clock on the wall: at nine in winter and in summer.
type rule struct {
	*rrule.RRule
	last func(wall time.Time) bool // whether a time is past the rule's UNTIL
}

var (
	errRule = errors.New("a recurrence that can't be read")
	errMany = errors.New("more occurrences than any series of visits has")
)

// newRule reads an RRULE of an event that starts at a time by the clock on the wall; at says when
// that is. Rules that recur within a day are no visits', and would go on for ever.
func newRule(s string, start time.Time, at func(wall time.Time) time.Time) (rule, error) {
	var rest []string
	last := func(time.Time) bool { return false }
	for _, part := range strings.Split(strings.ToUpper(strings.Trim(s, "; ")), ";") {
		name, value, _ := strings.Cut(part, "=")
		if name != "UNTIL" {
			rest = append(rest, part)
			continue
		}
		// It is compared by what it means: the library would take a local one for UTC.
		if until, err := time.Parse(utcForm, value); err == nil {
			last = func(wall time.Time) bool { return at(wall).After(until) }
		} else if until, err := time.Parse(wallForm, value); err == nil {
			last = func(wall time.Time) bool { return wall.After(until) }
		} else if until, err := time.Parse(dayForm, value); err == nil {
			last = func(wall time.Time) bool { return !wall.Before(until.AddDate(0, 0, 1)) }
		} else {
			return rule{}, errRule
		}
	}
	o, err := rrule.StrToROption(strings.Join(rest, ";"))
	if err != nil || o.Freq > rrule.DAILY || o.Interval < 0 ||
		len(o.Byhour)*len(o.Byminute) > 48 || len(o.Bysecond) > 1 || outOfRange(o) {
		return rule{}, errRule
	}
	o.Dtstart = start
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return rule{}, errRule
	}
	return rule{r, last}, nil
}

// outOfRange reports whether a rule has what the library takes and then panics on: a day of the
// week that no month has so often (RFC 5545 3.3.10 allows 53 of a year alone), and days counted
// from Easter, which are no part of the standard.
func outOfRange(o *rrule.ROption) bool {
	if len(o.Byeaster) > 0 {
		return true
	}
	return (o.Freq == rrule.MONTHLY || len(o.Bymonth) > 0) &&
		slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() > 5 || d.N() < -5 })
}

// walls returns the rule's times before until, most at most. The library indexes tables by what it
// was given: a panic of its own (a series that starts in the year 0) is a rule that can't be read.
func (r rule) walls(until time.Time, most int) (out []time.Time, err error) {
	defer func() {
		if recover() != nil {
			out, err = nil, errRule
		}
	}()
	next := r.Iterator()
	for {
		wall, ok := next()
		if !ok || !wall.Before(until) || r.last(wall) {
			return out, nil
		}
		if out = append(out, wall); len(out) > most {
			return nil, errMany
		}
	}
}
