package main

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// wording implements gate.Wording: it asks the room that a row is of what the row says.
type wording struct {
	reminders *reminder.Reminders
	waitlist  *waitlist.Handler
	poster    *desk.Poster
}

// Compose words a text about a slot, or a reminder.
func (w wording) Compose(
	s handlers.State, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	if o.Slot != "" {
		return w.waitlist.Compose(s, o, now)
	}
	return w.reminders.Compose(s, o, now)
}

// Task looks at a visit.
func (w wording) Task(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (handlers.Effects, string) {
	return w.reminders.Task(s, o, now)
}

// Instead is what staff are to say in place of a text of a visit.
func (w wording) Instead(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (string, []handlers.Visit) {
	return w.reminders.Instead(s, o, now)
}

// Alarm words a row to the on-call phone.
func (w wording) Alarm(
	ctx context.Context, o handlers.Outgoing,
) (handlers.Outgoing, handlers.Composed, error) {
	return w.poster.Alarm(ctx, o)
}
