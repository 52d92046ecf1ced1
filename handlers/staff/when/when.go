// Package when reads days and times as the clinic's people write them: "tomorrow 2pm", "fri 9",
// "12/4/2026 2:00 PM". What isn't written is filled in from the calendar and the clinic's hours, so
// whoever wrote it must be shown what was read. What can be read in two ways is both, to choose from.
package when

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Reader reads by the clinic's clock and hours. It is pure: the same text at the same Now is the
// same moment.
type Reader struct {
	Clinic *settings.Clinic
	Now    time.Time
	// Else is where a day or a time is taken from that isn't written, such as a visit's start for
	// where it moves to. Without it the day is today, and the time must be written.
	Else time.Time
	// Back says that what has passed may be meant as well, "yesterday 9" say.
	Back bool
}

// Meant is what a text says of a moment, or of a day.
type Meant struct {
	// At is when, soonest first. Several are ways to read the text: whoever wrote it must choose.
	At []time.Time
	// Why says, as a sentence for staff, why At is no more than a proposal: the text can be read in
	// two ways, or its time has passed, say. "" if At is what was written.
	Why string
	// Timed reports whether a time of day was written, and Dated whether a day was.
	Timed, Dated bool
	Rest         string // what follows
}

// Sure reports whether the text says one moment that can be.
func (m Meant) Sure() bool { return len(m.At) == 1 && m.Why == "" }

// Moment reads the day and the time that a text begins with, in either order. ok is false if it
// begins with neither. A moment that has passed isn't At, but the next at which the clinic is open
// at that time is.
func (r Reader) Moment(s string) (m Meant, ok bool) {
	s = strings.TrimSpace(s)
	if m, ok = r.written(s); ok {
		return m, true
	}
	days, clocks, rest := r.dayAndTime(s)
	m.Rest, m.Dated, m.Timed = rest, days.ok, len(clocks) > 0
	switch {
	case !m.Dated && !m.Timed:
		return m, false
	case days.why != "" && len(days.at) == 0:
		m.Why = days.why
		return m, true
	case !m.Dated:
		day := r.Now
		if !r.Else.IsZero() {
			day = r.Else
		}
		days.at = []time.Time{r.midnight(day)}
	case !m.Timed && r.Else.IsZero():
		m.Why = "Say the time too, like 2 PM."
		return m, true
	case !m.Timed:
		at := r.Else.In(r.Clinic.Location())
		clocks = []clock{{minutes: at.Hour()*60 + at.Minute(), sure: true}}
	}
	r.put(&m, days, clocks)
	return m, true
}

// Day reads the day that a text begins with, as its midnight by the clinic's clock. ok is false if
// it begins with none. Without a year it is the nearest such day; days that have passed count.
func (r Reader) Day(s string) (m Meant, ok bool) {
	days, rest := r.day(strings.TrimSpace(s), true)
	if !days.ok {
		return m, false
	}
	if len(days.at) > 1 && days.why == "" { // a weekday said on that day
		days.at = days.at[:1]
	}
	return Meant{At: days.at, Why: days.why, Dated: true, Rest: rest}, true
}

// dayAndTime reads a day and a time in either order.
func (r Reader) dayAndTime(s string) (days, []clock, string) {
	if m := sameTime.FindString(s); m != "" && !r.Else.IsZero() {
		if d, rest := r.day(trimWord(s[len(m):], "on"), r.Back); d.ok {
			return d, nil, rest
		}
	}
	if d, rest := r.day(s, r.Back); d.ok {
		clocks, after := readTime(rest)
		if m := sameTime.FindString(rest); m != "" && !r.Else.IsZero() {
			after = rest[len(m):]
		}
		return d, clocks, after
	}
	clocks, rest := readTime(s)
	if len(clocks) == 0 {
		return days{}, nil, s
	}
	if d, after := r.day(trimWord(rest, "on"), r.Back); d.ok {
		return d, clocks, after
	}
	return days{}, clocks, rest
}

// readTime reads a time with a part of the day before or behind it: "morning 9", "9 in the morning".
func readTime(s string) ([]clock, string) {
	half, rest := ofPart(s)
	clocks, rest := readClock(rest)
	if half != "" {
		if clocks, ok := in(half, clocks); ok {
			return clocks, rest
		}
		return nil, s
	}
	if half, after := ofPart(rest); half != "" {
		if in, ok := in(half, clocks); ok {
			return in, after
		}
	}
	return clocks, rest
}

// put puts days and times together.
func (r Reader) put(m *Meant, d days, clocks []clock) {
	m.Why = d.why
	var passed []time.Time
	for _, day := range d.at {
		for _, minutes := range r.likely(day, clocks) {
			at, why := r.instants(day, minutes)
			if why != "" {
				m.Why = why
			}
			for _, t := range at {
				if t.After(r.Now) || r.Back {
					m.At = append(m.At, t)
				} else {
					passed = append(passed, t)
				}
			}
		}
	}
	slices.SortFunc(m.At, time.Time.Compare)
	m.At = slices.CompactFunc(m.At, time.Time.Equal)
	switch {
	case len(m.At) == 0 && len(passed) > 0:
		m.Why = r.say(passed[len(passed)-1]) + " has passed."
		m.At = r.nextAt(passed[len(passed)-1])
	case len(m.At) > 1 && m.Why == "":
		m.Why = "That can be read in two ways."
	}
}

// nextAt returns the next moment at which the clinic is open, at the time of day of t; none if it
// isn't open at that time on any day.
func (r Reader) nextAt(t time.Time) []time.Time {
	t = t.In(r.Clinic.Location())
	for n := range 30 {
		at := settings.OnDay(r.Now.In(r.Clinic.Location()), n, t.Hour()*60+t.Minute())
		if at.After(r.Now) && r.Clinic.Open(at) {
			return []time.Time{at}
		}
	}
	return nil
}

// say words a moment as the desk reads it.
func (r Reader) say(t time.Time) string { return knowledge.DeskClock(r.Clinic, r.Now).When(t, "en") }

// midnight returns the beginning of the day of t by the clinic's clock.
func (r Reader) midnight(t time.Time) time.Time {
	return settings.OnDay(t.In(r.Clinic.Location()), 0, 0)
}
