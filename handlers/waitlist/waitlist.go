// Package waitlist offers times that became free to patients who wait for one, and follows each
// from freed to taken.
//
// [Freed] makes a slot of the time that a visit leaves. [Handler.Deliver] offers it to those who
// wait for one, one after another or a few at a time, until somebody takes it or the slot is too
// near; an [Offering] is the slot while it changes. [Handler.Compose] words its texts. Staff put
// numbers on the list with [Handler.Add] and end offers with [Handler.Stop]; package patient
// handles a patient's YES with [Take]. [Handler.Why] explains who was asked and who wasn't.
package waitlist

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Handler offers slots, and keeps the waitlist. All fields must be set. Its methods may be called
// concurrently, by several processes too: each change of a slot is written only if nobody else
// changed it.
type Handler struct {
	Base     *knowledge.Base
	Store    handlers.Store
	Slots    Slots
	Register Register
	Now      func() time.Time
	Meter    Meter
	Log      *slog.Logger
}

// Slots stores the slots.
type Slots interface {
	// DueSlots returns the slots that are to be looked at by now.
	DueSlots(ctx context.Context, now time.Time) ([]handlers.Slot, error)
	// OpenSlots returns all that are on offer or about to be.
	OpenSlots(ctx context.Context) ([]handlers.Slot, error)
	// Slot reads a slot by its id, which is its case's at the desk; ok is false if there is none.
	Slot(ctx context.Context, id string) (s handlers.Slot, ok bool, err error)
	// ChangeSlot writes the effects of a change of a slot in one step. It returns false, and writes
	// nothing, if somebody else changed the slot since it was read.
	ChangeSlot(ctx context.Context, e handlers.Effects) (bool, error)
}

// Register is what is read to find who can be asked, and to explain who was.
type Register interface {
	// Wishes returns all places on the waitlist, the longest-waiting first.
	Wishes(ctx context.Context) ([]handlers.Wish, error)
	// FreedSlots returns the slots that became free lately, whatever became of them.
	FreedSlots(ctx context.Context) ([]handlers.Slot, error)
	// Row reads a row of the ledger of texts; the zero row if there is none.
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
	// UnaskedAt returns when a number was sent texts that it hadn't asked for, at least as far back
	// as the caps count.
	UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error)
}

// Meter counts panics.
type Meter interface {
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}

// offering begins a change of a slot, on the slot itself.
func (h *Handler) offering(s handlers.Slot) *Offering {
	return &Offering{Slot: s, Clinic: h.Base.Clinic, Now: h.Now()}
}
