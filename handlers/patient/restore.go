package patient

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// Restore stores the texts of danger that the store didn't take when they came. A text that fails
// stays held for the next call; the error joins those failures.
func (h *Handler) Restore(ctx context.Context) error {
	texts := h.unstored.take()
	var all error
	var left []heldText
	for i, held := range texts {
		if ctx.Err() != nil || errors.Is(all, handlers.ErrAway) { // the others would fail as well
			left = append(left, texts[i:]...)
			break
		}
		if err := h.restore(ctx, held.text, time.Duration(i)*restoredApart); err != nil {
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
	ctx context.Context, t handlers.Text, later time.Duration,
) (err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		b := h.decide(s, t, h.Base.Read(t.Body, nil), nil)
		for i := range b.e.Posts {
			b.e.Posts[i].Due = b.e.Posts[i].Due.Add(later)
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
