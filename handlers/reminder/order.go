package reminder

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// held returns the outcome of a rule: no if it is broken, else yes.
func held(name, yes string, broken bool, no string, late bool) rule {
	if !broken {
		no = ""
	}
	return rule{name: name, no: no, yes: yes, late: late}
}

// timely checks that a reminder still is of use when it leaves: that there is something to prepare
// and that it can be followed, and that nothing that leaves later says more.
func timely(
	c *settings.Clinic, s settings.Step, o handlers.Outgoing, v handlers.Visit, now time.Time,
) (out []rule) {
	if o.Kind == kinds.Prepare {
		out = append(
			out,
			held(
				"needed", "there is something to prepare, or a ride to arrange",
				!c.VisitTypes[v.Type].Prepares(), nothing, false,
			),
			held(
				"follow", "what it says can still be followed", !followed(c, v, now),
				"it is too late to follow what it says", true,
			),
		)
	}
	return append(
		out,
		held(
			"use", "it comes in time to be of use", s.TooLate(v.Start, now),
			"it would come too shortly before the visit", true,
		),
		held(
			"news", "it is still news", stale(c, s, o, v, now),
			"it was held up until the day of the visit", true,
		),
		held(
			"order", "no later reminder is due", overtaken(c, o, v, now),
			"its time has passed: the next reminder is due", true,
		),
	)
}

// nothing is why how to prepare isn't said.
const nothing = "there is nothing to prepare for, and no ride home to arrange"

// overtaken reports whether a later reminder of the same visit is due already. A text that was held
// up until then isn't sent, or the patient would get two at once. Times are compared as the plan
// has them: the Due of a row that was put off no longer says when its turn was.
func overtaken(c *settings.Clinic, o handlers.Outgoing, v handlers.Visit, now time.Time) bool {
	mine := o.Set
	if mine.IsZero() { // it was planned by a build that didn't note it
		mine = o.Due
	}
	for _, s := range c.Reminders.Plan {
		switch {
		case s.Kind == o.Kind, s.When == "booking", s.Kind == kinds.Prepare && !c.VisitTypes[v.Type].Prepares(),
			s.Only == settings.Unconfirmed && v.State == handlers.Confirmed:
			continue // it won't be sent and overtakes nothing
		}
		at, no := place(c, s, v, mine)
		if o.Must && s.Only == settings.Unconfirmed && handlers.SameDay(at, mine, c.Zoned(v.Zone)) {
			continue // it gave way to the news of the move: see oneOfTheDay
		}
		if no == "" && at.After(mine) && !at.After(now) {
			return true
		}
	}
	return false
}

// stale reports whether a text that tells of a booking was held up until the day of the visit. By
// then it is no news, and takes the place of what matters on that day. That a visit has moved is
// told as long as it can be.
func stale(
	c *settings.Clinic, s settings.Step, o handlers.Outgoing, v handlers.Visit, now time.Time,
) bool {
	zone := c.Zoned(v.Zone)
	return s.When == "booking" && !o.Must && !o.Set.IsZero() && handlers.SameDay(now, v.Start, zone) &&
		!handlers.SameDay(o.Set, v.Start, zone)
}
