package patient

import (
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// pickEntry answers with the entry that was picked. It was offered whatever its review, so that is
// looked at now.
func pickEntry(b *builder, in intent.Intent) {
	id := in.Picked
	b.e.Reply.Entry, b.e.Reply.Entries = id, []string{id}
	if b.may(id) {
		answer(b, in, id)
		return
	}
	handOff(b, in, b.asks(id)+" The answer awaits review.")
}

// keepTexts confirms that the patient goes on getting texts: they were asked whether they opt out,
// and don't.
func keepTexts(b *builder) {
	b.e.Reply.Kind = kinds.Answer
	b.say(replies.TextsKept, nil)
}

// keepVisit confirms that a visit stays as it is: they were asked whether they meant to change it,
// and didn't. It is no confirmation that they come.
func keepVisit(b *builder, in intent.Intent) {
	v := in.Visits[0]
	b.e.Reply.Kind = kinds.Answer
	b.say(replies.Kept, knowledge.Fill{"first": b.first(v.Name), "when": b.when(v)})
}
