package handlerstest

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Wording is a gate.Wording that says what a test sets. What isn't set says nothing.
type Wording struct {
	OnCompose func(s handlers.State, o handlers.Outgoing, now time.Time) handlers.Composed
	OnTask    func(s handlers.State, o handlers.Outgoing, now time.Time) (handlers.Effects, string)
	OnInstead func(
		s handlers.State, o handlers.Outgoing, now time.Time,
	) (string, []handlers.Visit)
	OnAlarm func(
		ctx context.Context, o handlers.Outgoing,
	) (handlers.Outgoing, handlers.Composed, error)
}

// Compose implements gate.Wording.
func (w *Wording) Compose(
	s handlers.State, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	if w.OnCompose == nil {
		return handlers.Composed{}
	}
	return w.OnCompose(s, o, now)
}

// Task implements gate.Wording.
func (w *Wording) Task(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (handlers.Effects, string) {
	if w.OnTask == nil {
		return handlers.Effects{}, ""
	}
	return w.OnTask(s, o, now)
}

// Instead implements gate.Wording.
func (w *Wording) Instead(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (string, []handlers.Visit) {
	if w.OnInstead == nil {
		return "", nil
	}
	return w.OnInstead(s, o, now)
}

// Alarm implements gate.Wording. If OnAlarm isn't set, the row leaves with the body that it has.
func (w *Wording) Alarm(
	ctx context.Context, o handlers.Outgoing,
) (handlers.Outgoing, handlers.Composed, error) {
	if w.OnAlarm == nil {
		return o, handlers.Composed{Body: o.Body}, nil
	}
	return w.OnAlarm(ctx, o)
}
