package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// optIn records an opt-in, and answers it unless the carrier has. The wish for discreet reminders
// is kept. Who says again what stands already changes nothing.
func optIn(b *builder, in intent.Intent) {
	b.consents(in, false)
	if b.text.OptOut == "" {
		b.say(replies.OptedIn, nil)
	}
}

// mostWords is how many characters of what a number said of its consent are kept: those of an SMS.
const mostWords = 160

// consents records an opt-in or opt-out, with discretion as it is, unless that is how it stands.
func (b *builder) consents(in intent.Intent, out bool) {
	was := in.State.Consent
	if out && was.Out || !out && !was.Out && !was.Given.IsZero() {
		return
	}
	c := handlers.Consent{Out: out, Basic: was.Basic}
	if !out {
		c.Given = b.wrote()
	}
	b.recordConsent(c)
}

// recordConsent records what a number now said of its consent.
func (b *builder) recordConsent(c handlers.Consent) {
	words := []rune(b.text.Body)
	c.At, c.Way, c.Words = b.wrote(), "text", string(words[:min(len(words), mostWords)])
	b.e.Consent = &c
}
