package feed

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// The first and last year that a visit can start in; see inRange.
const (
	firstYear = 2000
	lastYear  = 2100
)

// zoned returns the layouts with an offset: RFC 3339, also with a space for the T or without
// seconds.
func zoned() []string {
	return []string{
		time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00",
		"2006-01-02 15:04Z07:00",
	}
}

// local returns the layouts without an offset, which are read in the row's zone. Dates like
// 12/01/2026 aren't among them: whether that is December or January depends on who wrote it.
func local() []string {
	return []string{
		"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
	}
}

// ParseStart parses a visit's start: RFC 3339, or a local time in zone such as "2026-12-01 14:30".
// A local time that daylight saving skips or repeats is an error, never a guess; the error says how
// to write it. The result is in zone, or at the offset that was written.
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
	return time.Time{}, errUnread
}

// errUnread is ParseStart's error for what is in none of its forms.
var errUnread = errors.New("can't read this date and time: write it like 2026-12-01 14:30 or " +
	"2026-12-01T14:30:00-05:00")

// inRange refuses years that only a typing error gives, like 0206 or 2206: the visit would be over
// at once, or its reminders would wait for ever.
func inRange(t time.Time) (time.Time, error) {
	if y := t.Year(); y < firstYear || y > lastYear {
		return time.Time{}, fmt.Errorf(
			"the year can't be right: write a start between %d and %d", firstYear, lastYear,
		)
	}
	return t, nil
}

// onClock returns the one instant at which clocks in zone show what clock shows (clock itself is in
// UTC). time.ParseInLocation would pick one of two, or shift a time that doesn't exist, silently.
func onClock(clock time.Time, zone *time.Location) (time.Time, error) {
	found, after := settings.Instants(clock, zone)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return time.Time{}, fmt.Errorf("this time doesn't exist in %s: the clocks go forward "+
			"over it. Write the time that is meant with its offset, like %s",
			zone, after.Format(time.RFC3339))
	default:
		return time.Time{}, fmt.Errorf("this time comes twice in %s: the clocks go back. Write "+
			"it with its offset: %s is the first, %s the second",
			zone, found[0].Format(time.RFC3339), found[1].Format(time.RFC3339))
	}
}
