package knowledge

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// When words a day and time, in t's own zone: "Tue Dec 1 at 2:30 PM".
func When(t time.Time, lang string) string {
	if lang == "es" {
		return Date(t, lang) + " a las " + Time(t)
	}
	return Date(t, lang) + " at " + Time(t)
}

// Whens words the day and the times of visits on one day, soonest first: "Tue Dec 1 at 9:00 AM and
// 2:30 PM". It is "" without visits.
func Whens(starts []time.Time, lang string) string {
	if len(starts) == 0 {
		return ""
	}
	return strings.TrimSuffix(When(starts[0], lang), Time(starts[0])) + times(starts, lang)
}

// times words the times of day alone: "9:00 AM, 11:00 AM and 2:30 PM".
func times(starts []time.Time, lang string) string {
	var out []string
	for _, t := range starts {
		out = append(out, Time(t))
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	and := " and "
	if lang == "es" {
		and = " y "
	}
	return strings.Join(out[:len(out)-1], ", ") + and + out[len(out)-1]
}

// Date words a day, in t's own zone: "Tue Dec 1", "mar 1 dic". The year is never told: visits are
// soon.
func Date(t time.Time, lang string) string {
	if lang == "es" {
		return fmt.Sprintf("%s %d %s", language.Day(lang, t.Weekday()), t.Day(),
			monthsES[t.Month()-1])
	}
	return t.Format("Mon Jan 2")
}

// The names are those of GSM-7, without a letter that would double a text's price.
var monthsES = [...]string{
	"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic",
}

// Time words a time of day, in t's own zone: "2:30 PM". It is the same in both languages.
func Time(t time.Time) string { return t.Format("3:04 PM") }

// PhoneText writes a number as people read it: "212-555-0100". One of another country stays as it
// is.
func PhoneText(e164 string) string {
	if n, ok := strings.CutPrefix(e164, "+1"); ok && len(n) == 10 {
		return n[:3] + "-" + n[3:6] + "-" + n[6:]
	}
	return e164
}
