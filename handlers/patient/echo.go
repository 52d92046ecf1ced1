package patient

import (
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// echo stays silent towards somebody who texts the same words again and again. The desk is told
// once. The conversation goes on counting, so that other words end the silence.
func echo(b *builder, in intent.Intent) {
	if in.TellDesk {
		b.tell(kinds.Handoff, "Texts word for word the same again and again: a machine, or "+
			"somebody who needs a person. The bot is silent.", true)
	}
	b.e.Conversation = &b.talk
}
