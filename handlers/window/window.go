// Package window says when a text that nobody asked for may reach a phone: within the clinic's
// window of the day where the patient is, and on no holiday.
package window

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// mostDays bounds the search for a working day.
const mostDays = 30

// Next returns the first moment at or after t that lies in the window.
func Next(c *knowledge.Clinic, t time.Time, zone *time.Location) time.Time {
	return find(c, t, zone, false)
}

// Before is like [Next], but moves off a holiday to the working day before it, so that what the
// text says can still be followed.
func Before(c *knowledge.Clinic, t time.Time, zone *time.Location) time.Time {
	return find(c, t, zone, true)
}

func find(c *knowledge.Clinic, t time.Time, zone *time.Location, earlier bool) time.Time {
	w := c.Reminders.Window
	t = t.In(zone)
	for range mostDays {
		m := t.Hour()*60 + t.Minute()
		switch {
		case c.Holiday(t) && earlier:
			t = t.AddDate(0, 0, -1)
		case c.Holiday(t) || m >= w.To:
			t = At(t, 1, w.From)
		case m < w.From:
			t = At(t, 0, w.From)
		default:
			return t
		}
	}
	return t
}

// At returns a minute of the day, some days after that of t.
func At(t time.Time, days, minute int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, minute/60, minute%60, 0, 0, t.Location())
}
