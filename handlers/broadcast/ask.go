package broadcast

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Ask brings a broadcast to the desk as a card, on which a second person may agree to it. b says
// what is to be said to whom; the rest is set here. event is that of whoever asks.
func (h *Handler) Ask(
	ctx context.Context, event, user string, b handlers.Broadcast, plan []Recipient,
) error {
	now := h.Now()
	b.State, b.By, b.Until = handlers.BroadcastAsked, user, exact(now.Add(agreeWithin))
	if len(plan) > 0 && plan[0].Visits[0].Start.Before(b.Until) {
		b.Until = plan[0].Visits[0].Start
	}
	c := handlers.Case{
		ID: "broadcast:" + event, Channel: handlers.DeskChannel, Kind: kinds.Broadcast,
		At: now, Open: true, Broadcast: &b,
	}
	c.Title = h.asks(b, plan)
	e := handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{
			{ID: c.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
			{ID: c.ID + ":until", Case: c.ID, Do: desk.PostStep, Due: b.Until},
		},
	}
	_, _, err := h.Store.Turn(ctx, c.ID, handlers.Phone{},
		func(handlers.State) (handlers.Effects, error) { return e, nil })
	return err
}

// Agree has a broadcast sent that somebody else asked for, a minute from now. It returns why it
// isn't, "" if it is.
func (h *Handler) Agree(ctx context.Context, event, id, user string) (why string, err error) {
	do := func(b *handlers.Broadcast, now time.Time) (note, why string) {
		switch {
		case b.State != handlers.BroadcastAsked:
			return "", "Nothing to agree to: " + states(b.State) + "."
		case b.By == user:
			return "", "You asked for it: somebody else must agree, so that two have read it."
		case !now.Before(b.Until):
			return "", "It is too late to agree: ask for it again."
		}
		b.State, b.Agreed, b.Starts = handlers.BroadcastAgreed, user, exact(now.Add(Undo))
		return "agrees. It leaves in a minute, unless somebody takes it back.", ""
	}
	return h.change(ctx, event, id, user, do)
}

// Drop ends a broadcast of which nothing has left. It returns why it can't, "" if it did.
func (h *Handler) Drop(ctx context.Context, event, id, user string) (why string, err error) {
	do := func(b *handlers.Broadcast, _ time.Time) (note, why string) {
		switch b.State {
		case handlers.BroadcastAsked, handlers.BroadcastAgreed:
			b.State = handlers.BroadcastDropped
			return "took this back: nothing is sent.", ""
		}
		return "", "Too late: " + states(b.State) + "."
	}
	return h.change(ctx, event, id, user, do)
}

// exact returns a time as exactly as the queues go by it. A post that is due at a finer one would
// come before it, again and again.
func exact(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

// states says how a broadcast stands.
func states(state string) string {
	switch state {
	case handlers.BroadcastAsked:
		return "it waits for a second person"
	case handlers.BroadcastAgreed:
		return "a second person has agreed"
	case handlers.BroadcastSending:
		return "its texts are on their way"
	case handlers.BroadcastDone:
		return "it is done"
	}
	return "it was taken back"
}

// gone is why nothing is done about a broadcast whose case isn't open any more.
const gone = "It is over: look at its card."

// step changes a broadcast, and returns the line about it in its thread; or why nothing is to be
// done.
type step func(b *handlers.Broadcast, now time.Time) (note, why string)

// change takes a step in the desk's turn, for user. It returns why nothing is done, "" if something
// is. A repeat of the event is told the same.
func (h *Handler) change(
	ctx context.Context, event, id, user string, do step,
) (why string, err error) {
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		c, b := find(s, id)
		if b == nil {
			e.Reply = handlers.Reply{Kind: desk.Refused, Note: gone}
			return e, nil
		}
		now := h.Now()
		note, why := do(b, now)
		if why != "" {
			e.Reply = handlers.Reply{Kind: desk.Refused, Note: why}
			return e, nil
		}
		e = h.shown(c, b, event, now)
		if note != "" {
			e.Posts = append(e.Posts, handlers.Post{
				ID: event + ":note", Case: id, Do: desk.PostNote, From: user, Text: note, Due: now,
			})
		}
		if b.State == handlers.BroadcastAgreed {
			e.Posts = append(e.Posts, handlers.Post{
				ID: id + ":step", Case: id, Do: desk.PostStep, Due: b.Starts,
			})
		}
		return e, nil
	}
	did, _, err := h.Store.Turn(ctx, event, handlers.Phone{}, decide)
	return did.Note, err
}

// find returns the open case of a broadcast, and a copy of the broadcast to change; nil if there is
// none.
func find(s handlers.State, id string) (handlers.Case, *handlers.Broadcast) {
	for _, c := range s.Cases {
		if c.ID == id && c.Broadcast != nil {
			b := *c.Broadcast
			return c, &b
		}
	}
	return handlers.Case{}, nil
}

// shown returns the effects that store a changed broadcast and show it on its card. One that was
// dropped, or has reached everybody, is closed.
func (h *Handler) shown(
	c handlers.Case, b *handlers.Broadcast, event string, now time.Time,
) handlers.Effects {
	c.Broadcast, c.Title = b, h.title(*b)
	over := b.State == handlers.BroadcastDone && b.Count.Unreached == 0
	c.Open = b.State != handlers.BroadcastDropped && !over
	return handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{{ID: event + ":card", Case: c.ID, Do: desk.PostCard, Due: now}},
	}
}
