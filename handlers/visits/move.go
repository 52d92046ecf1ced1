package visits

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// move returns the effects of a visit that moved, is on again or has another number: new reminders
// in place of the old ones, and the slot that it leaves.
func (b *Books) move(c change, v handlers.Visit) handlers.Effects {
	clinic, now, why := b.Base.Clinic, b.Now(), "the visit moved"
	if c.on {
		why = "the visit was booked again"
	}
	e := handlers.Effects{
		Texts: reminder.Plan(clinic, v, now),
		Void:  handlers.Voids(why, reminder.Rows(clinic, c.old)...),
	}
	if !c.old.Start.Equal(v.Start) && c.old.Open(now) && !c.old.Held() {
		freed := "the visit of " + c.old.Phone.String() + " moved"
		e.Slots = waitlist.Freed(clinic, c.old, freed, now)
	}
	return e
}

// change says what a booking finds in the store.
type change struct {
	old   handlers.Visit // the visit as it is stored, if known
	known bool
	on    bool // it was off and is on again: the patient is told of it as of a new one
}

// moves reports whether the patient must be told of the visit, and be asked to confirm it: it is
// new to them, or its time is, or nothing was texted about it while it was in doubt.
func (c change) moves(v handlers.Visit) bool {
	return !c.known || c.old.Held() && !v.Held() || c.on || !c.old.Start.Equal(v.Start) ||
		c.old.Phone != v.Phone
}
