package visits

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// adopt puts a visit that staff book in the place of the one that its patient took by text at the
// same time: it is the same visit, now known by the clinic's own id. It keeps the patient's answer,
// and nobody is told of it twice.
func (b *Books) adopt(s handlers.State, e *handlers.Effects) {
	v := &e.Visits[0]
	for _, taken := range s.Visits {
		if !waitlist.ByText(taken) || taken.ID == v.ID ||
			!taken.Start.Equal(v.Start) || !taken.Stands() {
			continue
		}
		v.State, v.Ride, v.Asked, v.Prepared = taken.State, taken.Ride, taken.Asked, taken.Prepared
		reminder.LeaveOut(
			b.Base.Clinic, e.Texts, "the patient took the visit by text, and was told then",
		)
		e.Void = append(e.Void, handlers.Voids(
			"the clinic has booked the visit under its own id",
			reminder.Rows(b.Base.Clinic, taken)...,
		)...)
		taken.State = handlers.Declined
		e.Visits, e.Gone = append(e.Visits, taken), append(e.Gone, taken.ID)
		return
	}
}
