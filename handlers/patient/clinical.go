package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// clinical has a nurse see the text today; it gives no advice.
func clinical(b *builder) {
	if !b.talk.Person(b.now) {
		b.say(replies.Clinical, knowledge.Fill{"by": b.by()})
	}
	by := b.base.Clinic.NurseBy(b.now)
	title := "For a nurse, by " + knowledge.When(by, "en") + "."
	b.page(handlers.DeskChannel, kinds.Clinical, title, by)
}
