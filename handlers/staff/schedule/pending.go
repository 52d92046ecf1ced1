package schedule

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

const (
	// undoFor is how long an act that a patient would feel can be undone.
	undoFor = time.Minute
	// actLease is longer than an act takes. actAgain is when one that failed is tried again.
	ActLease = time.Minute
	ActAgain = 10 * time.Second
	// mostTries is how often an act is tried: one at which the program fails each time is told.
	MostTries = 10
)

// hold has an act done in a minute, unless it is undone by then. says tells what will be.
func hold(
	ctx context.Context, k *act.Kit, a act.Asked, of handlers.Phone, it act.Held, says string,
) (answer.Answer, error) {
	p := handlers.Pending{
		ID: it.Name() + ":" + a.ID, User: a.User, Thread: a.Thread, Phone: of,
		Act: act.Encode(it), Due: k.Now().Add(undoFor),
	}
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Pending: []handlers.Pending{p}}, nil
	}
	if _, _, err := k.Store.Turn(ctx, "hold:"+p.ID, of, decide); err != nil {
		return answer.Answer{}, err
	}
	return answer.Say("%s", says).Add(
		answer.Part{Buttons: []answer.Button{{Text: "Undo", Do: act.Encode(Undo{ID: p.ID})}}},
		answer.Part{Small: "It is done in a minute. Until then you can undo it, and nobody is told."},
	), nil
}

// Undo takes back an act whose minute hasn't passed.
type Undo struct {
	ID string `json:"id"` // of the pending act
}

func (Undo) Name() string { return "undo" }

func (u Undo) Pending() string { return u.ID }

func (u Undo) Do(ctx context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	became, err := k.Pending.TakeBack(ctx, u.ID)
	switch {
	case err != nil:
		return answer.Answer{}, err
	case became == handlers.TakenBack:
		return answer.Say("Undone: nothing was changed, and nobody was told."), nil
	}
	return answer.Say("Too late to undo: the minute has passed."), nil
}
