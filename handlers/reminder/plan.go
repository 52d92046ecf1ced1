package reminder

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/handlers"
)

// Plan makes the rows that remind of a visit, booked now, one for each step of the clinic's plan. Each falls within the window of the patient's
// day, on a day that is no holiday, and before the visit. A step whose time has passed is left out, never sent late: its row, State Skipped, says why.
func Plan(c *settings.Clinic, v handlers.Visit, now time.Time) []handlers.Outgoing {
	zone := c.Zoned(v.Zone)
	var out []handlers.Outgoing
	for _, s := range c.Reminders.Plan {
		o := handlers.Outgoing{ID: rowID(v, s.Kind), To: v.Phone, Kind: s.Kind, Visit: v.ID, Start: v.Start, Zone: v.Zone, Unasked: true}
		o.Must = s.When == "booking" && !v.Was.IsZero()
		o.Due, o.Why = place(c, s, v, now)
		out = append(out, leftOut(o))
	}
	// A booking text on the day of another reminder would be the second that day, and say less.
	for i, s := range c.Reminders.Plan {
		if s.When != "booking" || out[i].State == handlers.Skipped {
			continue
		}
		for j, other := range out {
			if j != i && other.State != handlers.Skipped && handlers.SameDay(out[i].Due, other.Due, zone) {
				out[i].Why = "the text " + other.Kind + " of the same day says it"
			}
		}
		out[i] = leftOut(out[i])
	}
	for _, o := range out {
		if o.Kind == kinds.Prepare {
			out = append(out, looks(c, v, o, now)...)
		}
	}
	return out
}

// looks are the rows that look at a visit once its text that says how to prepare has had its time: whether the patient was told, and, an hour to
// answer later, who drives them home. Where that text comes too late to be sent, the look is at once.
func looks(c *settings.Clinic, v handlers.Visit, prepare handlers.Outgoing, now time.Time) []handlers.Outgoing {
	o := prepare
	o.Unasked, o.Task, o.State, o.Why = false, true, handlers.Planned, ""
	switch {
	case !v.Start.After(now) || !c.VisitTypes[v.Type].RideHome && len(leaveOffs(c, v, time.Time{})) == 0:
		return nil
	case prepare.State == handlers.Skipped:
		o.Kind, o.Due = kinds.Unprepared, now
	default:
		o.Kind, o.Due = kinds.Ready, c.RideDue(prepare.Due)
		if !o.Due.Before(v.Start) {
			o.Due = v.Start.Add(-time.Minute)
		}
	}
	o.ID = rowID(v, o.Kind)
	return []handlers.Outgoing{o}
}

// leaveOffs are the times, where the patient is, from which something must be left off before a visit, of those the ones after a moment.
func leaveOffs(c *settings.Clinic, v handlers.Visit, after time.Time) []settings.LeaveOff {
	return c.LeaveOffs([]string{v.Type}, []time.Time{v.Start.In(c.Zoned(v.Zone))}, after)
}

func leftOut(o handlers.Outgoing) handlers.Outgoing {
	if o.Why != "" {
		o.State = handlers.Skipped
	}
	return o
}

// place is when a step falls, and why it can't be sent then.
func place(c *settings.Clinic, s settings.Step, v handlers.Visit, now time.Time) (due time.Time, why string) {
	zone := c.Zoned(v.Zone)
	due = s.Due(v.Start, zone)
	if due.IsZero() { // at booking
		due = now
	}
	own := due
	due = c.InWindow(due, zone, s.DaysBefore > 0)
	if s.Kind == kinds.Prepare {
		if early := followable(c, v, due); !early.Before(now) {
			due = early
		}
	}
	switch {
	case !v.Start.After(now):
		return due, "the visit lay in the past when it was booked"
	case due.Before(now):
		return due, "its time had passed when the visit was booked"
	case !due.Before(v.Start):
		return due, "no time of the window is left before the visit"
	case s.HoursBefore > 0 && due.After(own) && v.Start.Sub(due) < settings.LeastBefore:
		return due, "the window opens too shortly before the visit"
	}
	return due, ""
}

// followTime is how long before the first thing must be left off a patient is told of it.
const followTime = 2 * time.Hour

// followable is due, or, where the first of what must be left off would then have passed or be near, the last moment of the window at which it can
// still be followed: that day's opening, else the same time a working day before.
func followable(c *settings.Clinic, v handlers.Visit, due time.Time) time.Time {
	first := due.Add(followTime)
	for _, l := range leaveOffs(c, v, time.Time{}) {
		if l.At.Before(first) {
			first = l.At
		}
	}
	last := first.Add(-followTime)
	minute := due.Hour()*60 + due.Minute()
	for day := range 14 {
		for _, m := range []int{minute, c.Reminders.Window.From} {
			if t := at(due, -day, m); !t.After(last) && !c.Holiday(t) {
				return t
			}
		}
	}
	return due
}

// at is a minute of the day some days after t's.
func at(t time.Time, days, minute int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, minute/60, minute%60, 0, 0, t.Location())
}
