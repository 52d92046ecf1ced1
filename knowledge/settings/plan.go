package settings

import "time"

// LeastBefore is the shortest time before a visit at which an hours-before reminder is still sent
// when it had to wait for the window to open.
const LeastBefore = time.Hour

// Asked tells whether the reminders sent by now have asked for a confirmation of a visit that
// starts at start. The steps meant for unconfirmed visits are those that ask. It goes by the plan,
// not by what was sent, so it needs no store.
func (c *Clinic) Asked(start time.Time, zone string, now time.Time) bool {
	for _, s := range c.Reminders.Plan {
		if s.Only != Unconfirmed {
			continue
		}
		own := s.Due(start, c.Zoned(zone))
		due := c.StepInWindow(s, own, c.Zoned(zone))
		skipped := s.HoursBefore > 0 && due.After(own) && start.Sub(due) < LeastBefore
		if !skipped && !due.After(now) {
			return true
		}
	}
	return false
}

// StepInWindow returns when a reminder that is due at due may be sent. One that is counted in days
// before the visit has to be followed, so a holiday moves it to the working day before.
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
