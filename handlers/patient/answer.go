package patient

import (
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// answer answers with an entry, which the caller has found may be sent. A holding entry (class H)
// also brings the text to a person. An answer that speaks of a visit needs one ahead; without it,
// or if the answer can't be filled, a person answers.
func answer(b *builder, in intent.Intent, id string) {
	e := b.base.Entry(id)
	if e == nil { // staff have just taken it back
		handOff(b, in, "Asks what the bot has no sure answer to any more.")
		return
	}
	next, fill := handlers.NextOfEach(in.About), knowledge.Fill{}
	if len(next) > 0 {
		fill["visit.when"] = b.nextWhens(next)
	} else if strings.Contains(e.Answer.In(in.Lang), "{{visit.") {
		toPerson(b, replies.NoVisit, "Asks about a visit, but none is booked for this number.")
		return
	}
	// An answer for this very visit is better than the general one.
	bodies, err := b.visitAnswers(in, id)
	if len(bodies) == 0 && err == nil {
		bodies = make([]string, 1)
		bodies[0], err = b.base.Answer(id, in.Lang, fill)
	}
	if err != nil {
		b.log.Error("answer can't be filled: a person answers", "entry", id, "err", err)
		handOff(b, in, b.asks(id)+" The answer can't be filled: "+err.Error())
		return
	}
	b.e.Reply.Kind = kinds.Answer
	b.promised = b.promised || e.Promising()
	// What was asked is settled: the next text follows this answer, and is read by itself.
	b.talk.Last, b.talk.Misses, b.talk.Choices, b.talk.Burst = id, 0, nil, nil
	for i, body := range bodies {
		b.e.Reply.Bodies = append(b.e.Reply.Bodies, body)
		if i > 0 {
			b.join()
		}
	}
	if e.Is(knowledge.Holding) {
		b.say(replies.HoldingWhen, knowledge.Fill{"by": b.by()})
		b.join()
		b.tell(kinds.Handoff, b.asks(id)+" Was told that a person gets back."+b.soon(), true)
	}
	promised(b, in, id)
	if b.resource(in) {
		b.join()
	}
}

// promised brings a question about moving or giving up a visit to the desk, since the answer
// promises that a person helps. The visit stands: who asks how to do a thing hasn't done it.
func promised(b *builder, in intent.Intent, id string) {
	when := "a visit"
	if len(in.About) > 0 {
		when = b.staffWhen(in.About[0])
	}
	switch act := b.base.Meant(id); act {
	case kinds.Reschedule:
		b.tell(act, "Asks for another time instead of "+when+
			". The visit stands until you move it.", true)
	case kinds.Decline:
		b.tell(kinds.Handoff, "Asks about giving up "+when+
			"; was told that a person helps. The visit stands.", true)
	}
}

// besides answers a question in a text that also acts on a visit, in a body of its own. Without a
// sure answer, the desk reads the question on the card. The reply keeps the kind of the act, and
// the choices that the act has opened stay open.
func besides(b *builder, in intent.Intent) {
	if in.Besides == nil || !b.may(in.Besides.ID) {
		return
	}
	kind, open := b.e.Reply.Kind, b.talk.Choices
	b.e.Reply.Entry, b.e.Reply.Confidence = in.Besides.ID, in.Besides.Confidence
	b.e.Reply.Entries = []string{in.Besides.ID}
	answer(b, in, in.Besides.ID)
	b.e.Reply.Kind, b.talk.Choices = kind, open
}
