package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// concern adds to the ordinary answer of a text that may be more than it seems: the line with 988,
// even while a person talks with them, and a card that somebody reads soon. Nothing pauses.
func concern(b *builder, in intent.Intent) {
	if !in.Said.Concern || intent.InDanger(in.Said) {
		return
	}
	kind, also := b.e.Reply.Kind, b.e.Reply.Also[:len(b.e.Reply.Also):len(b.e.Reply.Also)]
	switch {
	case kind == kinds.Clinical: // a nurse sees it whatever it is
		b.e.Reply.Also = append(also, kinds.Concern)
	case namedBeside(kind):
		b.e.Reply.Also = append(also, kind)
		fallthrough
	default:
		b.e.Reply.Kind = kinds.Concern
	}
	b.say(replies.ConcernLine, nil)
	b.join()
	by := b.now.Add(b.base.Clinic.ReadWithin())
	b.page(handlers.UrgentChannel, kinds.Concern, "May be more than it seems: please read.", by)
}

// namedBeside says whether a kind is named beside a concern: something was done and the patient
// knows it. An answer or a person tells nothing more.
func namedBeside(kind string) bool {
	switch kind {
	case "", kinds.Answer, kinds.Choices, kinds.Courtesy, kinds.Handoff:
		return false
	}
	return true
}
