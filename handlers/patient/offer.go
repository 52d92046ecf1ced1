package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// takeOffer gives the patient the slot, and says how to prepare. Somebody else's YES at the same
// moment isn't seen here: the store writes only if nobody has changed the slot, and otherwise has
// the text decided again, which then finds the slot taken.
func takeOffer(b *builder, in intent.Intent) {
	taken, e, err := waitlist.Take(in.State, in.Slots[0], b.base.Clinic, b.now, b.swap, in.Lang)
	if err != nil {
		b.err = err
		return
	}
	b.e.Add(e)
	fill := knowledge.Fill{
		"first": b.first(taken.Visit.Name), "when": b.when(taken.Visit),
		"prepare": taken.Prepare,
	}
	say := replies.OfferTaken
	if taken.Old != nil {
		say, fill["old"] = replies.OfferSwapped, b.when(*taken.Old)
	}
	b.e.Reply.Kind = kinds.Confirm
	b.say(say, fill)
}

// leaveOffer declines the slot, so that the next on the waitlist is asked. The patient stays on the
// waitlist, and their visits stay as they are.
func leaveOffer(b *builder, in intent.Intent) {
	s := in.Slots[0]
	b.e.Add(waitlist.Leave(in.State, s, b.base.Clinic, b.now))
	b.e.Reply.Kind = kinds.Decline
	b.say(replies.OfferLeft, b.slotFill(s))
}

// offerOver answers a yes to an offer that has ended. It does so once: in a reply, unless a text
// that says the same is on its way.
func offerOver(b *builder, in intent.Intent) {
	s := in.Slots[0]
	b.e.Reply.Kind = kinds.Courtesy
	// say is false if the text that the offer is over left seconds ago: it crossed their yes.
	e, say := waitlist.TooLate(in.State, s, b.base.Clinic, b.now)
	b.e.Add(e)
	if say {
		b.say(replies.OfferLate, b.slotFill(s))
	}
	// Nobody took it by text. Whether the time is free all the same only staff know.
	if s.State == handlers.SlotOver {
		toPerson(b, "", "Says yes to "+s.Named(b.base.Clinic)+" after the offer had ended; "+
			"was told that it isn't free any more. If it still is: call them.")
	}
}

// askOffer asks whether they take the slot.
func askOffer(b *builder, s *handlers.Slot) {
	b.say(replies.OfferAsk, knowledge.Fill{"when": b.slotWhen(s)})
}

// whichOne asks whether an offer or a visit is meant. The patient answers with a number. in.Answer
// is what is done to the offer if that is meant, in.Change what is done to the visit.
func whichOne(b *builder, in intent.Intent) {
	var names []string
	b.talk.Choices = nil
	add := func(choice, name, when string) {
		line, err := b.base.Reply(name, in.Lang, knowledge.Fill{"when": when})
		if err != nil {
			b.err = err
		}
		b.talk.Choices = append(b.talk.Choices, choice)
		names = append(names, line)
	}
	for _, s := range in.Slots {
		add(intent.Choice(in.Answer, s.ID), replies.ThisOffer, b.slotWhen(s))
	}
	for _, v := range in.Visits {
		add(intent.Choice(in.Change, v.ID), replies.ThisVisit, b.when(v))
	}
	b.choose(replies.OfferWhich, names)
}

// slotFill returns the values of the placeholders in a sentence about a slot. The name is the one
// that the slot was offered by: a patient on the waitlist need not have a visit.
func (b *builder) slotFill(s *handlers.Slot) knowledge.Fill {
	name := s.To(b.in.State.Phone).Name
	return knowledge.Fill{"first": b.first(name), "when": b.slotWhen(s)}
}

// slotWhen returns the slot's time, in the language of the reply.
func (b *builder) slotWhen(s *handlers.Slot) string {
	to := s.To(b.in.State.Phone)
	clock := knowledge.VisitClock(b.base.Clinic, s.Type, to.Zone, b.now)
	return b.whose(to.Name, clock.When(s.Start, b.in.Lang))
}
