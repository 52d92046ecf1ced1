package waitlist

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
)

// Stop ends the offers of a slot for the desk. False: there is nothing to stop, since somebody was
// quicker.
func (h *Handler) Stop(ctx context.Context, slot, by string) (bool, error) {
	return h.change(ctx, slot, func(o *Offering) bool {
		if o.State != handlers.SlotOpen {
			return false
		}
		o.Stop("the desk stopped the offers", by, handlers.Phone{})
		return true
	})
}

// Close takes the card of a slot that is no longer offered off the desk. False: it is on offer, or
// somebody was quicker.
func (h *Handler) Close(ctx context.Context, slot, by string) (bool, error) {
	return h.change(ctx, slot, func(o *Offering) bool {
		if o.State == handlers.SlotOpen || o.Slot.Done {
			return false
		}
		o.closeCard(by)
		return true
	})
}

// Refuse marks what staff wrote in a slot's thread as refused: the thread is about nobody's number,
// so it would reach nobody.
func (h *Handler) Refuse(ctx context.Context, slot, message, why string) error {
	_, err := h.change(ctx, slot, func(o *Offering) bool {
		o.refuse(message, why)
		return true
	})
	return err
}

// Filled ends the offering of a slot that staff have filled: a visit of that type is being booked
// at that time. Of several alike one is.
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

func slotFor(open []handlers.Slot, v handlers.Visit) (handlers.Slot, bool) {
	for _, s := range open {
		if s.State == handlers.SlotOpen && s.Type == v.Type && s.Start.Equal(v.Start) {
			return s, true
		}
	}
	return handlers.Slot{}, false
}

// change changes a slot, read anew while others change it in between. False: there is no such slot,
// or nothing to change.
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
