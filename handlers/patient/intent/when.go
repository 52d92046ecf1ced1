package intent

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// early is how long before a visit's start the hour in a text may be and still mean it: people name
// when they will be there.
const early = time.Hour

// named returns those of some visits that a text can mean by the day and the hour that it names;
// all of them, and false, if it names none. "See you friday at 2" doesn't mean a visit on Monday.
// "Tomorrow" counts from when the text was written, in the clinic's zone.
func (k known) named(visits []handlers.Visit) (out []handlers.Visit, names bool) {
	days, times := k.full.Named(k.wrote().In(k.Base.Clinic.Location()))
	if len(days) == 0 && len(times) == 0 {
		return visits, false
	}
	for _, v := range visits {
		start := v.Start.In(k.Base.Clinic.SaidZone(v.Type, v.Zone))
		if (len(days) == 0 || days[start.Weekday()]) && (len(times) == 0 || fits(start, times)) {
			out = append(out, v)
		}
	}
	return out, true
}

// fits reports whether one of the times is a visit's, or at most early before it. Times are minutes
// of half a day, 0 to 719: "at 2" doesn't say which half.
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

// oneDay returns those of the visits that fall on the day of the first, as its patient is told it.
func (k known) oneDay(visits []handlers.Visit) (out []handlers.Visit) {
	for _, v := range visits {
		zone := k.Base.Clinic.SaidZone(visits[0].Type, visits[0].Zone)
		if handlers.SameDay(v.Start, visits[0].Start, zone) {
			out = append(out, v)
		}
	}
	return out
}

// ofOneDay reports whether all of the visits fall on one day.
func (k known) ofOneDay(visits []handlers.Visit) bool {
	return len(k.oneDay(visits)) == len(visits)
}
