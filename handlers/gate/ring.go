package gate

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// ring rings a member of staff. A call whose outcome isn't known isn't made again, nor looked up:
// they know whether their phone rang, and can have it rung anew.
func (t *Texter) ring(
	ctx context.Context, s handlers.State, row *handlers.Outgoing, now time.Time,
) (bool, error) {
	if row.State != handlers.Planned {
		return true, t.done(ctx, *row, now)
	}
	if row.Tries > 0 || !row.Doubt.From.IsZero() {
		return false, t.refuse(ctx, *row, handlers.Skipped, "the carrier didn't answer in time")
	}
	if settled, err := t.withhold(ctx, *row, t.decide(s, *row, now)); settled {
		return false, err
	}
	return t.send(ctx, s, row, now)
}

// unrung tells in the thread of the case that a call to a member of staff is about that their phone
// wasn't rung. A call about no case was asked for a moment ago by who waits for it.
func (t *Texter) unrung(ctx context.Context, o handlers.Outgoing) error {
	if o.Case == "" {
		return nil
	}
	note := handlers.Post{
		ID: o.Event("unrung"), Case: o.Case, Do: desk.PostNote, From: o.User, Due: t.Now(),
		Text: "could not be rung: " + o.Why + ". Nobody was called.",
	}
	_, _, err := t.Store.Turn(ctx, note.ID, o.To, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Posts: []handlers.Post{note}}, nil
	})
	return err
}
