package reminder

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Receipt moves a text forward and, when it ended, tells whoever must know. Receipts come in any order, repeated, and for rows unknown here. A
// text that may still arrive is tried again as long as that makes sense.
func (h *Handler) Receipt(ctx context.Context, r handlers.Receipt) error {
	state, why := r.State, ""
	switch r.State {
	case handlers.Sent, handlers.Delivered:
	case "undelivered", "failed":
		state, why = handlers.Failed, r.Reason()
	default: // queued, sending: nothing new
		return nil
	}
	o, err := h.Ledger.Row(ctx, r.ID)
	if err != nil {
		return err
	}
	if o.ID == "" {
		h.Log.Warn("receipt for a text that isn't in the ledger", "id", r.ID, "sid", r.SID, "state", r.State)
		return nil
	}
	var again time.Time
	if state == handlers.Failed && r.Retry {
		again = h.Gate.Later(o, r)
	}
	o, moved, err := h.Ledger.Advance(ctx, r.ID, state, r.SID, why, r.At, again)
	if err != nil {
		return err
	}
	h.Log.Info("receipt", "id", r.ID, "state", r.State, "code", r.Code, "now", o.State)
	// The same again is told again, for the process may have died in between; whoever is told knows it by its id.
	if o.State != state && !(moved && o.State == handlers.Planned) {
		return nil // a later one came first
	}
	return h.Gate.Received(ctx, o, r)
}
