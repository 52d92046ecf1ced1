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

// carryTime bounds the handling of one row, so that a store or carrier that hangs can't keep a hand
// busy for ever.
const carryTime = 40 * time.Second

// carry handles one claimed row: it is sent, skipped, failed or put off. sent reports whether the
// carrier has the text. It doesn't end with ctx, since cutting off a send leaves its outcome
// unknown; but a row whose turn comes after ctx has ended is released unhandled.
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
	case o.Rings():
		return t.ring(ctx, s, &o, now)
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
	// An earlier try may have sent it. That is looked up even if the rules would skip it now, so
	// that the ledger never calls a text skipped that the patient has read.
	taken, err := t.taken(ctx, s, &o, &c, now)
	if err != nil {
		return false, t.unknown(ctx, o, err, now)
	}
	if taken {
		// Tries is 0 if the store has no record of the send: caps and pace don't count it yet.
		if o.Tries == 0 && o.State == handlers.Planned {
			if err := t.recount(ctx, &o, now); err != nil {
				return false, err
			}
		}
		return true, t.done(ctx, o, now)
	}
	if claimed.Tries > 0 {
		// The carrier doesn't have it. Settling it with no tries takes the begun send back in the
		// store; the row is due at once, and its next claim decides from the state without it.
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

// task handles a row that sends nothing but has a visit looked at, which may end in a task for the
// desk. Its event is the row's own, so a second try after a crash doesn't tell the desk again. The
// row ends as Skipped, with the outcome as the reason.
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

// panicked puts off a row whose handling panicked, and gives it up after guard.MostPanics times or
// if the next try would come after its visit. o must be the row as the ledger has it: if its send
// has begun, it is looked up before it is sent again.
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

// giveUp settles a row that panicked too often. Staff are told without its words, since those may
// be what makes the program panic.
func (t *Texter) giveUp(ctx context.Context, o handlers.Outgoing) error {
	if o.SID != "" || o.State != handlers.Planned {
		// The carrier has it; what panicked came after the send.
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

// unsent opens a case for a row that was given up and has no staff message to mark. Its signature
// is that of mark; the state isn't used.
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
	unreached(&c, o)
	_, _, err := t.Store.Turn(ctx, c.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		return desk.OpenCase(s, c), nil
	})
	return err
}
