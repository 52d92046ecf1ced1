package visits

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
)

// Outcome says what became of a visit that was booked or imported.
type Outcome string

// The outcomes of a booking.
const (
	Imported  Outcome = "imported"  // it is new
	Updated   Outcome = "updated"   // it was known and has changed, or is on again
	Unchanged Outcome = "unchanged" // it was known and is the same
	Cancelled Outcome = "cancelled" // the import has taken it off
)

// Book stores a visit under its id, new or changed, and plans its reminders, in one step. If its
// start changes, the visit moves: its planned reminders are void, and the patient is asked to
// confirm the new time. Booking the same again changes nothing, unless the visit was off: then it
// is on again, as if it were new. v.State is ignored.
func (b *Books) Book(ctx context.Context, v handlers.Visit) (Outcome, error) {
	return b.put(ctx, v, handlers.Cancelled, handlers.Off, handlers.Declined)
}

// DeskID begins the id of a visit that the desk books.
const DeskID = "desk-"

// isTwice is the note in the reply of a booking that the number has already: two of the desk took the
// same call, or one pressed Enter twice.
const isTwice = "twice"

// twice reports whether a visit that the desk books anew is one that the number has.
func twice(s handlers.State, v handlers.Visit) bool {
	return strings.HasPrefix(v.ID, DeskID) && slices.ContainsFunc(s.Visits, func(w handlers.Visit) bool {
		return w.ID != v.ID && w.Start.Equal(v.Start) && w.Stands() && w.Name != "" &&
			handlers.SamePatient(w.Name, v.Name)
	})
}

// put books a visit. again lists the states from which the same booking puts a visit on again.
// Staff who book a visit know that it was off. An import may be older than that: one that still
// holds a visit which the desk took off, or which its patient declined, must not bring it back.
//
// It writes in several steps: a slot that the visit fills is closed, the visit leaves its former
// number, and it is stored with the new one. Each step can be repeated, so a caller who gets an
// error books again.
func (b *Books) put(ctx context.Context, v handlers.Visit, again ...string) (Outcome, error) {
	old, known, err := b.Visits.Visit(ctx, v.ID)
	if err != nil {
		return "", err
	}
	c, v, same := meet(old, known, v, again...)
	if same {
		return Unchanged, nil
	}
	// The slot is closed first: until it is, a patient can say yes to it.
	if !v.Over() && (!known || c.on || !old.Start.Equal(v.Start)) {
		if err := b.Waitlist.Filled(ctx, v); err != nil {
			return "", err
		}
	}
	if known && old.Phone != v.Phone {
		if err := b.leave(ctx, old); err != nil {
			return "", err
		}
	}
	what := "book"
	if v.Over() {
		what = v.State
	}
	id := b.event(what, v)
	did, _, err := b.Store.Turn(ctx, id, v.Phone, func(s handlers.State) (handlers.Effects, error) {
		if !known && twice(s, v) {
			return handlers.Effects{Reply: handlers.Reply{Note: isTwice}}, nil
		}
		return b.book(s, c, v), nil
	})
	switch {
	case err != nil:
		return "", err
	case did.Note == isTwice:
		return Unchanged, nil
	case known:
		return Updated, nil
	}
	return Imported, nil
}

// ofFeed returns a visit as one of the feed that gave it, if the desk changes it.
func ofFeed(old, v handlers.Visit) handlers.Visit {
	if v.Source == "" {
		v.Source, v.External, v.Version = old.Source, old.External, old.Version
	}
	return v
}

// meet says what a booking finds in the books, and returns the visit as it is to be booked. same
// says that nothing changes.
func meet(
	old handlers.Visit, known bool, v handlers.Visit, again ...string,
) (c change, _ handlers.Visit, same bool) {
	c = change{
		old: old, known: known, on: known && !v.Over() && slices.Contains(again, old.State),
	}
	if !known {
		return c, v, false
	}
	if v.Over() && !comes(old, v.State) {
		return c, v, true
	}
	v = agreed(old, ofFeed(old, v))
	same = old.Same(v) && old.Version == v.Version && !c.on &&
		(!v.Over() || old.State == v.State)
	return c, v, same
}

// agreed returns a visit without the doubts that a person has agreed to, if it is booked as it was
// then. What changes since is doubted anew.
func agreed(old, v handlers.Visit) handlers.Visit {
	if old.Start.Equal(v.Start) && old.Phone == v.Phone && old.Name == v.Name &&
		old.Type == v.Type {
		v.Agreed = old.Agreed
		v.Doubts = slices.DeleteFunc(slices.Clone(v.Doubts), func(d string) bool {
			return slices.Contains(v.Agreed, d)
		})
	}
	return v
}

// leave removes a visit from the number that it had, and voids its reminders there.
func (b *Books) leave(ctx context.Context, old handlers.Visit) error {
	decide := func(s handlers.State) (handlers.Effects, error) {
		e := b.ended(s, old, "the visit has another number now", false)
		e.Gone = []string{old.ID}
		e.Void = handlers.Voids(
			"the visit went to another number", reminder.Rows(b.Base.Clinic, old)...,
		)
		return e, nil
	}
	_, _, err := b.Store.Turn(ctx, b.event("gone", old), old.Phone, decide)
	return err
}

// event returns a new event id for each booking. It holds the moment, since a visit may move away
// and back, and each of those bookings must count.
func (b *Books) event(what string, v handlers.Visit) string {
	return fmt.Sprintf("%s:%s:%d:%d", what, v.ID, v.Start.Unix(), b.Now().UnixNano())
}

// book returns the effects of booking a visit: the visit, its reminders, the slot that it leaves. s
// is the state of the number that it is booked for.
func (b *Books) book(s handlers.State, c change, v handlers.Visit) handlers.Effects {
	over, state := v.Over(), v.State
	v.State, v.Moves, v.Was = handlers.Booked, c.old.Moves, c.old.Was
	switch {
	// To whoever is told of it the visit is new: there is no old time that they knew of.
	case c.on, c.known && c.old.Phone != v.Phone:
		v.Moves, v.Was = v.Moves+1, time.Time{}
	case c.known && c.old.Held() && c.moves(v): // nor were they told of a time that was in doubt
		v.Moves++
	case c.known && c.moves(v):
		v.Moves, v.Was = v.Moves+1, c.old.Start
	}
	if !c.moves(v) {
		v = answered(s, v)
	}
	if over {
		e := b.over(s, v, state)
		if c.known {
			e.Void = append(e.Void, b.over(s, c.old, state).Void...)
		}
		return e
	}
	e := handlers.Effects{Visits: []handlers.Visit{v}}
	switch {
	case !c.known:
		e.Texts = reminder.Plan(b.Base.Clinic, v, b.Now())
	case c.moves(v):
		e.Add(b.move(c, v))
		if c.known && !c.old.Start.Equal(v.Start) {
			e.Add(b.ended(s, v, "the visit moved", false))
		}
	default:
		var void []string
		e.Texts, void = reminder.Replan(b.Base.Clinic, v, c.old.Type, b.Now())
		e.Void = handlers.Voids("the booking was changed", void...)
	}
	b.adopt(s, &e)
	return e
}

// answered returns a visit with what its patient has answered and been told. That is read from s,
// the state within the turn: the patient may have answered since put read the visit. How to prepare
// depends on the type, so it must be said again if that has changed.
func answered(s handlers.State, v handlers.Visit) handlers.Visit {
	for _, now := range s.Visits {
		if now.ID == v.ID {
			v.State, v.Ride, v.Asked, v.AskedComes = now.State, now.Ride, now.Asked, now.AskedComes
			v.Late, v.LateBy, v.Here = now.Late, now.LateBy, now.Here
			if now.Type == v.Type {
				v.Prepared = now.Prepared
			}
		}
	}
	return v
}
