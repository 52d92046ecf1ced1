package knowledge

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/clean"
)

// typedDays are the names of days as patients type them, without accents. "mar" isn't among them,
// since it is March as well.
var typedDays = map[string]time.Weekday{
	"sunday": 0, "sun": 0, "domingo": 0, "monday": 1, "mon": 1, "lunes": 1, "tuesday": 2, "tue": 2,
	"tues": 2, "martes": 2, "wednesday": 3, "wed": 3, "weds": 3, "miercoles": 3, "thursday": 4,
	"thu": 4, "thur": 4, "thurs": 4, "jueves": 4, "friday": 5, "fri": 5, "viernes": 5,
	"saturday": 6, "sat": 6, "sabado": 6,
}

// halfDay is the number of minutes after which a clock face repeats. Noon and midnight are both 0.
const halfDay = 12 * 60

// Named returns the weekdays that a text names, today and tomorrow included, and the times of day
// in minutes of half a day, because "at 3" doesn't say which half. now is when the text was
// written, in the clinic's zone. It helps to pick one of a patient's visits; it proves nothing
// about what they want.
func (r Reading) Named(now time.Time) (days map[time.Weekday]bool, times []int) {
	days = map[time.Weekday]bool{}
	text := strings.NewReplacer("á", "a", "é", "e").Replace(strings.ToLower(r.Body))
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return c < 'a' || c > 'z' }) {
		day, ok := typedDays[w]
		switch w {
		case "today", "tonight", "hoy":
			day, ok = now.Weekday(), true
		case "tomorrow", "tmrw", "tomorow", "tmw":
			day, ok = now.AddDate(0, 0, 1).Weekday(), true
		}
		if ok {
			days[day] = true
		}
	}
	for _, n := range r.Numbers {
		switch {
		case n.Kind == clean.Time:
			times = append(times, int(n.Value)%halfDay)
		case n.Kind == clean.Plain && n.Value >= 1 && n.Value <= 12 && atHour(r.Body[:n.Start]):
			times = append(times, int(n.Value)*60%halfDay)
		}
	}
	return days, times
}

// atHour tells whether what precedes a number makes it an hour: "at 3", "a las 3". Any other small
// number may be a count of anything.
func atHour(before string) bool {
	ws := strings.Fields(strings.ToLower(before))
	n := len(ws)
	return n > 0 && ws[n-1] == "at" ||
		n > 1 && ws[n-2] == "a" && (ws[n-1] == "las" || ws[n-1] == "la")
}
