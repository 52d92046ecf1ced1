package visits

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// adopt merges the visit that e books with one that its patient took by text, if that starts at the
// same time and still stands: staff enter such a visit in the clinic's calendar, and it comes back
// under the clinic's own id. The booked visit takes over the patient's answers; the other is
// declined and removed, and its reminders are void. The patient was told of the booking in the
// reply to their text and isn't told again.
//
// e.Visits[0] is the visit, e.Texts its plan. s is the number's state before the booking.
func (b *Books) adopt(s handlers.State, e *handlers.Effects) {
	v := &e.Visits[0]
	for _, taken := range s.Visits {
		if !waitlist.ByText(taken) || taken.ID == v.ID ||
			!taken.Start.Equal(v.Start) || !taken.Stands() ||
			taken.Name != "" && !handlers.SamePatient(taken.Name, v.Name) {
			continue
		}
		v.State, v.AskedComes = taken.State, taken.AskedComes
		v.Ride, v.Asked, v.Prepared = taken.Ride, taken.Asked, taken.Prepared
		reminder.LeaveOut(
			b.Base.Clinic, e.Texts, "the patient took the visit by text, and was told then",
		)
		e.Void = append(e.Void, handlers.Voids(
			"the clinic has booked the visit under its own id",
			reminder.Rows(b.Base.Clinic, taken)...,
		)...)
		// Gone takes it from the number alone. It stays among the visits of its day, where staff
		// must not read it as a second patient who comes.
		taken.State = handlers.Declined
		e.Visits, e.Gone = append(e.Visits, taken), append(e.Gone, taken.ID)
		return
	}
}
