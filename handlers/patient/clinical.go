package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// clinical has a nurse see the text; it gives no advice. The case pages if nobody has it by the
// time in its title, which counts opening hours only. A visit that is near stands on the card: whether
// a coffee at six matters depends on it.
func clinical(b *builder) {
	if !b.talk.Person(b.now) { // a person who talks with them answers in their own words
		b.say(replies.Clinical, knowledge.Fill{"by": b.by()})
	}
	by := b.base.Clinic.NurseBy(b.now)
	title := "For a nurse, by " + knowledge.DeskClock(b.base.Clinic, b.now).When(by, "en") + "." + b.soon()
	b.page(handlers.DeskChannel, kinds.Clinical, title, by)
}
