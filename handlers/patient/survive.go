package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
)

// survive turns a panic into an error, so that the carrier sends the text again. A patient in
// danger gets the fixed words all the same, and people are told as they are while the store is
// away. It calls recover, so it must be deferred directly.
func (h *Handler) survive(t handlers.Text, reply *handlers.Reply, err *error) {
	p := guard.Recovered(recover())
	if p == nil {
		return
	}
	h.panicked(t, p)
	*reply, *err = handlers.Reply{}, p
	// Reading the words may be what panicked. If it panics again, nobody can say that it is danger.
	var words knowledge.Reading
	again := guard.Run(func() { words = h.Base.Read(t.Body, nil) })
	if again != nil || !intent.InDanger(words.Verdict) {
		return
	}
	// If this panics too, the error set above stands: the carrier sends the text again.
	again = guard.Run(func() {
		b := h.wordsAlone(t, words)
		h.straight(t, b, p)
		*reply, *err = b.e.Reply, b.err
	})
	if again != nil {
		h.Log.Error("text: and once more", "id", t.ID, "what", again.What, "stack", again.Stack)
	}
}
