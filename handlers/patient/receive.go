package patient

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
)

// Receive answers one text. A text that comes again, by its id, gets the same reply and changes
// nothing. An error means that nothing was stored and that the carrier should send the text again.
// A patient in danger is always answered, without an error: see endangered.
func (h *Handler) Receive(ctx context.Context, t handlers.Text) (out handlers.Reply, err error) {
	defer h.survive(t, &out, &err)
	began := h.Now()
	words := h.Base.Read(t.Body, nil)
	// Read by itself, before anything is fetched: knowing that it is danger needs no store.
	if intent.InDanger(words.Verdict) {
		reply := h.endangered(ctx, t, words)
		h.Meter.Answered(reply.Kind, h.Now().Sub(began))
		return reply, nil
	}
	s := h.store(ctx, t, words, nil)
	if s.err != nil {
		return handlers.Reply{}, s.err
	}
	if s.again {
		h.replayed(t, s.reply)
		return s.reply, nil
	}
	h.Meter.Answered(s.reply.Kind, h.Now().Sub(began))
	h.logAnswer(t, s.reply)
	return s.reply, nil
}

// Danger reports whether a text reads as danger, whatever is known of its writer. Of fetched texts
// those of numbers in danger are handled first.
func (h *Handler) Danger(t handlers.Text) bool {
	return intent.InDanger(h.Base.Read(t.Body, nil).Verdict)
}
