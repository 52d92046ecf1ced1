package staff

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Off takes a visit off: its reminders are void, and its time is offered to the waitlist if it can
// be. The patient isn't texted, and the answer says so. If the visit changes between the look-up
// here and the write, nothing is done, since staff meant the visit as it was.
type Off struct {
	Who Who    `json:"who"`
	At  string `json:"at,omitempty"` // when it starts, as staff write it; "" if there is one ahead
}

func (Off) name() string { return "off" }

func (o Off) who() Who { return o.Who }

func parseOff(h *Handler, args string) (Act, error) {
	who, rest := h.whom(args)
	return Off{who, rest}, nil
}

func (o Off) do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error) {
	var none answer.Answer
	phone, err := h.one(ctx, o.Who)
	if err != nil {
		return none, err
	}
	s, err := h.Store.Peek(ctx, phone)
	if err != nil {
		return none, err
	}
	v, err := h.ahead(s, o.At)
	if err != nil {
		return none, err
	}
	when := h.clock(v.Start)
	free, ok, err := h.Visits.TakeOff(ctx, "off:"+a.ID, v)
	if err != nil {
		return none, err
	}
	if !ok {
		return answer.Say("That visit has just changed: look again with /clinic today."), nil
	}
	next := "Its time isn't offered to anybody."
	if free {
		next = "Its time is offered to the waitlist."
	}
	return answer.Say(
		"The visit of %s on %s is off. They weren't told. %s", phone, when, next,
	), nil
}

// ahead returns the visit ahead that starts at a time, or the only one ahead if at is "". With
// several and no time, staff must say which.
func (h *Handler) ahead(s handlers.State, at string) (found handlers.Visit, err error) {
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
