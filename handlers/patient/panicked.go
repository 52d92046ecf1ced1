package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// survive makes an error of a panic while a text was handled, so that the carrier asks again. A
// patient in danger gets the fixed words all the same, and people are told as when the store is
// away. It must be deferred itself.
func (h *Handler) survive(t handlers.Text, reply *handlers.Reply, err *error) {
	p := guard.Recovered(recover())
	if p == nil {
		return
	}
	h.panicked(t, p)
	*reply, *err = handlers.Reply{}, p
	var read knowledge.Reading
	again := guard.Run(func() { read = h.Base.Read(t.Body, nil) })
	if again != nil || !danger(read.Verdict) {
		return
	}
	again = guard.Run(func() {
		h.straight(t, read, p)
		turn := h.wordsAlone(t, read)
		*reply, *err = turn.e.Reply, turn.err
	})
	if again != nil {
		h.Log.Error("text: and once more", "id", t.ID, "what", again.What, "stack", again.Stack)
	}
}

func (h *Handler) panicked(t handlers.Text, p *guard.Panic) {
	h.Meter.Panicked("patient")
	h.Log.Error("text: the program panicked on it",
		"from", t.From, "id", t.ID, "what", p.What, "stack", p.Stack)
}

// wordsAlone answers a patient in danger from nothing but what they wrote.
func (h *Handler) wordsAlone(text handlers.Text, read knowledge.Reading) *turn {
	t := &turn{
		h: h, now: h.Now(), text: text, state: handlers.State{Phone: text.From},
		read: read, verdict: read.Verdict, lang: language.Spoken(read.Verdict.Lang),
	}
	say, title := t.dangerWords()
	t.say(say, nil)
	t.e.Reply.Kind, t.e.Reply.Lang, t.e.Reply.Confidence = t.verdict.Kind, t.lang, 1
	t.page(handlers.UrgentChannel, t.verdict.Kind, title, t.now)
	return t
}
