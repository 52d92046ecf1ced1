package visits

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
)

// Outcome is what a booking did.
type Outcome string

// The outcomes of a booking.
const (
	Imported  Outcome = "imported"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
	Cancelled Outcome = "cancelled" // of an import: the visit is off
)

// Book stores a visit under its id, new or changed, and plans its reminders, in one step. A changed
// start moves the visit: what was planned for the old one is void, and the patient is asked anew.
// Booking the same again changes nothing, except that a visit that was off is on again.
func (b *Books) Book(ctx context.Context, v handlers.Visit) (Outcome, error) {
	return b.put(ctx, v, handlers.Cancelled, handlers.Off, handlers.Declined)
}

// put books a visit. If the one in the books is in one of the states in again, the same booking has
// it on again: an import that still holds what the desk took off, or whose patient said that they
// can't come, doesn't know better.
func (b *Books) put(ctx context.Context, v handlers.Visit, again ...string) (Outcome, error) {
	old, known, err := b.Visits.Visit(ctx, v.ID)
	if err != nil {
		return "", err
	}
	c := change{old: old, known: known, on: known && slices.Contains(again, old.State)}
	if known && old.Same(v) && !c.on {
		return Unchanged, nil
	}
	if !known || c.on || !old.Start.Equal(v.Start) {
		if err := b.Waitlist.Filled(ctx, v); err != nil {
			return "", err
		}
	}
	if known && old.Phone != v.Phone {
		if err := b.leave(ctx, old); err != nil {
			return "", err
		}
	}
	id := b.event("book", v)
	_, _, err = b.Store.Turn(ctx, id, v.Phone, func(s handlers.State) (handlers.Effects, error) {
		return b.book(s, c, v), nil
	})
	switch {
	case err != nil:
		return "", err
	case known:
		return Updated, nil
	}
	return Imported, nil
}

// leave takes a visit away from a number that it doesn't belong to any more.
func (b *Books) leave(ctx context.Context, old handlers.Visit) error {
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{
			Gone: []string{old.ID},
			Void: handlers.Voids(
				"the visit went to another number", reminder.Rows(b.Base.Clinic, old)...,
			),
		}, nil
	}
	_, _, err := b.Store.Turn(ctx, b.event("gone", old), old.Phone, decide)
	return err
}

// event makes every booking an event of its own: the same visit may move away and back.
func (b *Books) event(what string, v handlers.Visit) string {
	return fmt.Sprintf("%s:%s:%d:%d", what, v.ID, v.Start.Unix(), b.Now().UnixNano())
}

// book is what booking a visit does.
func (b *Books) book(s handlers.State, c change, v handlers.Visit) handlers.Effects {
	v.State, v.Moves, v.Was = handlers.Booked, c.old.Moves, c.old.Was
	switch {
	case c.on, c.known && c.old.Phone != v.Phone: // news to whoever is told: not a move
		v.Moves, v.Was = v.Moves+1, time.Time{}
	case c.known && c.moves(v):
		v.Moves, v.Was = v.Moves+1, c.old.Start
	}
	if !c.moves(v) {
		v = answered(s, v)
	}
	e := handlers.Effects{Visits: []handlers.Visit{v}}
	switch {
	case !c.known:
		e.Texts = reminder.Plan(b.Base.Clinic, v, b.Now())
	case c.moves(v):
		e.Add(b.move(c, v))
	default:
		var void []string
		e.Texts, void = reminder.Replan(b.Base.Clinic, v, c.old.Type, b.Now())
		e.Void = handlers.Voids("the booking was changed", void...)
	}
	b.adopt(s, &e)
	return e
}

// answered is a visit with the patient's answer, which stands with it and may have come since the
// visit was read.
func answered(s handlers.State, v handlers.Visit) handlers.Visit {
	for _, now := range s.Visits {
		if now.ID == v.ID {
			v.State, v.Ride, v.Asked = now.State, now.Ride, now.Asked
			if now.Type == v.Type {
				v.Prepared = now.Prepared
			}
		}
	}
	return v
}
