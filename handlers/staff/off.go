package staff

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
)

// off takes a visit off: its reminders are void, and its time is offered to the waitlist if it can
// be. The patient isn't texted, and the answer says so. If the visit changes between the look-up
// here and the write, nothing is done, since staff meant the visit as it was.
func (h *Handler) off(ctx context.Context, c handlers.Command, args string) (string, error) {
	phone, rest, err := h.who(ctx, args)
	if err != nil {
		return "", err
	}
	s, err := h.Store.Peek(ctx, phone)
	if err != nil {
		return "", err
	}
	v, err := h.one(s, rest)
	if err != nil {
		return "", err
	}
	when := h.clock(v.Start)
	free, ok, err := h.Visits.TakeOff(ctx, "off:"+c.ID, v)
	if err != nil {
		return "", err
	}
	if !ok {
		return "That visit has just changed: look again with /clinic today.", nil
	}
	next := "Its time isn't offered to anybody."
	if free {
		next = "Its time is offered to the waitlist."
	}
	return fmt.Sprintf(
		"The visit of %s on %s is off. They weren't told. %s", phone, when, next,
	), nil
}

// one returns the visit ahead that starts at a time, or the only one ahead if at is "". With
// several and no time, staff must say which.
func (h *Handler) one(s handlers.State, at string) (found handlers.Visit, err error) {
	n := 0
	for _, v := range s.Visits {
		if !v.Open(h.Now()) {
			continue
		}
		if at != "" {
			// Read only if there is a visit ahead: without one a badly written time doesn't matter.
			start, err := h.Start(at, h.Base.Clinic.Location())
			if err != nil {
				return found, errUsage{err.Error()}
			}
			if !v.Start.Equal(start) {
				continue
			}
		}
		found = v
		n++
	}
	switch {
	case n == 1:
		return found, nil
	case n == 0:
		return found, usage("There is no such visit ahead.")
	}
	return found, usage("%s has %d visits ahead: say which, by date and time.", s.Phone, n)
}
