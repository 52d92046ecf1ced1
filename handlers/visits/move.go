package visits

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// move plans a visit anew that moved or is on again: what was planned for it is void, and the time
// that it leaves is free.
func (b *Books) move(c change, v handlers.Visit) handlers.Effects {
	clinic, now, why := b.Base.Clinic, b.Now(), "the visit moved"
	if c.on {
		why = "the visit was booked again"
	}
	e := handlers.Effects{
		Texts: reminder.Plan(clinic, v, now),
		Void:  handlers.Voids(why, reminder.Rows(clinic, c.old)...),
	}
	if !c.old.Start.Equal(v.Start) && c.old.Open(now) {
		freed := "the visit of " + c.old.Phone.String() + " moved"
		e.Slots = waitlist.Freed(clinic, c.old, freed, now)
	}
	return e
}

// change is what a booking changes: the visit that is in the books already, if there is one.
type change struct {
	old   handlers.Visit
	known bool
	on    bool // it was off, and is on again: it is told of as if it were new
}

// moves says whether the patient has to be told of the visit anew.
func (c change) moves(v handlers.Visit) bool {
	return !c.known || c.on || !c.old.Start.Equal(v.Start) || c.old.Phone != v.Phone
}
