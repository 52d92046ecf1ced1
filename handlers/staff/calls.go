package staff

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/contact"
)

// CallKey takes the keys that a member of staff pressed when their phone was rung, by the call's row.
// It returns what to say to them, and the patient to connect them with; the zero Phone is nobody.
// After an error the carrier ends the call.
func (h *Handler) CallKey(
	ctx context.Context, row, call, digits string,
) (say string, dial handlers.Phone, err error) {
	o, err := h.Texts.Row(ctx, row)
	if err != nil {
		return "", dial, err
	}
	say, c, connect, err := contact.Key(ctx, &h.Kit, o, digits)
	if err != nil || !connect {
		return say, dial, err
	}
	if err := h.recordCase(ctx, c, "call:"+call, o.User, "call connected"); err != nil {
		return "", dial, err
	}
	return "", c.Phone, nil
}

// CallEnded tells in the thread what became of a call, once, and returns what to say to the member
// of staff, if they still listen.
func (h *Handler) CallEnded(ctx context.Context, e handlers.CallEnd) (say string, err error) {
	return contact.Ended(ctx, &h.Kit, e)
}
