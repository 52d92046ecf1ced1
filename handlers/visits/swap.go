package visits

import (
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Swap returns the effects of booking a visit that its patient took by text: confirmed, since they
// said yes to it, and in place of old, which is declined; nil if they have no other. Effects are
// returned, not written, since the slot and the answer belong to the same turn. say is how to
// prepare, in lang, for the answer to include if no reminder comes in time to say it; "" if one
// does.
func (b *Books) Swap(
	s handlers.State, v handlers.Visit, old *handlers.Visit, lang string,
) (e handlers.Effects, say string, err error) {
	clinic := b.Base.Clinic
	e = b.book(s, change{}, v)
	e.Visits[0].State = handlers.Confirmed
	reminder.LeaveOut(clinic, e.Texts, "the answer to their YES said it")
	if old != nil {
		off := *old
		off.State = handlers.Declined
		e.Visits = append(e.Visits, off)
		e.Void = append(e.Void, handlers.Voids(
			"the patient took an earlier time instead", reminder.Rows(clinic, off)...,
		)...)
		e.Add(b.ended(s, off, "they took an earlier time instead", false))
	}
	prepares := func(o handlers.Outgoing) bool {
		return o.Kind == kinds.Prepare && o.State != handlers.Skipped
	}
	if !slices.ContainsFunc(e.Texts, prepares) {
		e.Visits[0].Prepared = b.Now()
		say, err = reminder.HowToPrepare(b.Base, e.Visits[0], lang, b.Now())
	}
	return e, say, err
}
