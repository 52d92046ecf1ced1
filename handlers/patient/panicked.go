package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// panicked logs and counts a panic on a text, without the text: a log holds no patient's words.
func (h *Handler) panicked(t handlers.Text, p *guard.Panic) {
	h.Meter.Panicked("patient")
	h.Log.Error("text: the program panicked on it",
		"from", t.From, "id", t.ID, "what", p.What, "stack", p.Stack)
}

// wordsAlone answers a patient in danger from nothing but what they wrote. It is the last resort,
// for when deciding the text panics: it calls as little as it can of the code that just failed.
func (h *Handler) wordsAlone(text handlers.Text, words knowledge.Reading) *builder {
	in := intent.Intent{
		Act: intent.Danger, Said: words.Verdict, Words: words, Kind: words.Kind,
		Lang: language.Spoken(words.Lang), Dated: text.Fetched,
		State: handlers.State{Phone: text.From},
	}
	b := h.build(h.Now(), text, in)
	b.e.Reply.Also, b.e.Reply.Rule = nil, ""
	say, title := b.dangerWords(in)
	b.say(say, nil)
	b.page(handlers.UrgentChannel, in.Kind, title, b.now)
	return b
}
