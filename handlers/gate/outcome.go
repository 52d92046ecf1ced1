package gate

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// mark shows at the staff message a row came from what became of it.
func (t *Texter) mark(ctx context.Context, o handlers.Outgoing, state, why string) error {
	if o.Mark == "" {
		return nil
	}
	id := o.Event("mark:" + state)
	_, _, err := t.Store.Turn(ctx, id, o.To, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Posts: []handlers.Post{{ID: id, Case: o.Case, Do: handlers.PostMark, Mark: o.Mark, State: state, Why: why, Due: t.Now()}}}, nil
	})
	return err
}

// Received does what a receipt brings, once the row has moved on by it: marks the staff message it came from, opens a case when the text
// didn't arrive and won't be tried again.
func (t *Texter) Received(ctx context.Context, o handlers.Outgoing, r handlers.Receipt) error {
	if err := t.heed(ctx, o, t.Now(), r.Code, r.NoTexts, r.Why); err != nil {
		return err
	}
	switch o.State {
	case handlers.Planned:
		t.Meter.Sent(o.Kind, "retry", 0)
	case handlers.Delivered:
		t.Meter.Sent(o.Kind, handlers.Delivered, 0)
		return t.mark(ctx, o, handlers.Delivered, "")
	case handlers.Failed:
		t.Meter.Sent(o.Kind, "undelivered", 0)
		return t.Undelivered(ctx, o)
	}
	return nil
}

// Undelivered tells the desk that a text did not go out or did not arrive: in the thread it came from, or, when it failed by itself, on a
// card of its own, with what staff are to say instead. A reminder that was decided against is no failure, unless staff must say it: the ledger says why.
// Nor is an answer whose question has a case: whoever has that answers.
func (t *Texter) Undelivered(ctx context.Context, o handlers.Outgoing) error {
	if o.Mark != "" {
		state := handlers.Failed
		if o.State == handlers.Skipped {
			state = handlers.Refused
		}
		return t.mark(ctx, o, state, o.Why)
	}
	inHand := o.Kind == handlers.KindReply && o.Case != ""
	if o.State == handlers.Skipped && (o.Unasked && !o.Must || o.Alarm || inHand) {
		return nil
	}
	c := handlers.Case{
		ID: o.Event("undelivered"), Channel: handlers.DeskChannel, Kind: "undelivered", At: t.Now(), Open: true,
		Title: "A text (" + o.Kind + ") did not reach the patient: " + o.Why + ". Call them.",
	}
	if o.State == handlers.Failed {
		c.Row = o.ID
	}
	_, _, err := t.Store.Turn(ctx, c.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		own, say, told := c, "", []handlers.Visit(nil)
		if o.Visit != "" {
			say, told = t.Instead(s, o, c.At)
		}
		if o.State == handlers.Skipped && o.Must && say == "" { // there is nothing to say any more
			return handlers.Effects{}, nil
		}
		own.Title = strings.TrimSpace(own.Title + " " + say)
		e := desk.OpenCase(s, own)
		e.Visits = told
		return e, nil
	})
	return err
}
