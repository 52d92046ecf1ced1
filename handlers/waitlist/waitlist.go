// Package waitlist offers a slot that became free to who waits for one: one after another, or a few at a time, until somebody takes it. The YES itself
// is the patient's turn (package patient); here is who is asked, in which words, and what time brings.
package waitlist

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Slots are the slots on offer.
type Slots interface {
	// DueSlots are those to be looked at by now, OpenSlots all of them.
	DueSlots(ctx context.Context, now time.Time) ([]handlers.Slot, error)
	OpenSlots(ctx context.Context) ([]handlers.Slot, error)
	// FreedSlots are those that became free lately, whatever became of them.
	FreedSlots(ctx context.Context) ([]handlers.Slot, error)
	// ChangeSlot writes what becomes of a slot, if nobody else changed it since it was read.
	ChangeSlot(ctx context.Context, e handlers.Effects) (bool, error)
}

// Files is what is looked up to find who can be asked.
type Files interface {
	Wishes(ctx context.Context) ([]handlers.Wish, error)
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
	UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error)
}

// Handler offers slots.
type Handler struct {
	Base  *knowledge.Base
	Store handlers.Store
	Slots Slots
	Files Files
	// Window is the first moment at or after t at which a number in the zone may be sent what it didn't ask for.
	Window func(t time.Time, zone *time.Location) time.Time
	Now    func() time.Time
	Log    *slog.Logger
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
		for _, s := range due {
			e, err := h.step(ctx, s)
			if err != nil {
				return err
			}
			// Whoever changed it meanwhile has it looked at anew.
			if _, err := h.Slots.ChangeSlot(ctx, e); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

// Filled ends the offering of a slot that staff have filled: a visit of that type is being booked at that time. Of several alike one is.
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

func (h *Handler) offering(s handlers.Slot) *handlers.Offering {
	return &handlers.Offering{Slot: s, Clinic: h.Base.Clinic, Now: h.Now()}
}
