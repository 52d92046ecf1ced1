package patient

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// Restore stores the texts of danger that the store didn't take when they came, oldest first. A
// text that fails stays held for the next call; the error joins those failures. It is called every
// few seconds, and before the carrier's list is read.
func (h *Handler) Restore(ctx context.Context) error {
	texts := h.unstored.take()
	var all error
	var left []heldText
	for i, held := range texts {
		if ctx.Err() != nil || errors.Is(all, handlers.ErrAway) { // the others would fail as well
			left = append(left, texts[i:]...)
			break
		}
		if err := h.restore(ctx, held, time.Duration(i)*restoredApart); err != nil {
			all = errors.Join(all, err)
			left = append(left, held)
			continue
		}
		h.memory.forget(writerOf(held.text))
		for _, c := range held.alarms {
			h.Poster.Stored(c.ID)
		}
		h.Log.Info("stored what came while the store was away", "id", held.text.ID)
	}
	h.unstored.putBack(left)
	return all
}

// restoredApart is how far apart the posts of two restored texts fall due. The desk's queue keeps
// their order by the millisecond, and a text may have several posts.
const restoredApart = 5 * time.Millisecond

// restore stores one text. What it brings to the desk falls due that much later. A panic is
// returned as an error, so that it doesn't keep the other texts from being stored.
func (h *Handler) restore(
	ctx context.Context, held heldText, later time.Duration,
) (err error) {
	t := held.text
	// The reply is stored but goes nowhere: the patient had the words when the text came. If the
	// carrier sends the text again, it gets this reply.
	decide := func(s handlers.State) (handlers.Effects, error) {
		b := h.decide(s, t, h.Base.Read(t.Body, nil), nil)
		b.transcribe(s)
		for i := range b.e.Posts {
			b.e.Posts[i].Due = b.e.Posts[i].Due.Add(later)
		}
		for _, alarm := range held.alarms {
			h.since(&b.e, alarm, b.now)
		}
		return b.e, b.err
	}
	if p := guard.Run(func() {
		_, _, err = h.Store.Turn(ctx, t.ID, t.From, decide)
	}); p != nil {
		return p
	}
	return err
}

// since has an alarm that is restored count from when it came, and as rung and shown when it was, so
// that the on-call phone waits no longer for it, and nobody is told twice.
func (h *Handler) since(e *handlers.Effects, alarm handlers.Case, now time.Time) {
	for i := range e.Cases {
		if c := &e.Cases[i]; c.ID == alarm.ID {
			c.At, c.Page, c.Rung = alarm.At, alarm.Page, h.Poster.RungAt(alarm.ID)
		}
	}
	for i := range e.Posts {
		p := &e.Posts[i]
		switch {
		case p.Case != alarm.ID:
		case p.Do == desk.PostCard: // another process, to which the store was there, may take it
			p.Again = true
		case p.Do == desk.PostPage:
			p.Due = alarm.Page
			if p.Due.Before(now) { // it pages at once
				p.Due = now
			}
		}
	}
}
