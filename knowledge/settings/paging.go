package settings

import "time"

// PageEvery returns the time between two pages of a case that nobody has taken.
func (c *Clinic) PageEvery() time.Duration { return inMinutes(c.Desk.PageMinutes) }

// PageAfter returns the pause before a round of paging: PageEvery before the first, doubled each
// time up to desk.page_most_minutes.
func (c *Clinic) PageAfter(round int) time.Duration {
	return min(c.PageEvery()<<min(round, 10), inMinutes(c.Desk.PageMostMinutes))
}

// ReadWithin returns how long a concern may lie unread before it becomes an alarm.
func (c *Clinic) ReadWithin() time.Duration { return inMinutes(c.Desk.ConcernMinutes) }

// OnCall returns how long an urgent case may wait before the on-call phone is told.
func (c *Clinic) OnCall() time.Duration { return inMinutes(c.Desk.OnCallMinutes) }

// Stale returns how long after it was written a text may still be answered by the bot.
func (c *Clinic) Stale() time.Duration { return inMinutes(c.Desk.StaleMinutes) }

// NurseBy returns when a nurse must have seen what arrives at t, counted from opening.
func (c *Clinic) NurseBy(t time.Time) time.Time {
	return c.Opens(t).Add(inMinutes(c.Desk.NurseMinutes))
}

func inMinutes(n int) time.Duration { return time.Duration(n) * time.Minute }
