package settings

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Location returns the clinic's time zone.
func (c *Clinic) Location() *time.Location { return c.zone }

// Zoned returns the time zone of a patient by its IANA name, or the clinic's where the name is
// empty or unknown.
func (c *Clinic) Zoned(name string) *time.Location {
	if name != "" {
		if l := c.zones.load(name); l != nil {
			return l
		}
	}
	return c.zone
}

// SaidZone returns the zone in which the times of a visit of a type are read and said: the clinic's,
// since the patient comes there. Only where they don't come in person is it the zone of the
// patient, by its name.
func (c *Clinic) SaidZone(kind, zone string) *time.Location {
	if c.InPerson(kind) {
		return c.zone
	}
	return c.Zoned(zone)
}

// InPerson reports whether patients come to the clinic for a visit of a type. An unknown type is
// one for which they do.
func (c *Clinic) InPerson(kind string) bool {
	in := c.VisitTypes[kind].InPerson
	return in == nil || *in
}

// Place returns what a zone is called in a sentence ("New York time"): the clinic's by zone_name,
// any other by the city in its IANA name.
func (c *Clinic) Place(zone *time.Location) language.Words {
	if zone == c.zone && len(c.ZoneName) > 0 {
		return c.ZoneName
	}
	name := zone.String()
	name = strings.ReplaceAll(name[strings.LastIndex(name, "/")+1:], "_", " ")
	return language.Words{"en": name, "es": name}
}

// Holiday tells whether the clinic is closed for a holiday on the day of t, in t's own zone. Bring
// t to the clinic's zone first, unless the patient's day is meant.
func (c *Clinic) Holiday(t time.Time) bool {
	return slices.Contains(c.Holidays, t.Format(time.DateOnly))
}

// Attended tells whether the clinic opens on the day of t, in t's own zone.
func (c *Clinic) Attended(t time.Time) bool {
	_, ok := c.HoursOn(t)
	return ok
}

// HoursOn returns the opening hours of the day of t, in t's own zone; false if the clinic is closed.
func (c *Clinic) HoursOn(t time.Time) (Span, bool) {
	s, ok := c.Hours[weekdays[t.Weekday()]]
	return s, ok && !c.Holiday(t)
}

// LongestHours returns the span from the earliest opening of the week to the latest closing; zero
// for a clinic without hours.
func (c *Clinic) LongestHours() (all Span) {
	for _, s := range c.Hours {
		if all.To == 0 || s.From < all.From {
			all.From = s.From
		}
		all.To = max(all.To, s.To)
	}
	return all
}

// Open tells whether the clinic is open at t, in the clinic's zone. The minute at which it closes
// isn't open any more.
func (c *Clinic) Open(t time.Time) bool {
	t = t.In(c.zone)
	s, ok := c.HoursOn(t)
	m := t.Hour()*60 + t.Minute()
	return ok && m >= s.From && m < s.To
}

// Fits tells whether a visit of a type begins and ends while the clinic is open. It may end in the
// minute of closing. An unknown type lasts a minute.
func (c *Clinic) Fits(start time.Time, kind string) bool {
	length := time.Duration(max(c.VisitTypes[kind].Minutes, 1)) * time.Minute
	return c.Open(start) && c.Open(start.Add(length-time.Second))
}

// Ends tells when a visit of a type that begins at start is over.
func (c *Clinic) Ends(start time.Time, kind string) time.Time {
	return start.Add(inMinutes(c.VisitTypes[kind].Minutes))
}

// OpenAfter tells when the clinic has been open for d since t. For a clinic that sets no hours, or
// isn't open for so long within a month, every hour counts.
func (c *Clinic) OpenAfter(t time.Time, d time.Duration) time.Time {
	left, from := d, t.In(c.zone)
	for day := range 30 {
		on := OnDay(from, day, 0)
		s, ok := c.Hours[weekdays[on.Weekday()]]
		if !ok || c.Holiday(on) {
			continue
		}
		opens, shuts := OnDay(from, day, s.From), OnDay(from, day, s.To)
		if opens.Before(from) {
			opens = from
		}
		if end := opens.Add(left); !shuts.Before(end) {
			return end
		}
		if shuts.After(opens) {
			left -= shuts.Sub(opens)
		}
	}
	return t.Add(d)
}

// Opens returns t if the clinic is open then, otherwise when it opens next; the zero time if it
// doesn't open within a month. The result is in the clinic's zone. Callers must mind the zero time:
// a clinic may have no hours set.
func (c *Clinic) Opens(t time.Time) time.Time {
	t = t.In(c.zone)
	if c.Open(t) {
		return t
	}
	for d := range 30 {
		day := OnDay(t, d, 0)
		s, ok := c.HoursOn(day)
		if at := OnDay(t, d, s.From); ok && at.After(t) {
			return at
		}
	}
	return time.Time{}
}

// OnDay returns a minute of the day, a number of days after t, in t's zone. It counts by the
// calendar and not by 24 hours, so that 9:00 stays 9:00 when the clocks change.
func OnDay(t time.Time, days, minute int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, minute/60, minute%60, 0, 0, t.Location())
}

// HoursText returns the opening hours in a few characters: "Mon-Thu 9-6, Fri 9-5". Neighbouring
// days with the same hours are one range. It is "" without hours.
func (c *Clinic) HoursText(lang string) string {
	var out []string
	week := [...]time.Weekday{1, 2, 3, 4, 5, 6, 0}
	for i := 0; i < len(week); {
		s, open := c.Hours[weekdays[week[i]]]
		j := i + 1
		for j < len(week) {
			if next, ok := c.Hours[weekdays[week[j]]]; ok != open || next != s {
				break
			}
			j++
		}
		if open {
			days := language.Day(lang, week[i])
			if j-i > 1 {
				days += "-" + language.Day(lang, week[j-1])
			}
			out = append(out, days+" "+hour12(s.From)+"-"+hour12(s.To))
		}
		i = j
	}
	return strings.Join(out, ", ")
}
