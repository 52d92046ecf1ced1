// Package reminder plans what reminds of a visit, words it when it falls due, and explains it.
//
// [Plan] makes the rows of a booking, and [Replan] those of a booking that changes.
// [Reminders.Compose] words each row when it is sent, from the visit as it then stands.
// [Reminders.Task] gives staff a task where no text told the patient how to prepare, or the patient
// hasn't said who drives them home. [Reminders.Why] says why a number got each of its texts, or
// didn't.
package reminder

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
)

// History is what is looked up to explain what became of a number's texts.
type History interface {
	// Records are the rows of the number's texts, with their history.
	Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)
	// UnaskedAt is when the number was sent texts that nobody asked for.
	UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error)
	// Held is until when the pace holds a row back that is due, and how many are due before it;
	// zero if it doesn't.
	Held(
		ctx context.Context, o handlers.Outgoing, now time.Time, p gate.Pace,
	) (until time.Time, before int64, err error)
}

// Reminders words and explains what reminds of visits.
type Reminders struct {
	Base    *knowledge.Base
	Store   handlers.Store
	History History
	Gate    *gate.Texter // its pace and caps, for Why
	Now     func() time.Time
}
