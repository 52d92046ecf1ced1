package paper

import (
	"fmt"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// plan says in words when reminders leave.
func plan(c *settings.Clinic) (out []string) {
	for _, s := range c.Reminders.Plan {
		var when string
		switch {
		case s.When == "booking":
			when = "when a visit is booked"
		case s.HoursBefore > 0:
			when = fmt.Sprintf("%g hours before", s.HoursBefore)
		default:
			when = count(s.DaysBefore, "day") + " before, at " + s.At
		}
		if s.Only == settings.Unconfirmed {
			when += ", unless they have confirmed"
		}
		out = append(out, upper(s.Kind)+": "+when)
	}
	return out
}
