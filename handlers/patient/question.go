package patient

import (
	"slices"

	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// mostMisses is after how many unanswered questions in a row we hand over to a person instead of
// asking back.
const mostMisses = 2

// fromEntries answers a question from the clinic's entries: with one answer, with two to two
// questions, with a choice between entries that fit about equally well, or with a person.
func fromEntries(b *builder, in intent.Intent) {
	q, r := in.Question, &b.e.Reply
	// The nearest entry is named even if it isn't sent: logs and staff see how close it came.
	if len(q.Entries) > 0 {
		r.Entry, r.Confidence = q.Entries[0].ID, q.Entries[0].Confidence
	}
	unsent := func(e screen.Entry) bool { return !b.may(e.ID) }
	switch {
	case q.Sure > 0 && !slices.ContainsFunc(q.Entries[:q.Sure], unsent):
		for _, e := range q.Entries[:q.Sure] {
			r.Entries = append(r.Entries, e.ID)
			answer(b, in, e.ID)
		}
		r.Entry = q.Entries[0].ID
	case q.Picks && b.may(q.Entries[0].ID):
		r.Entries = []string{q.Entries[0].ID}
		answer(b, in, q.Entries[0].ID)
	// "How do I move my visit" may well mean theirs; asking back is better than a general answer.
	case q.Back != nil:
		askBack(b, *q.Back)
	// To a patient who may be unwell no list is offered.
	case q.Choices > 0 && !in.Said.Concern && b.talk.Misses < mostMisses:
		choices(b, q.Entries[:min(q.Choices, intent.Most)])
	default:
		handOff(b, in, "Asks what the bot has no sure answer to.")
	}
}

// repeat sends the last answer again, if it may still be sent. It is filled anew: the time of a
// visit may have changed.
func repeat(b *builder, in intent.Intent) {
	if !b.may(in.Last) {
		fromEntries(b, in)
		return
	}
	b.e.Reply.Entry, b.e.Reply.Entries = in.Last, []string{in.Last}
	answer(b, in, in.Last)
}
