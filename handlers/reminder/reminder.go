// Package reminder books visits, plans what reminds of them, words each reminder when it falls due, and follows it to its receipt.
package reminder

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Visits finds a visit by its id.
type Visits interface {
	Visit(ctx context.Context, id string) (v handlers.Visit, ok bool, err error)
}

// Receipts moves a row of the ledger forward.
type Receipts interface {
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
	// Advance moves the row and returns it as it then is; with a time again, one that failed is tried again then.
	Advance(ctx context.Context, id, state, sid, why string, at, again time.Time) (o handlers.Outgoing, moved bool, err error)
}

// Files is what is looked up to explain what became of a number's texts.
type Files interface {
	Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)
	UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error)
	// Held is until when the pace holds a row back that is due, and how many are due before it; zero if it doesn't.
	Held(ctx context.Context, o handlers.Outgoing, now time.Time, p gate.Pace) (until time.Time, before int64, err error)
}

// Handler books and reminds.
type Handler struct {
	Base   *knowledge.Base
	Store  handlers.Store
	Visits Visits
	Ledger Receipts
	Files  Files
	Gate   *gate.Texter
	// Filled hears of every visit before it is booked: a slot on offer may be what it fills.
	Filled func(ctx context.Context, v handlers.Visit) error
	Now    func() time.Time
	Log    *slog.Logger
}

// What a booking did.
const (
	Imported  = "imported"
	Updated   = "updated"
	Unchanged = "unchanged"
	Cancelled = "cancelled" // of an import: the visit is off
)

// Book stores a visit under its id, new or changed, and plans its reminders, in one step. A changed start moves the visit: what was planned for
// the old one is void, and the patient is asked anew. Booking the same again changes nothing, but that a visit that was off is on again.
func (h *Handler) Book(ctx context.Context, v handlers.Visit) (string, error) {
	return h.put(ctx, v, handlers.Cancelled, handlers.Off, handlers.Declined)
}

// put books a visit. The states are those of which the same booking has it on again: an import that still holds what the desk took off, or who said
// that they can't come, doesn't know better.
func (h *Handler) put(ctx context.Context, v handlers.Visit, again ...string) (string, error) {
	old, known, err := h.Visits.Visit(ctx, v.ID)
	if err != nil {
		return "", err
	}
	on := known && slices.Contains(again, old.State)
	if known && old.Same(v) && !on {
		return Unchanged, nil
	}
	if !known || on || !old.Start.Equal(v.Start) {
		if err := h.Filled(ctx, v); err != nil {
			return "", err
		}
	}
	if known && old.Phone != v.Phone {
		_, _, err := h.Store.Turn(ctx, h.id(v, "gone"), old.Phone, func(handlers.State) (handlers.Effects, error) {
			return handlers.Effects{Gone: []string{v.ID}, Void: handlers.Voids("the visit went to another number", h.rows(old)...)}, nil
		})
		if err != nil {
			return "", err
		}
	}
	_, _, err = h.Store.Turn(ctx, h.id(v, "book"), v.Phone, func(s handlers.State) (handlers.Effects, error) {
		return h.book(s, old, v, known, on), nil
	})
	if err != nil {
		return "", err
	}
	if known {
		return Updated, nil
	}
	return Imported, nil
}

// id makes every booking an event of its own: the same visit may move away and back.
func (h *Handler) id(v handlers.Visit, what string) string {
	return fmt.Sprintf("%s:%s:%d:%d", what, v.ID, v.Start.Unix(), h.Now().UnixNano())
}

// book is what booking a visit does. One that is on again is told of as if it were new.
func (h *Handler) book(s handlers.State, old, v handlers.Visit, known, on bool) handlers.Effects {
	v.Moves, v.Was = old.Moves, old.Was
	moved := !known || on || !old.Start.Equal(v.Start) || old.Phone != v.Phone
	if known && moved {
		v.Moves, v.Was = v.Moves+1, old.Start
	}
	if on {
		v.Was = time.Time{}
	}
	v.State = handlers.Booked
	for _, now := range s.Visits { // the patient's answer stands with the visit, and may have come since it was read
		if now.ID == v.ID && !moved {
			v.State, v.Ride, v.Asked = now.State, now.Ride, now.Asked
			if now.Type == v.Type {
				v.Told = now.Told
			}
		}
	}
	e, plan := handlers.Effects{Visits: []handlers.Visit{v}}, Plan(h.Base.Clinic, v, h.Now())
	switch {
	case !known:
		e.Texts = plan
	case moved:
		why := "the visit moved"
		if on {
			why = "the visit was booked again"
		}
		e.Texts, e.Void = plan, handlers.Voids(why, h.rows(old)...)
	default:
		texts, void := h.replan(v, plan, old.Type)
		e.Texts, e.Void = texts, handlers.Voids("the booking was changed", void...)
	}
	if known && !old.Start.Equal(v.Start) {
		e.Slots = h.freed(old)
	}
	h.adopt(s, &e)
	return e
}

// replan is what is planned anew, and the rows that are void for it, when a booking changes and the visit stays at its time. What told of the
// booking stands, and so does what has had its time: it has left, or is held up and will be worded from the visit as it then is. How to prepare has to be
// said anew only where the visit is of another type than before.
func (h *Handler) replan(v handlers.Visit, plan []handlers.Outgoing, before string) (texts []handlers.Outgoing, void []string) {
	void = h.rows(v)
	stands := func(id string) {
		void = slices.DeleteFunc(void, func(other string) bool { return other == id })
	}
	for _, o := range plan {
		switch {
		case o.Kind == kinds.Unprepared && v.Type == before:
			stands(o.ID)
			stands(rowID(v, kinds.Ready)) // the look that was planned with the text
		case h.atBooking(o.Kind), o.State == handlers.Skipped:
			stands(o.ID)
		default:
			texts = append(texts, o)
		}
	}
	return texts, void
}

func (h *Handler) atBooking(kind string) bool {
	s, _ := step(h.Base.Clinic.Reminders.Plan, kind)
	return s.When == "booking"
}

// Import brings visits in one by one and counts what became of them: one that is Cancelled is taken off, any other booked. Those that are off come
// first, since another visit of the import may fill the time that they leave. progress hears of each, so that long work shows.
func (h *Handler) Import(ctx context.Context, visits []handlers.Visit, progress func(done, of int)) (map[string]int, error) {
	count, done := map[string]int{}, 0
	for _, off := range []bool{true, false} {
		for _, v := range visits {
			if off != (v.State == handlers.Cancelled) {
				continue
			}
			what, err := Cancelled, error(nil)
			if off {
				err = h.cancel(ctx, v.ID)
			} else {
				what, err = h.put(ctx, v, handlers.Cancelled)
			}
			if err != nil {
				return count, fmt.Errorf("visit %s (%d of %d are done): %w", v.ID, done, len(visits), err)
			}
			count[what]++
			done++
			progress(done, len(visits))
		}
	}
	return count, nil
}

// rows are the ids of all rows that a visit can have planned.
func (h *Handler) rows(v handlers.Visit) []string {
	var out []string
	for _, s := range h.Base.Clinic.Reminders.Plan {
		out = append(out, rowID(v, s.Kind))
	}
	return append(out, rowID(v, kinds.Ready), rowID(v, kinds.Unprepared))
}

// rowID names a reminder by what it reminds of: a visit that moved, or went to another number, has rows of its own.
func rowID(v handlers.Visit, kind string) string {
	return fmt.Sprintf("visit:%s:%d:%s:%d:%s", v.ID, v.Start.Unix(), v.Phone.Last4(), v.Moves, kind)
}
