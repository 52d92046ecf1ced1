package patient

import (
	"context"
	"errors"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
)

// Restore stores the texts in danger that the store didn't take, once it answers again. Until then
// nobody can take those cases, so the on-call phone is told of them again, at the pauses at which a
// case pages. The error joins those of the texts that are still held.
func (h *Handler) Restore(ctx context.Context) error {
	texts := h.unstored.take()
	var all error
	var left []alarm
	for i, a := range texts {
		if ctx.Err() != nil || errors.Is(all, handlers.ErrAway) { // the others wait as well
			left = append(left, texts[i:]...)
			break
		}
		if err := h.restore(ctx, a); err != nil {
			all = errors.Join(all, err)
			left = append(left, a)
			continue
		}
		h.Log.Info("stored what came while the store was away", "id", a.text.ID)
	}
	h.ringAgain(left)
	h.unstored.putBack(left)
	return all
}

// restore stores one text. A panic is its own matter.
func (h *Handler) restore(ctx context.Context, a alarm) (err error) {
	decide := func(s handlers.State) (handlers.Effects, error) {
		b := h.decide(s, a.text, h.Base.Read(a.text.Body, nil), nil)
		for i := range b.e.Posts {
			b.e.Posts[i].Again = a.people.Shown.Load()
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

// ringAgain tells the on-call phone of the cases whose time has come, in one round.
func (h *Handler) ringAgain(texts []alarm) {
	var cases []handlers.Case
	var due []int
	for i, a := range texts {
		at := a.c.At.Add(h.Base.Clinic.OnCall())
		if a.rounds > 0 || a.people.Rung.Load() {
			at = a.c.At
			for round := range a.rounds + 1 {
				at = at.Add(h.Base.Clinic.PageAfter(round))
			}
		}
		if a.people.Owed.Load() || !h.Now().Before(at) {
			cases, due = append(cases, a.c), append(due, i)
		}
	}
	if len(cases) == 0 || !h.Poster.RingAgain(cases) {
		return
	}
	for _, i := range due {
		if !texts[i].people.Owed.Swap(false) {
			texts[i].rounds++
		}
		texts[i].people.Rung.Store(true)
	}
}
