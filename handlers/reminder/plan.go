package reminder

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Plan makes the rows that remind of a visit, booked now, one for each step of the clinic's plan. Each falls within the window of the patient's
// day, on a day that is no holiday, and before the visit. A step whose time has passed is left out, never sent late: its row, State Skipped, says why.
func Plan(c *knowledge.Clinic, v handlers.Visit, now time.Time) []handlers.Outgoing {
	zone := c.Zoned(v.Zone)
	var out []handlers.Outgoing
	for _, s := range c.Reminders.Plan {
		o := handlers.Outgoing{ID: rowID(v, s.Kind), To: v.Phone, Kind: s.Kind, Visit: v.ID, Start: v.Start, Zone: v.Zone, Unasked: true}
		o.Due, o.Why = place(c, s, v, now)
		out = append(out, leftOut(o))
	}
	// A booking text on the day of another reminder would be the second that day, and say less.
	for i, s := range c.Reminders.Plan {
		if s.When != "booking" || out[i].State == handlers.Skipped {
			continue
		}
		for j, other := range out {
			if j != i && other.State != handlers.Skipped && sameDay(out[i].Due, other.Due, zone) {
				out[i].Why = "the text " + other.Kind + " of the same day says it"
			}
		}
		out[i] = leftOut(out[i])
	}
	return out
}

func leftOut(o handlers.Outgoing) handlers.Outgoing {
	if o.Why != "" {
		o.State = handlers.Skipped
	}
	return o
}

// place is when a step falls, and why it can't be sent then.
func place(c *knowledge.Clinic, s knowledge.Step, v handlers.Visit, now time.Time) (due time.Time, why string) {
	zone := c.Zoned(v.Zone)
	due = s.Due(v.Start, zone)
	if due.IsZero() { // at booking
		due = now
	}
	due = Window(c, due, zone, s.DaysBefore > 0)
	switch {
	case !v.Start.After(now):
		return due, "the visit lay in the past when it was booked"
	case due.Before(now):
		return due, "its time had passed when the visit was booked"
	case !due.Before(v.Start):
		return due, "no time of the window is left before the visit"
	}
	return due, ""
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
