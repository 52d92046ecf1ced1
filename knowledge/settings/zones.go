package settings

import (
	"sync"
	"time"
)

// zones caches time zones by name, for [time.LoadLocation] reads a file at each call. Names that
// don't exist aren't cached, so it grows no larger than the zone database, whatever an import
// brings. It is safe for concurrent use.
type zones struct{ known sync.Map }

// load returns the zone of a name, nil if there is none.
func (z *zones) load(name string) *time.Location {
	if l, ok := z.known.Load(name); ok {
		return l.(*time.Location)
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	z.known.Store(name, l)
	return l
}

// Instants returns the moments at which clocks in a zone show what clock shows, soonest first; clock
// itself is in UTC. They are one, or two where the clocks go back over it. Where they go forward
// over it there is none, and after is then as far past the gap as clock lies in it: 3:30 for 2:30.
// [time.Date] would pick one of two, or shift a time that doesn't exist, without a word.
func Instants(clock time.Time, zone *time.Location) (found []time.Time, after time.Time) {
	// No zone is more than a day off UTC, and none changes its offset twice within three days. So
	// the offsets a day before, now and a day after are all that can apply. The first of them is the
	// larger where the clocks go back, which gives the earlier moment.
	for _, probe := range []time.Time{clock.AddDate(0, 0, -1), clock, clock.AddDate(0, 0, 1)} {
		_, offset := probe.In(zone).Zone()
		t := clock.Add(-time.Duration(offset) * time.Second).In(zone)
		if after.IsZero() {
			after = t
		}
		if shows(t, clock) && (len(found) == 0 || !found[len(found)-1].Equal(t)) {
			found = append(found, t)
		}
	}
	return found, after
}

// shows reports whether a clock at t, in t's zone, reads the same as clock, to the second.
func shows(t, clock time.Time) bool {
	const read = "2006-01-02 15:04:05"
	return t.Format(read) == clock.Format(read)
}
