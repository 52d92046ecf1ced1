package staff

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// off takes a visit off: it is reminded no more, and its time is free. The patient isn't texted.
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
	when := knowledge.When(v.Start.In(h.Base.Clinic.Location()), "en")
	did, _, err := h.Store.Turn(ctx, "off:"+c.ID, phone, func(s handlers.State) (handlers.Effects, error) {
		for _, now := range s.Visits {
			if now.ID == v.ID && now.Start.Equal(v.Start) && now.Open(h.Now()) {
				e := h.Off(now, handlers.Off, "the desk took the visit of "+phone.String()+" off")
				e.Reply = handlers.Reply{Note: next(len(e.Slots))}
				return e, nil
			}
		}
		return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
	})
	if err != nil {
		return "", err
	}
	if did.Kind == desk.Refused {
		return "That visit has just changed: look again with /clinic today.", nil
	}
	return fmt.Sprintf("The visit of %s on %s is off. They weren't told. %s", phone, when, did.Note), nil
}

func next(slots int) string {
	if slots == 0 {
		return "Its time isn't offered to anybody."
	}
	return "Its time is offered to the waitlist."
}

// one is the visit ahead that a time names, or the only one.
func (h *Handler) one(s handlers.State, at string) (found handlers.Visit, err error) {
	n := 0
	for _, v := range s.Visits {
		if !v.Open(h.Now()) {
			continue
		}
		if at != "" {
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
		return found, errUsage{"There is no such visit ahead."}
	}
	return found, errUsage{fmt.Sprintf("%s has %d visits ahead: say which, by date and time.", s.Phone, n)}
}
