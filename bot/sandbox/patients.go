package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// Patients are ten fictional patients as a CSV of visits, each on a weekday between tomorrow and nine days from now, at hours
// that every zone has.
func Patients(now time.Time, zone *time.Location) string {
	people := []struct{ name, clock, kind, lang string }{
		{"Ada Whitfield", "14:30", "iv_infusion", "en"},
		{"Mateo Rojas", "10:00", "spravato", "es"},
		{"Grace Lindqvist", "09:15", "iv_infusion", "en"},
		{"Rosa Delgado", "13:00", "consult", "es"},
		{"Theo Parkhurst", "11:30", "integration", "en"},
		{"Begoña Ruiz", "15:00", "iv_infusion", "es"},
		{"Walter Boone", "08:45", "spravato", "en"},
		{"Ines Castillo", "16:15", "integration", "es"},
		{"Nora Abernathy", "10:45", "consult", "en"},
		{"René Ibarra", "12:00", "spravato", "es"},
	}
	days := weekdays(now.In(zone))
	var b strings.Builder
	b.WriteString("id,name,phone,start,type,zone,lang\n")
	for i, p := range people {
		// Spread evenly, the first tomorrow or on the next weekday, so that there is something to see soon.
		day := days[i*len(days)/len(people)]
		fmt.Fprintf(&b, "demo-%02d,%s,+121255501%02d,%s %s,%s,,%s\n", i+1, p.name, i+1, day.Format("2006-01-02"), p.clock, p.kind, p.lang)
	}
	return b.String()
}

// weekdays are those from tomorrow to nine days from now.
func weekdays(now time.Time) []time.Time {
	var days []time.Time
	for d := 1; d <= 9; d++ {
		// By the calendar, at noon: a day of daylight saving has 23 or 25 hours.
		day := time.Date(now.Year(), now.Month(), now.Day()+d, 12, 0, 0, 0, now.Location())
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			days = append(days, day)
		}
	}
	return days
}
