package patient

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Danger has a way of its own: it shares no lock, queue, worker or deadline with anything ordinary.
// The words leave within wordsTime, whatever the store does. If the store hasn't taken the text
// within storeTime, people are told without it.
const (
	wordsTime = 400 * time.Millisecond
	storeTime = 2 * time.Second
)

// stored is what came of storing a text.
type stored struct {
	reply handlers.Reply
	again bool
	err   error
}

// endangered answers a patient in danger. The words come first: what the store makes of the text is
// waited for only briefly, and without it they are those of a number that nothing is known of.
func (h *Handler) endangered(
	ctx context.Context, t handlers.Text, words knowledge.Reading,
) handlers.Reply {
	done := make(chan stored, 1)
	h.unstored.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
		defer cancel()
		s := h.storeDanger(ctx, t, words)
		if s.err != nil {
			h.straight(t, words, s.err)
		}
		done <- s
	})
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), wordsTime)
	defer cancel()
	select {
	case s := <-done:
		if s.err == nil {
			if !s.again {
				h.logAnswer(t, s.reply)
			}
			return s.reply
		}
	case <-wait.Done():
	}
	return h.unknown(t, words).e.Reply
}

// storeDanger stores a text. A panic on the way is an error of the store's.
func (h *Handler) storeDanger(
	ctx context.Context, t handlers.Text, words knowledge.Reading,
) (s stored) {
	if p := guard.Run(func() { s.reply, s.again, s.err = h.store(ctx, t, words) }); p != nil {
		h.panicked(t, p)
		s.err = p
	}
	return s
}

// straight has people told of a text that the store hasn't taken, and holds it until it does.
func (h *Handler) straight(t handlers.Text, words knowledge.Reading, why error) {
	h.Log.Error("store is away: people are told of a patient in danger without it",
		"from", t.From, "id", t.ID, "err", why)
	var cases []handlers.Case
	if p := guard.Run(func() { cases = h.unknown(t, words).e.Cases }); p != nil {
		h.panicked(t, p)
		cases = h.wordsAlone(t, words).e.Cases
	}
	for _, c := range cases {
		h.unstored.hold(alarm{text: t, c: c, people: h.Poster.Straight(c)})
	}
}

// unknown decides a text as that of a number of which nothing is known.
func (h *Handler) unknown(t handlers.Text, words knowledge.Reading) *builder {
	return h.decide(handlers.State{Phone: t.From}, t, words, nil)
}

// Wait waits for what is still being stored of texts that were answered.
func (h *Handler) Wait() { h.unstored.work.Wait() }
