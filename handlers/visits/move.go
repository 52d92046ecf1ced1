package visits

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// Move moves a visit for the desk, and keeps what was booked of it. What its patient said and was
// told is of the old time; see [handlers.Visit.At]. id names the event, so that a repeat does nothing
// twice and returns the same. seen is the visit as the desk saw it: if it has moved,
// begun or been called off since, nothing is done and ok is false. free reports whether the time that
// it leaves is offered to the waitlist. The patient is told by the plan of the new time.
func (b *Books) Move(
	ctx context.Context, id string, seen handlers.Visit, to time.Time,
) (free, ok bool, err error) {
	// A slot on offer there is closed first: until it is, a patient can say yes to it.
	there := seen
	there.Start = to
	if err := b.Waitlist.Filled(ctx, there); err != nil {
		return false, false, err
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, old := range s.Visits {
			if old.ID != seen.ID || !old.Start.Equal(seen.Start) || !old.Open(b.Now()) {
				continue
			}
			e := b.book(s, change{old: old, known: true}, old.At(to))
			if s.InDanger() { // the visit may be what keeps them in care: nobody is offered its time
				e.Slots = nil
			}
			if len(e.Slots) > 0 {
				e.Reply.Note = offered
			}
			return e, nil
		}
		return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
	}
	did, _, err := b.Store.Turn(ctx, id, seen.Phone, decide)
	return did.Note == offered, did.Kind != desk.Refused, err
}

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
