package visits

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
)

// CallOff takes a visit off as TakeOff does, but offers its time to nobody: the clinic is closed
// then. ok is false if the visit has changed since it was seen, or was off already.
func (b *Books) CallOff(
	ctx context.Context, id string, seen handlers.Visit,
) (ok bool, err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, v := range s.Visits {
			if v.ID != seen.ID || !v.Start.Equal(seen.Start) || !v.Open(b.Now()) {
				continue
			}
			e := b.off(v, handlers.Off, "the clinic is closed then")
			e.Slots, e.Reply.Note = nil, calledOff
			return e, nil
		}
		return handlers.Effects{}, nil
	}
	did, _, err := b.Store.Turn(ctx, id, seen.Phone, decide)
	return did.Note == calledOff, err
}

// calledOff is the note in the reply of a CallOff that did something: a repeat is told the same.
const calledOff = "called off"
