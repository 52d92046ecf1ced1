package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
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
	var words knowledge.Reading
	again := guard.Run(func() { words = h.Base.Read(t.Body, nil) })
	if again != nil || !intent.InDanger(words.Verdict) {
		return
	}
	again = guard.Run(func() {
		b := h.wordsAlone(t, words)
		h.straight(t, b, p)
		*reply, *err = b.e.Reply, b.err
	})
	if again != nil {
		h.Log.Error("text: and once more", "id", t.ID, "what", again.What, "stack", again.Stack)
	}
}
