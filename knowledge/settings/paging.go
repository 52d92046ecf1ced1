package settings

import "time"

// PageEvery returns the time between two pages of a case that nobody has taken.
func (c *Clinic) PageEvery() time.Duration { return inMinutes(c.Desk.PageMinutes) }

// PageAfter returns the pause before a round of paging: PageEvery before the first, which is round
// 0, doubled each time up to desk.page_most_minutes. Rounds beyond the tenth double no more, since
// a shift must not overflow.
func (c *Clinic) PageAfter(round int) time.Duration {
	return min(c.PageEvery()<<min(round, 10), inMinutes(c.Desk.PageMostMinutes))
}

// ReadWithin returns how long a concern may lie unread before it becomes an alarm.
func (c *Clinic) ReadWithin() time.Duration { return inMinutes(c.Desk.ConcernMinutes) }

// OnCall returns how long an urgent case may wait before the on-call phone is told.
func (c *Clinic) OnCall() time.Duration { return inMinutes(c.Desk.OnCallMinutes) }

// Stale returns how long after it was written a text may still be answered by the bot. Later a
// person answers, because an answer out of the blue may fit nothing any more.
func (c *Clinic) Stale() time.Duration { return inMinutes(c.Desk.StaleMinutes) }

// NurseBy returns when a nurse must have seen what arrives at t: desk.nurse_minutes after the
// clinic is open. For a clinic that doesn't open within a month that lies in the past.
func (c *Clinic) NurseBy(t time.Time) time.Time {
	return c.Opens(t).Add(inMinutes(c.Desk.NurseMinutes))
}

// inMinutes is a number of minutes as a duration.
func inMinutes(n int) time.Duration { return time.Duration(n) * time.Minute }
