package staff

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Pending keeps the acts of staff that aren't done yet.
type Pending interface {
	// Pending reads one by its id; ok is false if it is done, taken back or forgotten.
	Pending(ctx context.Context, id string) (p handlers.Pending, ok bool, err error)
	// TakeBack keeps one from being done; it returns handlers.TakenBack, or TooLate.
	TakeBack(ctx context.Context, id string) (string, error)
	// ClaimPending takes up to n of those that are due, each until the lease ends.
	ClaimPending(
		ctx context.Context, now time.Time, n int, lease time.Duration,
	) ([]handlers.Pending, error)
	// SettlePending ends one, or has it tried again then.
	SettlePending(ctx context.Context, p handlers.Pending, again time.Time) error
}

const (
	// undoFor is how long an act that a patient would feel can be undone.
	undoFor = time.Minute
	// actLease is longer than an act takes. actAgain is when one that failed is tried again.
	actLease = time.Minute
	actAgain = 10 * time.Second
	// mostTries is how often an act is tried: one at which the program fails each time is told.
	mostTries = 10
)

// held is an act that is done once its minute has passed.
type held interface {
	Act
	// finish does the act as things are then, once for the pending act's id. It returns what is to
	// be said of it where it was asked for; done is false if it came to nothing.
	finish(ctx context.Context, h *Handler, p handlers.Pending) (says string, done bool, err error)
}

// hold has an act done in a minute, unless it is undone by then. says tells what will be.
func (h *Handler) hold(
	ctx context.Context, a Asked, of handlers.Phone, act held, says string,
) (answer.Answer, error) {
	p := handlers.Pending{
		ID: act.name() + ":" + a.ID, User: a.User, Thread: a.Thread, Phone: of,
		Act: Encode(act), Due: h.Now().Add(undoFor),
	}
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Pending: []handlers.Pending{p}}, nil
	}
	if _, _, err := h.Store.Turn(ctx, "hold:"+p.ID, of, decide); err != nil {
		return answer.Answer{}, err
	}
	return answer.Say("%s", says).Add(
		answer.Part{Buttons: []answer.Button{{Text: "Undo", Do: Encode(Undo{ID: p.ID})}}},
		answer.Part{Small: "It is done in a minute. Until then you can undo it, and nobody is told."},
	), nil
}

// follows is an act on one that isn't done yet.
type follows interface{ pending() string } // its id

// Undo takes back an act whose minute hasn't passed.
type Undo struct {
	ID string `json:"id"` // of the pending act
}

func (Undo) name() string { return "undo" }

func (u Undo) pending() string { return u.ID }

func (u Undo) do(ctx context.Context, h *Handler, _ Asked) (answer.Answer, error) {
	became, err := h.Pending.TakeBack(ctx, u.ID)
	switch {
	case err != nil:
		return answer.Answer{}, err
	case became == handlers.TakenBack:
		return answer.Say("Undone: nothing was changed, and nobody was told."), nil
	}
	return answer.Say("Too late to undo: the minute has passed, and it is done."), nil
}

// Leave does nothing: it is the other answer to a question.
type Leave struct{}

func (Leave) name() string { return "leave" }

func (Leave) do(context.Context, *Handler, Asked) (answer.Answer, error) {
	return answer.Say("Left as it is."), nil
}

// leave is the button that leaves things as they are.
func leave() answer.Button { return answer.Button{Text: "Leave it", Do: Encode(Leave{})} }

// Finish does the acts whose minute has passed, one at a time, until none is left. One that fails is
// tried again; its error is returned with those of the others.
func (h *Handler) Finish(ctx context.Context) (all error) {
	for ctx.Err() == nil {
		due, err := h.Pending.ClaimPending(ctx, h.Now(), 1, actLease)
		all = errors.Join(all, err)
		if len(due) == 0 {
			return all
		}
		p := due[0]
		again := time.Time{}
		if err := h.finish(ctx, p); err != nil {
			all, again = errors.Join(all, err), h.Now().Add(actAgain)
		}
		// What was done by now is recorded even if the process ends.
		if err := h.Pending.SettlePending(context.WithoutCancel(ctx), p, again); err != nil {
			return errors.Join(all, err)
		}
	}
	return all
}

// finish does one pending act and tells of it.
func (h *Handler) finish(ctx context.Context, p handlers.Pending) error {
	a, err := Decode(p.Act)
	act, ok := a.(held)
	if err != nil || !ok || p.Tries >= mostTries { // of another version, say: nobody can do it
		return h.tellOf(ctx, p, "This couldn't be done: please do it again.", false)
	}
	says, done, err := act.finish(ctx, h, p)
	if err != nil {
		return err
	}
	h.Log.Info("act finished", "name", act.name(), "user", p.User, "done", done)
	return h.tellOf(ctx, p, says, done)
}

// tellOf says what became of a pending act: in the thread where it was asked for, or, if nothing was
// done, on a card. Where it was typed its answer has told already that it would be done.
func (h *Handler) tellOf(ctx context.Context, p handlers.Pending, says string, done bool) error {
	var thread handlers.Case
	if p.Thread != "" {
		var err error
		if thread, _, err = h.Cases.CaseIn(ctx, p.Thread); err != nil {
			return err
		}
	}
	if done && thread.ID == "" {
		return nil
	}
	now := h.Now()
	decide := func(s handlers.State) (handlers.Effects, error) {
		if thread.ID != "" {
			return handlers.Effects{Posts: []handlers.Post{{
				ID: p.ID + ":told", Case: thread.ID, Do: desk.PostNote, From: p.User, Text: says,
				Due: now,
			}}}, nil
		}
		return desk.OpenCase(s, handlers.Case{
			ID: p.ID + ":not", Channel: handlers.DeskChannel, Kind: kinds.NotDone, At: now,
			Open: true, Title: says + " Asked for by " + answer.Person(p.User) + ".",
		}), nil
	}
	_, _, err := h.Store.Turn(ctx, p.ID+":told", p.Phone, decide)
	return err
}
