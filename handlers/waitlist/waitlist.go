// Package waitlist takes a slot from freed to taken.
//
// [Freed] makes a slot of the time that a visit leaves. [Handler.Deliver] offers it to those who
// wait for one, one after another or a few at a time, until somebody takes it; an [Offering] is the
// slot while it changes. [Handler.Compose] words its texts. Staff put numbers on the list with
// [Handler.Add] and end offers with [Handler.Stop]; package patient handles a patient's YES.
// [Handler.Why] explains who was asked.
package waitlist

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

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

// Meter counts panics.
type Meter interface {
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}

func (h *Handler) offering(s handlers.Slot) *Offering {
	return &Offering{Slot: s, Clinic: h.Base.Clinic, Now: h.Now()}
}
