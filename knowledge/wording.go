package knowledge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Clock says times in words: the one place where times become words, for patients and for staff.
// The zero Clock says a time in its own zone and never the year.
type Clock struct {
	Zone *time.Location // by which times are said; nil: the time's own
	// Reader is the zone of who reads them; nil: the same. Where the two clocks show another time,
	// the zone is named: "3:00 PM New York time".
	Reader *time.Location
	Place  language.Words // what the zone is called: "New York"
	Now    time.Time      // a day that is far from it is said with the year
}

// DeskClock returns the clock of the clinic's staff.
func DeskClock(c *settings.Clinic, now time.Time) Clock {
	return Clock{Zone: c.Location(), Now: now}
}

// VisitClock returns the clock by which a visit's times are said to a patient. That is the clinic's
// where they come in person, whatever zone they live in: only when they are texted goes by their
// own. zone is the patient's, kind the visit's type.
func VisitClock(c *settings.Clinic, kind, zone string, now time.Time) Clock {
	clock := ClinicClock(c, zone, now)
	if said := c.SaidZone(kind, zone); said != clock.Zone {
		// Theirs isn't the clinic's, which a clinic's texts are taken to mean.
		clock.Zone, clock.Reader, clock.Place = said, clock.Zone, c.Place(said)
	}
	return clock
}

// ClinicClock returns the clinic's clock, for a patient who lives in a zone.
func ClinicClock(c *settings.Clinic, zone string, now time.Time) Clock {
	return Clock{
		Zone: c.Location(), Reader: c.Zoned(zone), Place: c.Place(c.Location()), Now: now,
	}
}

// yearAway is how many months off a day is, before or after, that is said with its year.
const yearAway = 6

// When words a day and time: "Tue Dec 1 at 2:30 PM".
func (c Clock) When(t time.Time, lang string) string {
	return c.Whens([]time.Time{t}, lang)
}

// Whens words the day and the times of visits on one day, soonest first: "Tue Dec 1 at 9:00 AM and
// 2:30 PM". It is "" without visits.
func (c Clock) Whens(starts []time.Time, lang string) string {
	if len(starts) == 0 {
		return ""
	}
	return c.Date(starts[0], lang) + at(lang) + c.Times(starts, lang)
}

// at stands between a day and its times.
func at(lang string) string {
	if lang == "es" {
		return " a las "
	}
	return " at "
}

// Times words the times of day alone: "9:00 AM, 11:00 AM and 2:30 PM".
func (c Clock) Times(starts []time.Time, lang string) string {
	var out []string
	for _, t := range Once(starts) {
		out = append(out, Time(c.at(t)))
	}
	switch n := len(out); {
	case n == 0:
		return ""
	case n > 1:
		and := " and "
		if lang == "es" {
			and = " y "
		}
		out = []string{strings.Join(out[:n-1], ", ") + and + out[n-1]}
	}
	return out[0] + c.place(starts[0], lang)
}

// Once returns times, soonest first, each once: two visits that begin together are at one time.
func Once(starts []time.Time) []time.Time {
	return slices.CompactFunc(slices.Clone(starts), time.Time.Equal)
}

// Time words a time of day: "2:30 PM".
func (c Clock) Time(t time.Time, lang string) string { return c.Times([]time.Time{t}, lang) }

// Date words a day: "Tue Dec 1", "mar 1 dic". The year is told of a day that is more than yearAway
// off, since few visits are.
func (c Clock) Date(t time.Time, lang string) string {
	far := !c.Now.IsZero() && (t.After(c.Now.AddDate(0, yearAway, 0)) ||
		t.Before(c.Now.AddDate(0, -yearAway, 0)))
	t = c.at(t)
	year := ""
	if lang == "es" {
		if far {
			year = t.Format(" 2006")
		}
		return fmt.Sprintf("%s %d %s", language.Day(lang, t.Weekday()), t.Day(),
			monthsES[t.Month()-1]) + year
	}
	if far {
		year = t.Format(", 2006")
	}
	return t.Format("Mon Jan 2") + year
}

// Day returns the short name of the weekday of t.
func (c Clock) Day(t time.Time, lang string) string {
	return language.Day(lang, c.at(t).Weekday())
}

// SameDay reports whether two moments fall on one day of the clock.
func (c Clock) SameDay(a, b time.Time) bool {
	return c.at(a).Format(time.DateOnly) == c.at(b).Format(time.DateOnly)
}

// at returns t in the clock's zone.
func (c Clock) at(t time.Time) time.Time {
	if c.Zone == nil {
		return t
	}
	return t.In(c.Zone)
}

// place names the clock's zone after a time, if the reader's clock shows another.
func (c Clock) place(t time.Time, lang string) string {
	if c.Zone == nil || c.Reader == nil {
		return ""
	}
	_, here := t.In(c.Zone).Zone()
	_, there := t.In(c.Reader).Zone()
	switch name := c.Place.In(lang); {
	case here == there || name == "":
		return ""
	case lang == "es":
		return " hora de " + name
	default:
		return " " + name + " time"
	}
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
