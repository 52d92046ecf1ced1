package visits

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Change is what an import would do of one visit.
type Change struct {
	What  Outcome
	Old   handlers.Visit      // as it is booked; zero if it isn't
	Was   time.Time           // the start that it would move from; zero if it wouldn't
	Held  bool                // it would be held until a person agrees
	Texts []handlers.Outgoing // what would be planned, that which wouldn't be sent included
}

// Prospect says what Import would do of each visit, as the books are now. Nothing is changed.
func (b *Books) Prospect(ctx context.Context, all []handlers.Visit) ([]Change, error) {
	out := make([]Change, len(all))
	for i, v := range all {
		old, known, err := b.Visits.Visit(ctx, v.ID)
		if err != nil {
			return nil, err
		}
		out[i] = b.prospect(old, known, v)
	}
	return out, nil
}

// prospect says what an import would do of a visit. old is the visit as it is booked, if it is.
func (b *Books) prospect(old handlers.Visit, known bool, v handlers.Visit) Change {
	switch {
	case v.State == handlers.Cancelled && known && old.Open(b.Now()):
		return Change{What: Cancelled, Old: old}
	case v.State == handlers.Cancelled, v.Over() && v.Phone.IsZero() && !known:
		return Change{What: Unchanged}
	case v.Over() && v.Phone.IsZero():
		if old.State == v.State || !comes(old, v.State) {
			return Change{What: Unchanged}
		}
		return Change{What: Updated, Old: old}
	}
	c, v, same := meet(old, known, v, handlers.Cancelled)
	if same {
		return Change{What: Unchanged}
	}
	out := Change{What: Imported, Held: v.Held()}
	s := handlers.State{Phone: v.Phone}
	if known {
		s.Visits = []handlers.Visit{old}
	}
	out.Texts = b.book(s, c, v).Texts
	if known {
		out.What, out.Old = Updated, old
		if !old.Start.Equal(v.Start) {
			out.Was = old.Start
		}
	}
	return out
}
