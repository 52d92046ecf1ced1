package patient

import (
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// toPerson hands the text to a person and replies with the named sentence, or with none if it is
// "". Unlike handOff it counts no miss and leaves the choices open: the bot did understand. title
// tells staff what the patient wants.
func toPerson(b *builder, say, title string) {
	b.e.Reply.Kind = kinds.Handoff
	if say != "" {
		b.say(say, knowledge.Fill{"by": b.by()})
	}
	b.tell(kinds.Handoff, title, true)
}

// keepPromise gives staff a card for a reply that promises a person, if what was said brought them
// none: every promise is somebody's to keep.
func (b *builder) keepPromise() {
	if b.promised && b.waits == "" && len(b.e.Reply.Bodies) > 0 {
		b.tell(kinds.Handoff, "Was told that a person gets back to them.", true)
	}
}

// askPerson hands a patient who asks for a person to one, without asking why. Asked again, it
// promises again.
func askPerson(b *builder) { toPerson(b, replies.Holding, "Asks for a person.") }

// stillOwed answers a patient who asks whether anybody is there. One whose question waits for a
// person learns that it does; for any other it is a request for a person.
func stillOwed(b *builder, in intent.Intent) {
	if !intent.Waiting(in.State) {
		askPerson(b)
		return
	}
	toPerson(b, replies.Owed, "Asks again whether anybody is there.")
}
