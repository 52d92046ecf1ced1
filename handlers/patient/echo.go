package patient

import (
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// echo answers with silence whoever texts the same words again and again; the desk is told once.
func echo(b *builder, in intent.Intent) {
	if in.TellDesk {
		b.tell(kinds.Handoff, "Texts word for word the same again and again: a machine, or "+
			"somebody who needs a person. The bot is silent.", true)
	}
	b.e.Conversation = &b.talk
}
