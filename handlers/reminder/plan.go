package reminder

import (
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Plan makes the rows that remind of a visit, booked now, one for each step of the clinic's plan.
// Each falls within the window of the patient's day, on a day that is no holiday, and before the
// visit. A step whose time has passed is left out, never sent late: its row, State Skipped, says
// why.
func Plan(c *settings.Clinic, v handlers.Visit, now time.Time) []handlers.Outgoing {
	zone := c.Zoned(v.Zone)
	var out []handlers.Outgoing
	for _, s := range c.Reminders.Plan {
		o := handlers.Outgoing{
			ID: rowID(v, s.Kind), To: v.Phone, Kind: s.Kind, Visit: v.ID, Start: v.Start,
			Zone: v.Zone, Unasked: true,
		}
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
			if j != i && other.State != handlers.Skipped &&
				handlers.SameDay(out[i].Due, other.Due, zone) {
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

// leftOut marks a row that has a reason not to be sent as skipped, so that Why can tell of it.
func leftOut(o handlers.Outgoing) handlers.Outgoing {
	if o.Why != "" {
		o.State = handlers.Skipped
	}
	return o
}

// place is when a step of the plan falls, and why it can't be sent then.
func place(
	c *settings.Clinic, s settings.Step, v handlers.Visit, now time.Time,
) (due time.Time, why string) {
	zone := c.Zoned(v.Zone)
	due = s.Due(v.Start, zone)
	if due.IsZero() { // at booking
		due = now
	}
	own := due
	due = c.StepInWindow(s, due, zone)
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

// followTime is how long in advance a patient is told of the first thing to stop.
const followTime = 2 * time.Hour

// followable is due, or, if the first thing to stop would have passed or be near by then, the last
// moment of the window at which it can still be followed: that day's opening, else the same time on
// an earlier working day.
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
			if t := settings.OnDay(due, -day, m); !t.After(last) && !c.Holiday(t) {
				return t
			}
		}
	}
	return due
}

// looks are the rows that check on a visit after the text that says how to prepare: whether the
// patient was told and, after an hour to answer, who drives them home. If that text would come too
// late, the check is at once.
func looks(
	c *settings.Clinic, v handlers.Visit, prepare handlers.Outgoing, now time.Time,
) []handlers.Outgoing {
	o := prepare
	o.Unasked, o.Task, o.State, o.Why = false, true, handlers.Planned, ""
	switch {
	case !v.Start.After(now):
		return nil
	case !c.VisitTypes[v.Type].RideHome && len(leaveOffs(c, v, time.Time{})) == 0:
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

// leaveOffs are the times, where the patient is, from which something must be stopped before a
// visit; only those after a moment.
func leaveOffs(c *settings.Clinic, v handlers.Visit, after time.Time) []settings.LeaveOff {
	return c.LeaveOffs([]string{v.Type}, []time.Time{v.Start.In(c.Zoned(v.Zone))}, after)
}

// Replan returns what is planned anew, and the rows that are void for it, when a booking changes
// and the visit stays at its time. before is its type until now. What told of the booking stands,
// and so does what has had its time: it has left, or is held up and will be worded from the visit
// as it then is. How to prepare has to be said anew only where the visit is of another type.
func Replan(
	c *settings.Clinic, v handlers.Visit, before string, now time.Time,
) (texts []handlers.Outgoing, void []string) {
	void = Rows(c, v)
	stands := func(id string) {
		void = slices.DeleteFunc(void, func(other string) bool { return other == id })
	}
	for _, o := range Plan(c, v, now) {
		switch {
		case o.Kind == kinds.Unprepared && v.Type == before:
			stands(o.ID)
			stands(rowID(v, kinds.Ready)) // the look that was planned with the text
		case tellsOfBooking(c, o.Kind), o.State == handlers.Skipped:
			stands(o.ID)
		default:
			texts = append(texts, o)
		}
	}
	return texts, void
}

// LeaveOut leaves out of a plan what the patient was told already, since they took the visit by
// text: that it is booked, and what staff would have to say of it at once.
func LeaveOut(c *settings.Clinic, plan []handlers.Outgoing, why string) {
	for i, o := range plan {
		if tellsOfBooking(c, o.Kind) || o.Kind == kinds.Unprepared {
			plan[i].State, plan[i].Why = handlers.Skipped, why
		}
	}
}

// tellsOfBooking says whether a reminder of this kind leaves when the visit is booked.
func tellsOfBooking(c *settings.Clinic, kind string) bool {
	s, _ := step(c.Reminders.Plan, kind)
	return s.When == "booking"
}

func step(plan []settings.Step, kind string) (settings.Step, bool) {
	for _, s := range plan {
		if s.Kind == kind {
			return s, true
		}
	}
	return settings.Step{}, false
}

// Rows returns the ids of all rows that a visit can have planned.
func Rows(c *settings.Clinic, v handlers.Visit) []string {
	var out []string
	for _, s := range c.Reminders.Plan {
		out = append(out, rowID(v, s.Kind))
	}
	return append(out, rowID(v, kinds.Ready), rowID(v, kinds.Unprepared))
}

// rowID names a reminder by what it reminds of: a visit that moved, or went to another number, has
// rows of its own.
func rowID(v handlers.Visit, kind string) string {
	return fmt.Sprintf(
		"visit:%s:%d:%s:%d:%s", v.ID, v.Start.Unix(), v.Phone.Last4(), v.Moves, kind,
	)
}
