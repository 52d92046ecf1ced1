package patient

import (
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// handOff hands the text to a person and tells the patient so. When the clinic is closed, its hours
// are named once per conversation. A text that continues one just handed over gets no second reply.
// title tells staff what the patient wants. Choices that were open are closed: a number that comes
// after this answers nothing.
func handOff(b *builder, in intent.Intent, title string) {
	b.e.Reply.Kind = kinds.Handoff
	b.talk.Misses++
	b.talk.Choices = nil
	before := b.talk.HandedOver
	b.talk.HandedOver = true
	switch {
	case before: // people press send in mid-sentence; each piece goes into the same thread
	case intent.Waiting(in.State):
		b.say(replies.HandoffAgain, nil)
	case b.base.Clinic.Open(b.now):
		b.say(replies.Handoff, b.times())
	case b.talk.HoursSaid:
		b.say(replies.HandoffAgain, nil)
	default:
		b.talk.HoursSaid = true
		b.say(replies.HandoffShut, b.times())
	}
	b.resource(in)
	b.tell(kinds.Handoff, title, true)
}
