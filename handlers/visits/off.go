package visits

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// offered is the note in the reply of a TakeOff whose slot is offered to the waitlist. The reply is
// stored with the event, so that a repeat is told the same.
const offered = "offered"

// TakeOff takes a visit off for the desk. id names the event, so that a repeat does nothing twice
// and returns the same. seen is the visit as the desk saw it: if it has moved, begun or been called
// off since, nothing is done and ok is false. free reports whether its time is offered to the
// waitlist, which it isn't while the patient may be in danger. The patient isn't texted.
func (b *Books) TakeOff(
	ctx context.Context, id string, seen handlers.Visit,
) (free, ok bool, err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, v := range s.Visits {
			if v.ID != seen.ID || !v.Start.Equal(seen.Start) || !v.Open(b.Now()) {
				continue
			}
			e := b.off(v, handlers.Off, "the desk took the visit of "+v.Phone.String()+" off")
			if s.InDanger() { // the visit may be what keeps them in care: nobody is offered its time
				e.Slots = nil
			}
			if len(e.Slots) > 0 {
				e.Reply.Note = offered
			}
			e.Add(b.ended(s, v, "the visit is off", true))
			now := b.Now()
			e.WriteBacks = handlers.WriteBacks(s, e, b.Base.Clinic.WritesBack, now, now)
			return e, nil
		}
		// Kept as the reply, so that the same command again is told the same.
		return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
	}
	did, _, err := b.Store.Turn(ctx, id, seen.Phone, decide)
	return did.Note == offered, did.Kind != desk.Refused, err
}

// cancel takes a visit off that an import has as Cancelled. Nothing happens if it isn't known, has
// begun or is off already, as with a file that is imported again.
func (b *Books) cancel(ctx context.Context, id string) (Outcome, error) {
	v, known, err := b.Visits.Visit(ctx, id)
	if err != nil || !known || !v.Open(b.Now()) {
		return Unchanged, err
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, now := range s.Visits {
			if now.ID == id && now.Open(b.Now()) {
				why := "the import took the visit of " + v.Phone.String() + " off"
				e := b.off(now, handlers.Cancelled, why)
				e.Add(b.ended(s, v, "the visit is off", true))
				return e, nil
			}
		}
		return handlers.Effects{}, nil
	}
	_, _, err = b.Store.Turn(ctx, b.event("off", v), v.Phone, decide)
	return Cancelled, err
}

// off returns the effects of taking a visit off: its state, its reminders void, and its slot if the
// time can still be offered.
func (b *Books) off(v handlers.Visit, state, why string) handlers.Effects {
	var free []handlers.Slot
	if !v.Held() { // a time that may be wrong is offered to nobody
		free = waitlist.Freed(b.Base.Clinic, v, why, b.Now())
	}
	void := handlers.Voids(why, reminder.Rows(b.Base.Clinic, v)...)
	v.State = state
	return handlers.Effects{
		Visits: []handlers.Visit{v}, Void: void, Slots: free,
		Texts: reminder.Follows(b.Base.Clinic, v, b.Now()),
	}
}

// ended closes what staff were to do about a visit that is off, or has another time or number; see
// [desk.Over].
func (b *Books) ended(
	s handlers.State, v handlers.Visit, why string, gone bool,
) handlers.Effects {
	return desk.Over(s, desk.End{Visit: v.ID, Why: why, At: b.Now(), Gone: gone})
}
