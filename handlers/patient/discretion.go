package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// discretion switches between full reminders and discreet ones (BASIC), which name neither the
// patient nor the clinic. It leaves an opt-out as it is.
func discretion(b *builder, in intent.Intent, basic bool) {
	if c := in.State.Consent; c.Basic != basic || c.At.IsZero() {
		b.recordConsent(handlers.Consent{Out: c.Out, Basic: basic, Given: c.Given})
	}
	b.e.Reply.Kind = kinds.Answer
	if basic {
		b.say(replies.Basic, nil)
	} else {
		b.say(replies.Detail, nil)
	}
}
