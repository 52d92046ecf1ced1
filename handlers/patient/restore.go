package patient

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// Restore stores the texts in danger that the store didn't take, once it answers again. Until then
// the poster tells people of them. The error joins those of the texts that are still held.
func (h *Handler) Restore(ctx context.Context) error {
	texts := h.unstored.take()
	var all error
	var left []alarm
	for i, a := range texts {
		if ctx.Err() != nil || errors.Is(all, handlers.ErrAway) { // the others wait as well
			left = append(left, texts[i:]...)
			break
		}
		if err := h.restore(ctx, a, time.Duration(i)*restoredApart); err != nil {
			all = errors.Join(all, err)
			left = append(left, a)
			continue
		}
		h.memory.forget(writerOf(a.text))
		for _, c := range a.cases {
			h.Poster.Stored(c.ID)
		}
		h.Log.Info("stored what came while the store was away", "id", a.text.ID)
	}
	h.unstored.putBack(left)
	return all
}

// restoredApart is how far apart the posts of texts are due that are restored at once: the desk's
// queue keeps their order by the millisecond, and a text may have several.
const restoredApart = 5 * time.Millisecond

// restore stores one text, with what it brings to the desk due so much later. A panic is its own
// matter.
func (h *Handler) restore(ctx context.Context, a alarm, later time.Duration) (err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		b := h.decide(s, a.text, h.Base.Read(a.text.Body, nil), nil)
		for i := range b.e.Posts {
			b.e.Posts[i].Due = b.e.Posts[i].Due.Add(later)
		}
		return b.e, b.err
	}
	if p := guard.Run(func() {
		_, _, err = h.Store.Turn(ctx, a.text.ID, a.text.From, decide)
	}); p != nil {
		return p
	}
	return err
}
