package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// optIn records an opt-in, and answers it unless the carrier has. The wish for discreet reminders
// is kept.
func optIn(b *builder, in intent.Intent) {
	b.e.Consent = &handlers.Consent{
		At: b.wrote(), Way: "text", Words: b.text.Body, Basic: in.State.Consent.Basic,
	}
	if b.text.OptOut == "" {
		b.say(replies.OptedIn, nil)
	}
}
