package waitlist

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
)

// Stop ends the offers of a slot, since the staff member by pressed the button. It returns false if
// there is nothing to stop any more: a patient took it, or the slot is over. It returns
// handlers.ErrConflict if others kept changing the slot, as do all methods here.
func (h *Handler) Stop(ctx context.Context, slot, by string) (bool, error) {
	return h.change(ctx, slot, func(o *Offering) bool {
		if o.State != handlers.SlotOpen {
			return false
		}
		o.Stop("the desk stopped the offers", by, handlers.Phone{})
		return true
	})
}

// Close closes the case of a slot that is no longer offered, for the staff member by. It returns
// false if the slot is still on offer, or the case is closed already.
func (h *Handler) Close(ctx context.Context, slot, by string) (bool, error) {
	return h.change(ctx, slot, func(o *Offering) bool {
		if o.State == handlers.SlotOpen || o.Slot.Done {
			return false
		}
		o.closeCard(by)
		return true
	})
}

// Refuse marks a message that staff wrote in a slot's thread as refused: the thread belongs to no
// number, so the message can't be sent to anybody. why is shown at the message.
func (h *Handler) Refuse(ctx context.Context, slot, message, why string) error {
	_, err := h.change(ctx, slot, func(o *Offering) bool {
		o.refuse(message, why)
		return true
	})
	return err
}

// Filled ends the offering of a slot that staff have filled themselves: a visit v of that type is
// being booked at that time. Of several such slots it ends one. The patient of v isn't texted that
// the slot is gone, since they have it.
func (h *Handler) Filled(ctx context.Context, v handlers.Visit) error {
	for range mostRounds {
		open, err := h.Slots.OpenSlots(ctx)
		if err != nil {
			return err
		}
		s, ok := slotFor(open, v)
		if !ok {
			return nil
		}
		o := h.offering(s)
		o.Stop("a visit was booked at that time", "bot", v.Phone)
		done, err := h.Slots.ChangeSlot(ctx, o.Done())
		if done {
			h.Log.Info("slot filled", "slot", s.ID)
		}
		if err != nil || done {
			return err
		}
	}
	return handlers.ErrConflict
}

// slotFor returns the first open slot of a visit's type that starts when the visit does.
func slotFor(open []handlers.Slot, v handlers.Visit) (handlers.Slot, bool) {
	for _, s := range open {
		if s.State == handlers.SlotOpen && s.Type == v.Type && s.Start.Equal(v.Start) {
			return s, true
		}
	}
	return handlers.Slot{}, false
}

// change reads a slot, has act change it and stores it, and starts again if others changed it in
// between. It returns false if there is no such slot, or act returned false: there was nothing to
// change.
func (h *Handler) change(
	ctx context.Context, id string, act func(o *Offering) bool,
) (bool, error) {
	for range mostRounds {
		s, ok, err := h.Slots.Slot(ctx, id)
		if err != nil || !ok {
			return false, err
		}
		o := h.offering(s)
		if !act(o) {
			return false, nil
		}
		if done, err := h.Slots.ChangeSlot(ctx, o.Done()); err != nil || done {
			return done, err
		}
	}
	return false, handlers.ErrConflict
}
