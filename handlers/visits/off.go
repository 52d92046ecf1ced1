package visits

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// offered is the note of a visit that was taken off and whose time is offered to the waitlist.
const offered = "offered"

// TakeOff takes a visit off for the desk, under an event's id. It does nothing (ok is false) if the
// visit isn't what the desk saw any more. free says whether its time is offered to the waitlist.
// The patient isn't texted.
func (b *Books) TakeOff(
	ctx context.Context, id string, seen handlers.Visit,
) (free, ok bool, err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, v := range s.Visits {
			if v.ID != seen.ID || !v.Start.Equal(seen.Start) || !v.Open(b.Now()) {
				continue
			}
			e := b.off(v, handlers.Off, "the desk took the visit of "+v.Phone.String()+" off")
			if len(e.Slots) > 0 {
				e.Reply.Note = offered
			}
			return e, nil
		}
		// Kept as the reply, so that the same command again is told the same.
		return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
	}
	did, _, err := b.Store.Turn(ctx, id, seen.Phone, decide)
	return did.Note == offered, did.Kind != desk.Refused, err
}

// cancel takes off what the clinic's calendar has called off. A visit that isn't known, is over or
// is off already stays as it is.
func (b *Books) cancel(ctx context.Context, id string) error {
	v, known, err := b.Visits.Visit(ctx, id)
	if err != nil || !known || !v.Open(b.Now()) {
		return err
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, now := range s.Visits {
			if now.ID == id && now.Open(b.Now()) {
				why := "the import took the visit of " + v.Phone.String() + " off"
				return b.off(now, handlers.Cancelled, why), nil
			}
		}
		return handlers.Effects{}, nil
	}
	_, _, err = b.Store.Turn(ctx, b.event("off", v), v.Phone, decide)
	return err
}

// off takes a visit off: what was planned for it is void, and its time is free.
func (b *Books) off(v handlers.Visit, state, why string) handlers.Effects {
	free := waitlist.Freed(b.Base.Clinic, v, why, b.Now())
	void := handlers.Voids(why, reminder.Rows(b.Base.Clinic, v)...)
	v.State = state
	return handlers.Effects{Visits: []handlers.Visit{v}, Void: void, Slots: free}
}
