package patient

import (
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// toPerson gives the text to a person, with words of the reply's own or none.
func toPerson(b *builder, say, title string) {
	b.e.Reply.Kind = kinds.Handoff
	if say != "" {
		b.say(say, knowledge.Fill{"by": b.by()})
	}
	b.tell(kinds.Handoff, title, true)
}

// askPerson gives who asks for a person one, without asking anything.
func askPerson(b *builder) { toPerson(b, replies.Holding, "Asks for a person.") }

// stillOwed tells who asks whether anybody is there that a person is.
func stillOwed(b *builder, in intent.Intent) {
	if !intent.Waiting(in.State) {
		askPerson(b)
		return
	}
	toPerson(b, replies.Owed, "Asks again whether anybody is there.")
}
