package settings

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

const (
	// LeastBefore is the shortest time before a visit at which an hours-before reminder is still
	// sent when it had to wait for the window to open. With less, the patient may be getting ready
	// when it comes.
	LeastBefore = 3 * time.Hour
	// leastHours is the least that hours_before can be, and how long before the visit such a
	// reminder can still leave that something held up: after that it helps nobody.
	leastHours = 2
)

// Together returns for how long the text of a booking waits for others of its series: 0 for a type
// that has none.
func (c *Clinic) Together(kind string) time.Duration {
	if c.VisitTypes[kind].Series == nil {
		return 0
	}
	return time.Duration(c.Reminders.Together) * time.Minute
}

// TooLate reports whether a reminder leaves too shortly before a visit that begins at start.
func (s Step) TooLate(start, now time.Time) bool {
	return s.HoursBefore > 0 && s.Kind != kinds.Prepare &&
		start.Sub(now) < leastHours*time.Hour
}

// Asked tells whether the reminders sent by now have asked for a confirmation of a visit of a type
// that starts at start. The steps meant for unconfirmed visits are those that ask. It goes by the plan,
// not by what was sent, so it needs no store.
func (c *Clinic) Asked(kind string, start time.Time, zone string, now time.Time) bool {
	for _, s := range c.Reminders.Plan {
		if s.Only != Unconfirmed {
			continue
		}
		own := s.Due(start, c.Zoned(zone))
		due := c.Leaves(s, start, c.Zoned(zone), c.VisitTypes[kind].Prepares())
		skipped := s.HoursBefore > 0 && due.After(own) && start.Sub(due) < LeastBefore
		if !skipped && !due.After(now) {
			return true
		}
	}
	return false
}

// Leaves returns when a step before a visit that starts at start may be sent, in the patient's zone;
// the zero time for the step at booking. One that is counted in days has to be followed, so a
// holiday moves it to the working day before.
//
// If the visit prepares (it has something to prepare, or a ride home to arrange), that is said on a
// day on which the clinic is open, the last one before: whoever needs help must find somebody there.
// An earlier step that would share that day then leaves the day before.
func (c *Clinic) Leaves(s Step, start time.Time, zone *time.Location, prepares bool) time.Time {
	due := s.Due(start, zone)
	if due.IsZero() {
		return due
	}
	due = c.StepInWindow(s, due, zone)
	if s.Kind == kinds.Prepare {
		return c.lastAttended(due)
	}
	for _, p := range c.Reminders.Plan {
		if !prepares || p.Kind != kinds.Prepare || p.DaysBefore == 0 ||
			s.DaysBefore <= p.DaysBefore {
			continue
		}
		at := c.lastAttended(c.StepInWindow(p, p.Due(start, zone), zone))
		if at.Format(time.DateOnly) == due.Format(time.DateOnly) {
			return c.StepInWindow(s, due.AddDate(0, 0, -1), zone)
		}
	}
	return due
}

// lastAttended returns the time of day of due on the last day by then on which the clinic is open;
// due if it wasn't open for two weeks.
func (c *Clinic) lastAttended(due time.Time) time.Time {
	for back := range 14 {
		if day := due.AddDate(0, 0, -back); c.Attended(day) {
			return day
		}
	}
	return due
}

// StepInWindow returns when a reminder that is due at due may be sent, whether somebody is at the
// clinic then or not. See Leaves.
func (c *Clinic) StepInWindow(s Step, due time.Time, zone *time.Location) time.Time {
	return c.inWindow(due, zone, s.DaysBefore > 0)
}

// InWindow returns the first moment at or after t, in zone, at which an unasked text may be sent:
// within the reminder window and not on a holiday.
func (c *Clinic) InWindow(t time.Time, zone *time.Location) time.Time {
	return c.inWindow(t, zone, false)
}

// inWindow goes forward to the window, or back over holidays if earlier. Thirty steps are enough
// for any row of holidays, and end a calendar that has nothing else.
func (c *Clinic) inWindow(t time.Time, zone *time.Location, earlier bool) time.Time {
	w := c.Reminders.Window
	t = t.In(zone)
	for range 30 {
		m := t.Hour()*60 + t.Minute()
		switch {
		case c.Holiday(t) && earlier:
			t = t.AddDate(0, 0, -1)
		case c.Holiday(t) || m >= w.To:
			t = OnDay(t, 1, w.From)
		case m < w.From:
			t = OnDay(t, 0, w.From)
		default:
			return t
		}
	}
	return t
}

// RideDue returns when staff are told that nobody knows who drives a patient home, for a patient
// who was asked at the given time: at ride_by of that day, but an hour after the question at least,
// so that there is time to answer. The zone is that of asked.
func (c *Clinic) RideDue(asked time.Time) time.Time {
	m, _ := minutes(c.Reminders.RideBy) // checked by Parse
	by := OnDay(asked, 0, m)
	if least := asked.Add(time.Hour); by.Before(least) {
		return least
	}
	return by
}

// LeaveOffs returns the preparation rules of visits on one day that can still be followed, each
// with the earliest time that one of the visits asks for. types and starts run in parallel.
func (c *Clinic) LeaveOffs(types []string, starts []time.Time, now time.Time) (out []LeaveOff) {
	place := map[string]int{}
	for i, name := range types {
		for _, l := range c.VisitTypes[name].Prepare.LeaveOffs(starts[i], now) {
			at, there := place[l.Rule]
			switch {
			case !there:
				place[l.Rule] = len(out)
				out = append(out, l)
			case l.At.Before(out[at].At):
				out[at] = l
			}
		}
	}
	return out
}
