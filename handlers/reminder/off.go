package reminder

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers/waitlist"

	"github.com/beacon-clinic/beacon/handlers"
)

// Off takes a visit off, for the desk or for an import (handlers.Off, handlers.Cancelled): what was planned for it is void, and its time is free. The
// patient isn't texted.
func (h *Handler) Off(v handlers.Visit, state, why string) handlers.Effects {
	free := waitlist.Freed(h.Base.Clinic, v, why, h.Now())
	v.State = state
	return handlers.Effects{Visits: []handlers.Visit{v}, Void: handlers.Voids(why, h.rows(v)...), Slots: free}
}

// cancel takes off what the clinic's calendar has called off. A visit that isn't known, is over or is off already stays as it is.
func (h *Handler) cancel(ctx context.Context, id string) error {
	v, known, err := h.Visits.Visit(ctx, id)
	if err != nil || !known || !v.Open(h.Now()) {
		return err
	}
	_, _, err = h.Store.Turn(ctx, h.id(v, "off"), v.Phone, func(s handlers.State) (handlers.Effects, error) {
		now, ok := find(s.Visits, id)
		if !ok || !now.Open(h.Now()) {
			return handlers.Effects{}, nil
		}
		return h.Off(now, handlers.Cancelled, "the import took the visit of "+v.Phone.String()+" off"), nil
	})
	return err
}
