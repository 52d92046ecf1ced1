package waitlist

import (
	"context"
	"errors"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// mostRounds bounds the rounds of one Deliver, and the tries of one change by staff. A slot that
// others keep changing is left to the next Deliver.
const mostRounds = 20

// Deliver moves every slot that is due one step on, until none is due. A slot that fails doesn't
// hold up the others. The error joins those of the store.
func (h *Handler) Deliver(ctx context.Context) error {
	for range mostRounds {
		due, err := h.Slots.DueSlots(ctx, h.Now())
		if err != nil || len(due) == 0 {
			return err
		}
		var all error
		for _, s := range due {
			all = errors.Join(all, h.bring(ctx, s))
		}
		if all != nil || ctx.Err() != nil {
			return all
		}
	}
	return nil
}

// bring moves one slot a step on. If that panics, only this slot is put off.
func (h *Handler) bring(ctx context.Context, s handlers.Slot) (err error) {
	read := s // step may have changed s halfway when it panics
	read.Offers = slices.Clone(s.Offers)
	p := guard.Run(func() {
		var e handlers.Effects
		if e, err = h.step(ctx, s); err == nil {
			// False means that somebody changed the slot meanwhile. It is still due then, and the
			// next round reads it anew.
			_, err = h.Slots.ChangeSlot(ctx, e)
		}
	})
	if p != nil {
		return h.panicked(ctx, read, p)
	}
	return err
}

// panicked puts off a slot whose handling panicked. After guard.MostPanics times it is no longer
// offered, and staff get a card that says so even if they had none of it before.
func (h *Handler) panicked(ctx context.Context, s handlers.Slot, p *guard.Panic) error {
	s.Panics++
	h.Meter.Panicked("slot")
	h.Log.Error("slot: the program panicked on it",
		"slot", s.ID, "times", s.Panics, "what", p.What, "stack", p.Stack)
	wait := h.offering(s)
	wait.Next = wait.Now.Add(guard.Wait(s.Panics))
	e := wait.Done()
	if s.Panics >= guard.MostPanics {
		s.Shown = true // Stop tells staff only of a slot that they were shown
		s.Offers = slices.Clone(s.Offers)
		over := h.offering(s)
		if p = guard.Run(func() {
			over.Stop("the program failed on it", "bot", handlers.Phone{})
			e = over.Done()
		}); p != nil {
			h.Log.Error("slot: it can't be ended", "slot", s.ID, "what", p.What, "stack", p.Stack)
		}
	}
	_, err := h.Slots.ChangeSlot(ctx, e)
	return err
}
