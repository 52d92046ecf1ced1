package patient

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// survive makes an error of a panic while a text was handled, so that the carrier asks again. A
// patient in danger gets the fixed words all the same, and the desk its card, as when the store is
// away. It must be deferred itself.
func (h *Handler) survive(
	ctx context.Context, t handlers.Text, reply *handlers.Reply, err *error,
) {
	p := handlers.Recovered(recover())
	if p == nil {
		return
	}
	h.Meter.Panicked("patient")
	h.Log.Error("text: the program panicked on it",
		"from", t.From, "id", t.ID, "what", p.What, "stack", p.Stack)
	*reply, *err = handlers.Reply{}, p
	var read knowledge.Reading
	again := handlers.Guard(func() { read = h.Base.Read(t.Body, nil) })
	if again != nil || !danger(read.Verdict) {
		return
	}
	again = handlers.Guard(func() { *reply, *err = h.without(ctx, t, read, p), nil })
	if again == nil {
		return
	}
	h.Log.Error("text: and once more", "id", t.ID, "what", again.What, "stack", again.Stack)
	*reply, *err = h.wordsAlone(ctx, t, read)
}

// wordsAlone answers a patient in danger from nothing but what they wrote.
func (h *Handler) wordsAlone(
	ctx context.Context, text handlers.Text, read knowledge.Reading,
) (handlers.Reply, error) {
	t := &turn{
		h: h, now: h.Now(), text: text, state: handlers.State{Phone: text.From},
		read: read, verdict: read.Verdict, lang: knowledge.Language(read.Verdict.Lang),
	}
	say, title := t.dangerWords()
	t.say(say, nil)
	t.e.Reply.Kind, t.e.Reply.Lang, t.e.Reply.Confidence = t.verdict.Kind, t.lang, 1
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageTime)
	defer cancel()
	p := handlers.Guard(func() {
		t.page(handlers.UrgentChannel, t.verdict.Kind, title, t.now)
		for _, c := range t.e.Cases {
			h.tell(ctx, text, c)
		}
	})
	if p != nil {
		h.Log.Error("page failed", "id", text.ID, "what", p.What, "stack", p.Stack)
	}
	return t.e.Reply, t.err
}
