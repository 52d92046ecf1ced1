// Package waitlist offers a slot that became free to who waits for one: one after another, or a few at a time, until somebody takes it. The YES itself
// is the patient's turn (package patient); here is who is asked, in which words, and what time brings.
package waitlist

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers/guard"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Slots are the slots on offer.
type Slots interface {
	// DueSlots are those to be looked at by now, OpenSlots all of them.
	DueSlots(ctx context.Context, now time.Time) ([]handlers.Slot, error)
	OpenSlots(ctx context.Context) ([]handlers.Slot, error)
	// Slot reads a slot by its id, which is its case's at the desk; ok is false if there is none.
	Slot(ctx context.Context, id string) (s handlers.Slot, ok bool, err error)
	// ChangeSlot writes what becomes of a slot, if nobody else changed it since it was read.
	ChangeSlot(ctx context.Context, e handlers.Effects) (bool, error)
}

// Register is what is looked up to find who can be asked, and to explain who was.
type Register interface {
	// Wishes are all places on the waitlist, the first to be asked first.
	Wishes(ctx context.Context) ([]handlers.Wish, error)
	// FreedSlots are those that became free lately, whatever became of them.
	FreedSlots(ctx context.Context) ([]handlers.Slot, error)
	// Row reads a row of the ledger of texts; the zero row if there is none.
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
	// UnaskedAt is when a number was sent texts that nobody asked for.
	UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error)
}

// Handler offers slots.
type Handler struct {
	Base     *knowledge.Base
	Store    handlers.Store
	Slots    Slots
	Register Register
	Now      func() time.Time
	Meter    Meter
	Log      *slog.Logger
}

// Meter counts panics.
type Meter interface {
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}

// mostRounds bounds one Deliver: a slot that others keep changing is looked at again the next time.
const mostRounds = 20

// Deliver brings every slot that is due as far as it goes now.
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

// bring brings a slot as far as it goes now. A panic on the way is that slot's own matter.
func (h *Handler) bring(ctx context.Context, s handlers.Slot) (err error) {
	read := s
	read.Offers = slices.Clone(s.Offers)
	p := guard.Run(func() {
		var e handlers.Effects
		if e, err = h.step(ctx, s); err == nil {
			// Whoever changed it meanwhile has it looked at anew.
			_, err = h.Slots.ChangeSlot(ctx, e)
		}
	})
	if p != nil {
		return h.panicked(ctx, read, p)
	}
	return err
}

// panicked puts off a slot on which the program panicked, and after a few times it is no longer
// offered.
func (h *Handler) panicked(ctx context.Context, s handlers.Slot, p *guard.Panic) error {
	s.Panics++
	h.Meter.Panicked("slot")
	h.Log.Error("slot: the program panicked on it",
		"slot", s.ID, "times", s.Panics, "what", p.What, "stack", p.Stack)
	wait := h.offering(s)
	wait.Next = wait.Now.Add(guard.Wait(s.Panics))
	e := wait.Done()
	if s.Panics >= guard.MostPanics {
		s.Shown = true // staff are to know of it now
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

func (h *Handler) offering(s handlers.Slot) *Offering {
	return &Offering{Slot: s, Clinic: h.Base.Clinic, Now: h.Now()}
}
