package gate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// carryTime bounds the handling of one row.
const carryTime = 40 * time.Second

// carry takes one claimed row as far as it goes now.
func (t *Texter) carry(ctx context.Context, claimed Claim) (sent bool, err error) {
	ending := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), carryTime)
	defer cancel()
	o, s, now := claimed.Outgoing, claimed.Known, t.Now()
	defer func() {
		if p := guard.Recovered(recover()); p != nil {
			sent, err = false, t.panicked(ctx, o, p)
		}
	}()
	switch {
	case ending:
		return false, t.settle(ctx, o, handlers.Planned, "", o.Due)
	case o.Alarm:
		return t.alarm(ctx, &o, now)
	case o.Task:
		return false, t.task(ctx, o, now)
	case o.State == handlers.Planned && o.Tries == 0 && now.Before(o.Doubt.Until):
		return false, t.settle(
			ctx, o, handlers.Planned,
			"the store was started anew: what it may have forgotten is looked up first",
			o.Doubt.Until,
		)
	}
	c := t.decide(s, o, now)
	// What an earlier try may have sent is looked for, even when it would not be sent any more: the
	// ledger tells the truth.
	taken, err := t.taken(ctx, s, &o, &c, now)
	if err != nil {
		return false, t.unknown(ctx, o, err, now)
	}
	if taken {
		if o.Tries == 0 && o.State == handlers.Planned {
			if err := t.recount(ctx, &o, now); err != nil {
				return false, err
			}
		}
		return true, t.done(ctx, o, now)
	}
	if claimed.Tries > 0 {
		// It isn't there, so it goes on as one that was never begun: decided anew, from what is
		// known of the number without it.
		return false, t.settle(ctx, o, handlers.Planned, "", o.Due)
	}
	if settled, err := t.withhold(ctx, o, c); settled {
		return false, err
	}
	until, err := t.shut(ctx, o, now)
	if err != nil {
		return false, err
	}
	if !until.IsZero() {
		return false, t.settle(ctx, o, handlers.Planned, "", until)
	}
	o = worded(o, c)
	return t.send(ctx, s, &o, now)
}

// task looks at a visit. What the desk is told is written once, under the row's own event.
func (t *Texter) task(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		e, e.Reply.Note = t.Wording.Task(s, o, now)
		return e, nil
	}
	did, _, err := t.Store.Turn(ctx, o.Event("task"), o.To, decide)
	if err != nil {
		return err
	}
	return t.settle(ctx, o, handlers.Skipped, did.Note, time.Time{})
}

// panicked puts off a row whose handling panicked, and gives it up after a few times, so that it
// can't take the process down again and again. The row is as the ledger has it: one whose send has
// begun is looked up before it is sent again.
func (t *Texter) panicked(ctx context.Context, o handlers.Outgoing, p *guard.Panic) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), carryTime)
	defer cancel()
	o.Panics++
	t.Meter.Panicked("text")
	t.Log.Error("text: the program panicked on it", "id", o.ID, "kind", o.Kind, "to", o.To,
		"times", o.Panics, "what", p.What, "stack", p.Stack)
	again := t.Now().Add(guard.Wait(o.Panics))
	if o.Panics >= guard.MostPanics || !inTime(o, again) {
		if p = guard.Run(func() { err = t.giveUp(ctx, o) }); p == nil {
			return err
		}
		t.Log.Error("text: it can't be given up", "id", o.ID, "what", p.What, "stack", p.Stack)
	}
	return t.settle(ctx, o, handlers.Planned, "the program failed on it", again)
}

// giveUp settles a row that panicked too often. Staff are told, without its words: they may be the
// cause.
func (t *Texter) giveUp(ctx context.Context, o handlers.Outgoing) error {
	if o.SID != "" || o.State != handlers.Planned { // it has left: what comes after that failed
		return t.settle(ctx, o, handlers.Sent, "", time.Time{})
	}
	why := fmt.Sprintf("the program failed on it %d times", o.Panics)
	t.Meter.Sent(o.Kind, handlers.Failed, 0)
	tell := t.mark
	if o.Mark == "" {
		tell = t.unsent
	}
	return errors.Join(
		tell(ctx, o, handlers.Failed, why), t.settle(ctx, o, handlers.Failed, why, time.Time{}),
	)
}

// unsent opens a case for a row that can't be handled.
func (t *Texter) unsent(ctx context.Context, o handlers.Outgoing, _, why string) error {
	c := handlers.Case{
		ID: o.Event("undelivered"), Channel: handlers.DeskChannel, Kind: "undelivered", Row: o.ID,
		At: t.Now(), Open: true,
		Title: "A text (" + o.Kind + ") was not sent: " + why + ". Call them.",
	}
	switch {
	case o.Task:
		c.Title = "A visit was not looked at (" + o.Kind + "): " + why + ". Please do it yourself."
	case o.Alarm:
		c.Title = "The on-call phone was not told (" + o.Kind + "): " + why + "."
	}
	_, _, err := t.Store.Turn(ctx, c.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		return desk.OpenCase(s, c), nil
	})
	return err
}
