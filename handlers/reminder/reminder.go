// Package reminder plans the reminders of a visit, words each when it is due, and explains them.
//
// [Plan] makes the rows of a new booking, [Replan] those of a booking that changes. A row holds no
// body: [Reminders.Compose] words it when it is sent, from the visit as it stands then, so that a
// reminder never states a time that has changed since. [Reminders.Task] gives staff a task if no
// text told the patient how to prepare, or if the patient hasn't said who drives them home.
// [Reminders.Why] tells staff why a number got each of its texts, or didn't.
//
// Planning and wording are pure: they read no clock and no store, and do the same again for the
// same input.
package reminder

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
)

// History looks up what became of a number's texts.
type History interface {
	// Records returns the rows of the number's texts, each with its history.
	Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)
	// UnaskedAt returns when the number was sent unasked texts, which the caps count.
	UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error)
	// Held estimates until when the pace holds back a row that is due, and how many rows are due
	// before it; the zero time if the pace doesn't hold it back.
	Held(
		ctx context.Context, o handlers.Outgoing, now time.Time, p gate.Pace,
	) (until time.Time, before int64, err error)
}

// Reminders words and explains reminders. Compose, Task and Instead need Base alone; Why needs all
// of it.
type Reminders struct {
	Base    *knowledge.Base
	Store   handlers.Store
	History History
	Gate    *gate.Texter // for its pace and caps
	Now     func() time.Time
}
