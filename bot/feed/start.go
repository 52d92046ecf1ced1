package feed

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The years that a visit can lie in; what is outside is a slip of the finger.
const (
	firstYear = 2000
	lastYear  = 2100
)

// zoned are RFC 3339 and what differs from it in a space for the T or in missing seconds; local is
// the same without an offset.
func zoned() []string {
	return []string{
		time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00",
		"2006-01-02 15:04Z07:00",
	}
}

func local() []string {
	return []string{
		"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
	}
}

// ParseStart parses a visit's start: RFC 3339, or a local time in zone such as "2026-12-01 14:30".
// A local time that daylight saving skips or repeats is an error, never a guess; the error says how
// to write it.
func ParseStart(s string, zone *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, errors.New("the start is missing: write it like 2026-12-01 14:30")
	}
	for _, layout := range zoned() {
		if t, err := time.Parse(layout, s); err == nil {
			return inRange(t)
		}
	}
	for _, layout := range local() {
		if clock, err := time.Parse(layout, s); err == nil {
			if clock, err = inRange(clock); err != nil {
				return time.Time{}, err
			}
			return onClock(clock, zone)
		}
	}
	return time.Time{}, errors.New("can't read this date and time: write it like 2026-12-01 " +
		"14:30 or 2026-12-01T14:30:00-05:00")
}

// inRange refuses years that only a typing error gives, like 0206 or 2206: a reminder planned by
// them would wait for ever.
func inRange(t time.Time) (time.Time, error) {
	if y := t.Year(); y < firstYear || y > lastYear {
		return time.Time{}, fmt.Errorf(
			"the year can't be right: write a start between %d and %d", firstYear, lastYear,
		)
	}
	return t, nil
}

// onClock finds the one instant at which the clock of zone shows what clock (in UTC) shows.
func onClock(clock time.Time, zone *time.Location) (time.Time, error) {
	// No zone is more than a day off UTC, and none changes twice within three: the offsets before
	// and after are all there can be.
	var all, found []time.Time
	for _, probe := range []time.Time{clock.AddDate(0, 0, -1), clock, clock.AddDate(0, 0, 1)} {
		_, offset := probe.In(zone).Zone()
		t := clock.Add(-time.Duration(offset) * time.Second).In(zone)
		all = append(all, t)
		if shows(t, clock) && (len(found) == 0 || !found[len(found)-1].Equal(t)) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		// The first one goes by the offset before the gap, so it reads as much later as the gap is
		// long.
		return time.Time{}, fmt.Errorf("this time doesn't exist in %s: the clocks go forward "+
			"over it. Write the time that is meant with its offset, like %s",
			zone, all[0].Format(time.RFC3339))
	default:
		return time.Time{}, fmt.Errorf("this time comes twice in %s: the clocks go back. Write "+
			"it with its offset: %s is the first, %s the second",
			zone, earlier(found).Format(time.RFC3339), later(found).Format(time.RFC3339))
	}
}

// shows says whether the clock at t, in its zone, reads as clock does.
func shows(t, clock time.Time) bool {
	const read = "2006-01-02 15:04:05"
	return t.Format(read) == clock.Format(read)
}

func earlier(ts []time.Time) time.Time {
	if ts[1].Before(ts[0]) {
		return ts[1]
	}
	return ts[0]
}

func later(ts []time.Time) time.Time {
	if ts[1].Before(ts[0]) {
		return ts[0]
	}
	return ts[1]
}
