package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// person is a fictional patient with a visit of a type (kind). clock is the visit's time of day,
// such as "14:30", if the clinic is open then.
type person struct{ name, clock, kind, lang string }

// people returns the ten patients in the order of their visits' days. The first has nothing to
// prepare: otherwise it might be too late to tell them how to, and the desk would begin with a
// task.
func people() []person {
	return []person{
		{"Ada Whitfield", "14:30", "consult", "en"},
		{"Mateo Rojas", "10:00", "integration", "es"},
		{"Grace Lindqvist", "09:15", "iv_infusion", "en"},
		{"Rosa Delgado", "13:00", "iv_infusion", "es"},
		{"Theo Parkhurst", "11:30", "spravato", "en"},
		{"Begoña Ruiz", "15:00", "iv_infusion", "es"},
		{"Walter Boone", "09:00", "spravato", "en"},
		{"Ines Castillo", "16:15", "integration", "es"},
		{"Nora Abernathy", "10:45", "consult", "en"},
		{"René Ibarra", "12:00", "spravato", "es"},
	}
}

// Patients returns ten fictional patients as a CSV of visits, between tomorrow and nine days from
// now, or later if the clinic is closed that long. Times are in zone. fits reports whether a visit
// of a type falls within opening hours; if it never does within a month, the hours are ignored. The
// numbers +1 212 555 0101 to 0110 are from the range reserved for fiction.
func Patients(
	now time.Time, zone *time.Location, fits func(start time.Time, kind string) bool,
) string {
	days := openDays(now.In(zone), fits)
	if len(days) == 0 { // it is never open
		return Patients(now, zone, func(time.Time, string) bool { return true })
	}
	var b strings.Builder
	b.WriteString("id,name,phone,start,type,zone,lang\n")
	for i, p := range people() {
		// The visits are spread evenly, beginning with the next open day, so that something happens
		// soon.
		first := i * len(days) / len(people())
		start, _ := p.on(days[first], fits)
		for n := range days {
			if at, ok := p.on(days[(first+n)%len(days)], fits); ok {
				start = at
				break
			}
		}
		fmt.Fprintf(
			&b, "demo-%02d,%s,+121255501%02d,%s,%s,,%s\n", i+1, p.name, i+1,
			start.Format("2006-01-02 15:04"), p.kind, p.lang,
		)
	}
	return b.String()
}

// on returns when a person's visit can be on a day: at their own time, otherwise at the first half
// hour that fits. It returns false, and their own time, if none does.
func (p person) on(day time.Time, fits func(time.Time, string) bool) (start time.Time, ok bool) {
	own, _ := time.Parse("15:04", p.clock) // can't fail: the times are in people
	at := func(minute int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, day.Location())
	}
	start = at(own.Hour()*60 + own.Minute())
	if fits(start, p.kind) {
		return start, true
	}
	// From six in the morning to ten in the evening: no zone skips these hours when daylight saving
	// begins.
	for minute := 6 * 60; minute < 22*60; minute += 30 {
		if fits(at(minute), p.kind) {
			return at(minute), true
		}
	}
	return start, false
}

// openDays returns the days from tomorrow to nine days from now on which a visit of somebody fits.
// If there is none, it returns the next such day within a month, or nothing.
func openDays(now time.Time, fits func(time.Time, string) bool) (days []time.Time) {
	for d := 1; d <= 9 || d <= 30 && len(days) == 0; d++ {
		// Days are counted by the calendar, since one may have 23 or 25 hours.
		day := time.Date(now.Year(), now.Month(), now.Day()+d, 12, 0, 0, 0, now.Location())
		for _, p := range people() {
			if _, ok := p.on(day, fits); ok {
				days = append(days, day)
				break
			}
		}
	}
	return days
}
