package patient

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// early is by how much before its start a visit may be said to begin: people name when they will be there.
const early = time.Hour

// namedVisits are those of some visits that a text can mean by the day and the hour that it names, and
// whether it names any. "see you friday at 2" doesn't mean a visit on Monday.
func (t *turn) namedVisits(visits []handlers.Visit) (out []handlers.Visit, names bool) {
	days, times := t.read.Named(t.now.In(t.h.Base.Clinic.Location()))
	if len(days) == 0 && len(times) == 0 {
		return visits, false
	}
	for _, v := range visits {
		start := v.Start.In(t.h.Base.Clinic.Zoned(v.Zone))
		if (len(days) == 0 || days[start.Weekday()]) && (len(times) == 0 || fits(start, times)) {
			out = append(out, v)
		}
	}
	return out, true
}

// fits tells whether one of the times, in minutes of half a day, is a visit's, or shortly before it.
func fits(start time.Time, times []int) bool {
	const half = 12 * 60
	at := start.Hour()*60 + start.Minute()
	for _, m := range times {
		if before := (at - m + 2*half) % half; before <= int(early/time.Minute) {
			return true
		}
	}
	return false
}
