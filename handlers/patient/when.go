package patient

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// weekdays are the names of days, as patients type them without accents.
var weekdays = map[string]time.Weekday{
	"sunday": 0, "sun": 0, "domingo": 0, "monday": 1, "mon": 1, "lunes": 1, "tuesday": 2, "tue": 2,
	"tues": 2, "martes": 2, "wednesday": 3, "wed": 3, "weds": 3, "miercoles": 3, "thursday": 4,
	"thu": 4, "thur": 4, "thurs": 4, "jueves": 4, "friday": 5, "fri": 5, "viernes": 5,
	"saturday": 6, "sat": 6, "sabado": 6,
}

// hour is a time of day: "at 3", "7:30", "2pm", "a las 3".
var hour = regexp.MustCompile(`(?:\b(at|a las?)\s+)?\b(1[0-2]|0?[1-9])(:[0-5]\d)?\s*([ap]\.?m)?`)

// early is by how much before its start a visit may be said to begin: people name when they will be there.
const early = time.Hour

// named are those of some visits that a text can mean by the day and the hour that it names, and
// whether it names any. "see you friday at 2" doesn't mean a visit on Monday.
func (t *turn) namedVisits(visits []handlers.Visit) (out []handlers.Visit, names bool) {
	text := plainLetters(t.read.Body)
	days, hours := namedDays(text, t.now.In(t.h.Base.Clinic.Location())), namedHours(text)
	if len(days) == 0 && len(hours) == 0 {
		return visits, false
	}
	for _, v := range visits {
		start := v.Start.In(t.h.Base.Clinic.Zoned(v.Zone))
		if (len(days) == 0 || days[start.Weekday()]) && (len(hours) == 0 || fits(start, hours)) {
			out = append(out, v)
		}
	}
	return out, true
}

func plainLetters(s string) string {
	return strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u").Replace(strings.ToLower(s))
}

// namedDays are the weekdays that a text names, "today" and "tomorrow" among them.
func namedDays(text string, now time.Time) map[time.Weekday]bool {
	out := map[time.Weekday]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r < 'a' || r > 'z' }) {
		switch w {
		case "today", "tonight", "hoy":
			out[now.Weekday()] = true
		case "tomorrow", "tmrw", "tomorow", "tmw":
			out[now.AddDate(0, 0, 1).Weekday()] = true
		}
		if day, ok := weekdays[w]; ok {
			out[day] = true
		}
	}
	return out
}

// namedHours are the times of day that a text names, in minutes of half a day.
func namedHours(text string) (out []int) {
	for _, m := range hour.FindAllStringSubmatch(text, -1) {
		if m[1] == "" && m[3] == "" && m[4] == "" { // a number and nothing that makes it a time
			continue
		}
		h, _ := strconv.Atoi(m[2])
		minute := 0
		if m[3] != "" {
			minute, _ = strconv.Atoi(m[3][1:])
		}
		out = append(out, h%12*60+minute)
	}
	return out
}

// fits tells whether one of the hours is a visit's, or shortly before it.
func fits(start time.Time, hours []int) bool {
	at := start.Hour()%12*60 + start.Minute()
	for _, h := range hours {
		if before := (at - h + 12*60) % (12 * 60); before <= int(early/time.Minute) {
			return true
		}
	}
	return false
}
