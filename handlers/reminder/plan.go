package reminder

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Plan makes the rows that remind of a visit, booked now. A step whose time has passed is left out, never sent late; each falls within
// the window of the patient's day, on a day that is no holiday, and before the visit.
func Plan(c *knowledge.Clinic, v handlers.Visit, now time.Time) []handlers.Outgoing {
	zone := c.Zoned(v.Zone)
	var out []handlers.Outgoing
	for _, s := range c.Reminders.Plan {
		due := s.Due(v.Start, zone)
		booking := due.IsZero()
		if booking {
			due = now
		}
		due = Window(c, due, zone, s.DaysBefore > 0)
		if due.Before(now) || !due.Before(v.Start) {
			continue
		}
		out = append(out, handlers.Outgoing{
			ID: rowID(v, s.Kind), To: v.Phone, Kind: s.Kind, Visit: v.ID, Start: v.Start, Zone: v.Zone, Due: due, Unasked: true,
		})
	}
	// A booking text on the day of another reminder would be the second that day, and say less.
	if len(out) > 1 && c.Reminders.Plan[0].When == "booking" && sameDay(out[0].Due, out[1].Due, zone) && out[0].Kind == c.Reminders.Plan[0].Kind {
		return out[1:]
	}
	return out
}

func sameDay(a, b time.Time, zone *time.Location) bool {
	return a.In(zone).Format(time.DateOnly) == b.In(zone).Format(time.DateOnly)
}

// Window is the first moment at or after t that lies in the window on a working day; for a step counted in days before, a holiday moves
// it to the working day before instead, so that it can still be followed.
func Window(c *knowledge.Clinic, t time.Time, zone *time.Location, earlier bool) time.Time {
	w := c.Reminders.Window
	t = t.In(zone)
	for range 30 {
		m := t.Hour()*60 + t.Minute()
		switch {
		case c.Holiday(t) && earlier:
			t = t.AddDate(0, 0, -1)
		case c.Holiday(t) || m >= w.To:
			t = at(t, 1, w.From)
		case m < w.From:
			t = at(t, 0, w.From)
		default:
			return t
		}
	}
	return t
}

// at is a minute of the day some days after t's.
func at(t time.Time, days, minute int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, minute/60, minute%60, 0, 0, t.Location())
}
