package staff

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/waitlist"

	"github.com/beacon-clinic/beacon/handlers"
)

// slotTries is how often a slot is read anew when others changed it in between.
const slotTries = 20

// slotPress does what a button of a slot's card says.
func (h *Handler) slotPress(ctx context.Context, c handlers.Case, p handlers.Press) error {
	return h.changeSlot(ctx, c.ID, func(o *waitlist.Offering) bool {
		switch {
		case p.Action == desk.ActionStop && o.State == handlers.SlotOpen:
			o.Stop("the desk stopped the offers", p.User, handlers.Phone{})
		case p.Action == desk.ActionDone && o.State != handlers.SlotOpen && !o.Slot.Done:
			o.Close(p.User)
		default:
			return false // somebody was quicker
		}
		h.Log.Info("pressed", "action", p.Action, "user", p.User, "case", c.ID)
		return true
	})
}

// nobodys is why what staff write in a thread that is no number's isn't sent.
const nobodys = "Not sent: this thread reaches no patient. Text one with /clinic say."

// slotReply marks what staff write in a slot's thread as refused: it is about nobody's number, so it would reach nobody.
func (h *Handler) slotReply(ctx context.Context, c handlers.Case, r handlers.ThreadReply) error {
	return h.changeSlot(ctx, c.ID, func(o *waitlist.Offering) bool {
		o.Mark(r.ID, nobodys)
		return true
	})
}

// awayReply does the same in the thread of a line that tells of an outage.
func (h *Handler) awayReply(ctx context.Context, c handlers.Case, r handlers.ThreadReply) error {
	id := r.ID + ":refused"
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Posts: []handlers.Post{{
			ID: id, Case: c.ID, Do: desk.PostMark, Mark: r.ID, State: desk.Refused, Why: nobodys,
			Due: h.Now(),
		}}}, nil
	}
	_, _, err := h.Store.Turn(ctx, id, handlers.Phone{}, decide)
	return err
}

func (h *Handler) changeSlot(ctx context.Context, id string, change func(o *waitlist.Offering) bool) error {
	for range slotTries {
		s, ok, err := h.Waitlist.Slot(ctx, id)
		if err != nil || !ok {
			return err
		}
		o := &waitlist.Offering{Slot: s, Clinic: h.Base.Clinic, Now: h.Now()}
		if !change(o) {
			return nil
		}
		if done, err := h.Waitlist.ChangeSlot(ctx, o.Done()); err != nil || done {
			return err
		}
	}
	return handlers.ErrConflict
}
