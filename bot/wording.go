package main

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// wording implements gate.Wording: it has each row worded by the handler that it belongs to. It
// stands here because the gate may not know those handlers, which use it themselves.
type wording struct {
	reminders *reminder.Reminders
	waitlist  *waitlist.Handler
	poster    *desk.Poster
	broadcast *broadcast.Handler
}

// Compose words an unasked text: an offer of a slot, a broadcast, or a reminder.
func (w wording) Compose(
	s handlers.State, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	if o.Slot != "" {
		return w.waitlist.Compose(s, o, now)
	}
	if o.Kind == kinds.Broadcast {
		return w.broadcast.Compose(s, o, now)
	}
	return w.reminders.Compose(s, o, now)
}

// Task has a visit looked at, and returns what the desk is told.
func (w wording) Task(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (handlers.Effects, string) {
	return w.reminders.Task(s, o, now)
}

// Instead returns what staff are to say in place of a text about a visit that wasn't sent.
func (w wording) Instead(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (string, []handlers.Visit) {
	if o.Kind == kinds.Broadcast {
		return w.broadcast.Instead(s, o, now), nil
	}
	return w.reminders.Instead(s, o, now)
}

// Alarm words a text or a call to the on-call phone.
func (w wording) Alarm(
	ctx context.Context, o handlers.Outgoing,
) (handlers.Outgoing, handlers.Composed, error) {
	return w.poster.Alarm(ctx, o)
}
