package visits

import (
	"context"
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/reminder"
)

// Came records that a patient has come to their visit (Arrived), or hasn't (Missed): what is still
// to be sent of the visit is void. ok is false, and nothing changes, if there is no such visit, or
// if one that was called off in time is said to be missed; whoever came all the same has Arrived.
// The same again changes nothing.
func (b *Books) Came(ctx context.Context, id, state string) (ok bool, err error) {
	if state != handlers.Arrived && state != handlers.Missed {
		return false, fmt.Errorf("visits: %q says nothing of who came", state)
	}
	v, known, err := b.Visits.Visit(ctx, id)
	if err != nil || !known || !comes(v, state) {
		return false, err
	}
	if v.State == state {
		return true, nil
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		now := v // a number's state has its visits of the last day alone
		for _, w := range s.Visits {
			if w.ID == id {
				now = w
			}
		}
		if ok = comes(now, state); !ok {
			return handlers.Effects{}, nil
		}
		return b.over(s, now, state), nil
	}
	_, _, err = b.Store.Turn(ctx, b.event(state, v), v.Phone, decide)
	return ok && err == nil, err
}

// Late records that a patient comes late to their visit, by so many minutes, 0 if that isn't known.
// ok is false, and nothing changes, if it doesn't stand, or is known to have been kept or missed.
func (b *Books) Late(
	ctx context.Context, id string, seen handlers.Visit, by int,
) (ok bool, err error) {
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		for _, v := range s.Visits {
			if v.ID == seen.ID && v.Stands() && !v.Over() {
				v.Late, v.LateBy = b.Now(), by
				e.Visits, e.Reply.Note = []handlers.Visit{v}, isLate
			}
		}
		return e, nil
	}
	did, _, err := b.Store.Turn(ctx, id, seen.Phone, decide)
	return did.Note == isLate, err
}

// isLate is the note in the reply of a Late that did something: a repeat is told the same.
const isLate = "late"

// comes reports whether a visit can get a state that Came sets.
func comes(v handlers.Visit, state string) bool {
	return v.Stands() || v.State == handlers.Missed || state == handlers.Arrived
}

// over returns the effects of a visit that is known to have been kept or missed.
func (b *Books) over(s handlers.State, v handlers.Visit, state string) handlers.Effects {
	why := "the patient has come"
	if state == handlers.Missed {
		why = "the patient didn't come"
	}
	v.State = state
	e := handlers.Effects{
		Visits: []handlers.Visit{v},
		Void:   handlers.Voids(why, reminder.Rows(b.Base.Clinic, v)...),
	}
	if state == handlers.Missed {
		e.Texts = append(
			reminder.Follows(b.Base.Clinic, v, b.Now()),
			reminder.Missed(b.Base.Clinic, v, b.Now())...,
		)
	}
	e.Add(desk.Over(s, desk.End{
		Visit: v.ID, Why: why, At: b.Now(), Gone: state == handlers.Missed,
		Came: state == handlers.Arrived,
	}))
	return e
}
