package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// concern handles a text that may be more than it seems. To the ordinary answer it adds the line
// with 988, even while a person talks with the patient, and a card that somebody should read soon.
// Nothing pauses.
func concern(b *builder, in intent.Intent) {
	if !in.Said.Concern || intent.InDanger(in.Said) {
		return
	}
	// also is cut to its length, so that append copies it: the verdict holds the same list.
	kind, also := b.e.Reply.Kind, b.e.Reply.Also[:len(b.e.Reply.Also):len(b.e.Reply.Also)]
	switch {
	case kind == kinds.Clinical: // a nurse sees the text anyway
		b.e.Reply.Also = append(also, kinds.Concern)
	case namedBeside(kind):
		b.e.Reply.Also = append(also, kind)
		fallthrough
	default:
		b.e.Reply.Kind = kinds.Concern
	}
	b.say(replies.ConcernLine, nil) // also to who is otherwise met with silence
	b.join()
	// A case that nobody has read by then becomes an alarm, and pages.
	by := b.now.Add(b.base.Clinic.ReadWithin())
	b.page(handlers.UrgentChannel, kinds.Concern, "May be more than it seems: please read.", by)
}

// namedBeside reports whether a kind is named beside a concern. It is if the text changed something
// and the patient was told so; an answer or a handoff isn't worth naming.
func namedBeside(kind string) bool {
	switch kind {
	case "", kinds.Answer, kinds.Choices, kinds.Courtesy, kinds.Handoff:
		return false
	}
	return true
}
