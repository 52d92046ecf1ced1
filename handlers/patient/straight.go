package patient

import (
	"context"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
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
	reply  handlers.Reply
	alarms []handlers.Case // that it opened
	again  bool
	err    error
}

// endangered answers a patient in danger. The words come first: what the store makes of the text is
// waited for only briefly, and without it they go by what this process knows of the number.
func (h *Handler) endangered(
	ctx context.Context, t handlers.Text, words knowledge.Reading,
) handlers.Reply {
	alone := sync.OnceValue(func() *builder { return h.withoutStore(t, words) })
	done := make(chan stored, 1)
	h.unstored.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
		defer cancel()
		s := h.storeDanger(ctx, t, words)
		if s.err != nil {
			h.straight(t, alone(), s.err)
		} else {
			h.memory.forget(writerOf(t))
			for _, c := range s.alarms {
				h.Poster.Keep(c)
			}
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
	return alone().e.Reply
}

// storeDanger stores a text. A panic on the way is an error of the store's.
func (h *Handler) storeDanger(
	ctx context.Context, t handlers.Text, words knowledge.Reading,
) (s stored) {
	if p := guard.Run(func() { s = h.store(ctx, t, words) }); p != nil {
		h.panicked(t, p)
		s.err = p
	}
	return s
}

// straight has people told of a text that the store hasn't taken, and holds it until it does.
func (h *Handler) straight(t handlers.Text, b *builder, why error) {
	h.Log.Error("store is away: people are told of a patient in danger without it",
		"from", t.From, "id", t.ID, "err", why)
	alarms := b.opened()
	for _, c := range alarms {
		h.Poster.Straight(c)
	}
	if b.in.Act != intent.Silent {
		h.unstored.hold(alarm{text: t, cases: alarms})
	}
}

// opened are the alarms that a text opens; none if it joins one that is open.
func (b *builder) opened() (out []handlers.Case) {
	for _, c := range b.e.Cases {
		if c.Untaken() && c.Source == b.text.ID {
			out = append(out, c)
		}
	}
	return out
}

// withoutStore decides a text by what this process knows of who wrote it.
func (h *Handler) withoutStore(t handlers.Text, words knowledge.Reading) (b *builder) {
	r := h.memory.recall(writerOf(t), h.Poster.Known)
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := guard.Run(func() { b = h.decide(r.s, t, words, nil) }); p != nil {
		h.panicked(t, p)
		b = h.wordsAlone(t, words)
	}
	r.learn(b.e)
	return b
}

// Wait waits for what is still being stored of texts that were answered.
func (h *Handler) Wait() { h.unstored.work.Wait() }
