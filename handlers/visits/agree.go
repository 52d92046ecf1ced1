package visits

import (
	"context"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
)

// Agree records that a person has agreed to a visit that was in doubt: what is still to come of its
// texts is planned as if it were booked now. id names the event, so that a repeat does nothing
// twice. seen is the visit as the person saw it, by its id and start. ok is false, and nothing
// changes, if it has moved since, isn't in doubt (any more), or doesn't lie ahead.
func (b *Books) Agree(ctx context.Context, id string, seen handlers.Visit) (ok bool, err error) {
	v, known, err := b.Visits.Visit(ctx, seen.ID)
	if err != nil || !known {
		return false, err
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		for _, now := range s.Visits {
			if now.ID == seen.ID && now.Start.Equal(seen.Start) && now.Held() && now.Open(b.Now()) {
				e := b.agree(now)
				e.Reply.Note = didAgree
				return e, nil
			}
		}
		return handlers.Effects{}, nil
	}
	did, _, err := b.Store.Turn(ctx, id, v.Phone, decide)
	return did.Note == didAgree, err
}

// didAgree is the note in the reply of an Agree that did something: a repeat is told the same.
const didAgree = "agreed"

// agree returns the effects of a person's agreement to a visit. Its rows get new ids, since those
// that were looked at while it was in doubt may be done with.
func (b *Books) agree(v handlers.Visit) handlers.Effects {
	void := handlers.Voids("a person agreed to the visit", reminder.Rows(b.Base.Clinic, v)...)
	v.Agreed = slices.Concat(v.Agreed, v.Doubts)
	v.Doubts, v.Moves = nil, v.Moves+1
	e := handlers.Effects{
		Visits: []handlers.Visit{v}, Texts: reminder.Plan(b.Base.Clinic, v, b.Now()), Void: void,
	}
	if v.State != handlers.Booked || !v.Prepared.IsZero() {
		reminder.LeaveOut(b.Base.Clinic, e.Texts, "they were told before it was in doubt")
	}
	return e
}
