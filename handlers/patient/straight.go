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

// A text of danger shares no lock, queue, worker or deadline with anything ordinary. The fixed
// words leave at once where they are sure to be right (see sure), else within wordsTime, whatever
// the store does. If the store hasn't taken the text within storeTime, people are told without it.
const (
	wordsTime = 400 * time.Millisecond // less than one command of the store may take: 600 ms
	storeTime = 2 * time.Second        // both count from when the text came
)

// endangered answers a patient in danger, and stores the text in the background. Unless the words
// are sure to be right, it waits for the store as long as wordsTime. After that, or if the store
// fails, the reply comes from what this process knows of the number.
func (h *Handler) endangered(
	ctx context.Context, t handlers.Text, words knowledge.Reading,
) handlers.Reply {
	// Both this goroutine and the one that stores may need the answer without the store. It is
	// decided once: a second time would count the text as a repeat of itself.
	alone := sync.OnceValue(func() *builder { return h.withoutStore(t, words) })
	var said *handlers.Reply
	if h.sure(t, words) {
		said = &alone().e.Reply
	}
	done := make(chan stored, 1) // room for one: nobody may be waiting any more
	h.unstored.work.Go(func() {
		// The carrier may hang up once it has the words; the text is stored all the same.
		ctx := handlers.Apart(context.WithoutCancel(ctx))
		ctx, cancel := context.WithTimeout(ctx, storeTime)
		defer cancel()
		s := h.storeDanger(ctx, t, words, said)
		if s.err != nil {
			h.straight(t, alone(), s.err)
		} else {
			h.memory.forget(writerOf(t)) // the store knows better from now on
			for _, c := range s.alarms { // it may go away before it has told anybody
				h.Poster.Keep(c)
			}
		}
		if s.again {
			h.replayed(t, s.reply)
		}
		done <- s
	})
	if said != nil {
		h.logAnswer(t, *said)
		return *said
	}
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

// sure reports whether the fixed words are right whatever the store knows of a text's writer, so
// that they leave without asking it. Danger that may be the answer to a question of ours isn't, nor
// a text too short to tell its language. Who had the words lately can wait for those that fit what
// was said since, and a machine that repeats itself isn't answered again and again.
func (h *Handler) sure(t handlers.Text, words knowledge.Reading) bool {
	return t.Sender == "" && !t.Fetched && words.Lang != "" && intent.Stands(words.Verdict, t.Body) &&
		h.memory.first(writerOf(t), h.Now())
}

// storeDanger stores a text of danger, and as its reply what was said already, nil if nothing was.
// A panic counts as a failure of the store, so that people are told without it.
func (h *Handler) storeDanger(
	ctx context.Context, t handlers.Text, words knowledge.Reading, said *handlers.Reply,
) (s stored) {
	if p := guard.Run(func() { s = h.store(ctx, t, words, said) }); p != nil {
		h.panicked(t, p)
		s.err = p
	}
	return s
}

// straight tells people of a text that the store hasn't taken, and holds the text for Restore. A
// machine's echo, to which the bot says nothing, isn't worth storing.
func (h *Handler) straight(t handlers.Text, b *builder, why error) {
	h.Log.Error("store is away: people are told of a patient in danger without it",
		"from", t.From, "id", t.ID, "err", why)
	alarms := b.opened()
	for _, c := range alarms {
		h.Poster.Straight(c)
	}
	if b.in.Act != intent.Silent {
		h.unstored.hold(heldText{text: t, alarms: alarms})
	}
}

// withoutStore decides a text from what this process knows of its writer, and remembers what came
// of it for the writer's next text. Texts of one writer are decided one after the other, so that
// the second joins the alarm of the first.
func (h *Handler) withoutStore(t handlers.Text, words knowledge.Reading) (b *builder) {
	r := h.memory.recall(writerOf(t), h.Poster.Known)
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := guard.Run(func() {
		b = h.decide(r.s, t, words, nil)
		b.transcribe(r.s)
	}); p != nil {
		h.panicked(t, p)
		b = h.wordsAlone(t, words)
	}
	r.learn(b.e)
	return b
}

// Wait waits until the texts of danger that were answered have been stored, or held for Restore. A
// process waits for it before it ends.
func (h *Handler) Wait() { h.unstored.work.Wait() }
