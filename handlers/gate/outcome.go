package gate

import (
	"context"
	"errors"
	"strings"
	"time"

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
		return handlers.Effects{Posts: []handlers.Post{{ID: id, Case: o.Case, Do: desk.PostMark, Mark: o.Mark, State: state, Why: why, Due: t.Now()}}}, nil
	})
	return err
}

// received does what a receipt brings, once the row has moved on by it: marks the staff message it came from, opens a case when the text
// didn't arrive and won't be tried again.
func (t *Texter) received(ctx context.Context, o handlers.Outgoing, r Receipt) error {
	if err := t.heed(ctx, o, t.Now(), r.Code, r.NoTexts, r.Why); err != nil {
		return err
	}
	if r.Mend != "" {
		met := stop{WayDeliver, o.ID, r.Code, r.Reason(), r.Mend, t.Now()}
		if err := t.out(ctx, met); err != nil {
			return err
		}
	}
	switch o.State {
	case handlers.Planned:
		t.Meter.Sent(o.Kind, "retry", 0)
	case handlers.Delivered:
		t.Meter.Sent(o.Kind, handlers.Delivered, 0)
		return errors.Join(
			t.mark(ctx, o, handlers.Delivered, ""), t.through(ctx, WayDeliver, o, t.Now()),
		)
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
			state = desk.Refused
		}
		return t.mark(ctx, o, state, o.Why)
	}
	inHand := o.Kind == KindReply && o.Case != ""
	if o.State == handlers.Skipped && (o.Unasked && !o.Must || o.Alarm || inHand) {
		return nil
	}
	if o.Alarm {
		return t.unheard(ctx, o, o.Why, t.Now())
	}
	held, err := t.under(ctx, o)
	if err != nil {
		return err
	}
	c := handlers.Case{
		ID: o.Event("undelivered"), Channel: handlers.DeskChannel, Kind: "undelivered", At: t.Now(), Open: true,
		Title: "A text (" + o.Kind + ") did not reach the patient: " + o.Why + ". Call them.",
	}
	if o.State == handlers.Failed {
		c.Row = o.ID
	}
	_, _, err = t.Store.Turn(ctx, c.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		own, say, told := c, "", []handlers.Visit(nil)
		if o.Visit != "" {
			say, told = t.Wording.Instead(s, o, c.At)
		}
		if o.State == handlers.Skipped && o.Must && say == "" { // there is nothing to say any more
			return handlers.Effects{}, nil
		}
		own.Title = strings.TrimSpace(own.Title + " " + say)
		if held != nil { // one card for all
			return handlers.Effects{Visits: told, Posts: []handlers.Post{{
				ID: c.ID + ":note", Case: held.ID, Do: desk.PostNote, From: "bot",
				Text: o.To.String() + ": " + own.Title, Due: c.At,
			}}}, nil
		}
		e := desk.OpenCase(s, own)
		e.Visits = told
		return e, nil
	})
	return err
}

// unheard says in the thread of a case that the on-call phone could not be told of it: somebody
// else must. A row that told of all who wait has a card of its own, at the desk: one in the urgent
// channel would count as another alarm. The paging goes on.
func (t *Texter) unheard(
	ctx context.Context, o handlers.Outgoing, why string, now time.Time,
) error {
	what := "texted"
	if o.Voice {
		what = "rung"
	}
	note := handlers.Post{
		ID: o.Event("unheard"), Case: o.Case, Do: desk.PostNote, From: "bot", Ping: "channel",
		Due: now, Text: "The on-call phone could not be " + what + ": " + why +
			". Reach whoever is on call another way.",
	}
	_, _, err := t.Store.Turn(ctx, note.ID, o.To, func(s handlers.State) (handlers.Effects, error) {
		if o.Case == "" {
			return desk.OpenCase(s, handlers.Case{
				ID: note.ID, Channel: handlers.DeskChannel, Kind: "undelivered", Row: o.ID, At: now,
				Open: true, Title: note.Text + " See the urgent channel.",
			}), nil
		}
		return handlers.Effects{Posts: []handlers.Post{note}}, nil
	})
	return err
}
