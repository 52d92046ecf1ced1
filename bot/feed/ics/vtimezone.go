package ics

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"
)

// block is a zone that a file defines itself, as a VTIMEZONE.
type block struct {
	first  time.Duration // the offset before any change
	change []change      // in order
}

// change is one at which the clocks change.
type change struct {
	wall     time.Time // what they show just before
	from, to time.Duration
}

// mostChanges bounds the changes of a block: two a year since 1601.
const mostChanges = 2000

var errBlock = errors.New("a zone of its own that can't be read")

// newBlock reads a VTIMEZONE, for times before until.
func newBlock(c *ical.Component, until time.Time) (block, error) {
	var out block
	for _, o := range c.Children {
		if o.Name != "STANDARD" && o.Name != "DAYLIGHT" {
			continue
		}
		from, err1 := offset(value(o, "TZOFFSETFROM"))
		to, err2 := offset(value(o, "TZOFFSETTO"))
		start, err3 := wallTime(value(o, "DTSTART"))
		if err1 != nil || err2 != nil || err3 != nil {
			return block{}, errBlock
		}
		walls := []time.Time{start}
		if rule := value(o, "RRULE"); rule != "" {
			// The zone's own UNTIL is in UTC, by the offset before the change.
			r, err := newRule(rule, start, func(wall time.Time) time.Time { return wall.Add(-from) })
			if err != nil {
				return block{}, errBlock
			}
			if walls, err = r.walls(until, mostChanges); err != nil {
				return block{}, errBlock
			}
		}
		for _, p := range o.Props["RDATE"] {
			for _, v := range strings.Split(p.Value, ",") {
				wall, err := wallTime(v)
				if err != nil {
					return block{}, errBlock
				}
				walls = append(walls, wall)
			}
		}
		for _, wall := range walls {
			out.change = append(out.change, change{wall, from, to})
		}
	}
	if len(out.change) == 0 || len(out.change) > mostChanges {
		return block{}, errBlock
	}
	slices.SortStableFunc(out.change, func(a, b change) int { return a.wall.Compare(b.wall) })
	out.first = out.change[0].from
	return out, nil
}

func (b block) at(wall time.Time) time.Time {
	offset := b.first
	i, found := slices.BinarySearchFunc(b.change, wall, func(c change, wall time.Time) int {
		return c.wall.Compare(wall)
	})
	if found {
		i++
	}
	if i > 0 {
		last := b.change[i-1]
		offset = last.to
		// A time that the clocks go forward over is read by the offset before.
		if wall.Sub(last.wall) < last.to-last.from {
			offset = last.from
		}
	}
	return wall.Add(-offset)
}

// offset reads an offset from UTC: +HHMM, with seconds if it must be.
func offset(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, errBlock
	}
	n, err := strconv.Atoi((s[1:] + "00")[:6])
	if err != nil {
		return 0, errBlock
	}
	d := time.Duration(n/10000)*time.Hour + time.Duration(n/100%100)*time.Minute +
		time.Duration(n%100)*time.Second
	if s[0] == '-' {
		d = -d
	}
	return d, nil
}

// value returns a component's property, "" if it has none.
func value(c *ical.Component, name string) string {
	if p := c.Props.Get(name); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}
