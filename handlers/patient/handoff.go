package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// handOff brings the text to a person and tells the patient so, with the clinic's hours; the long form once a conversation.
func (t *turn) handOff(title string) {
	t.e.Reply.Kind = knowledge.Handoff
	t.talk.Misses++
	t.talk.Choices = nil
	switch {
	case t.told(): // in the same breath
	case t.waiting():
		t.say(knowledge.SayHandoffAgain, nil)
	case t.h.Base.Clinic.Open(t.now):
		t.say(knowledge.SayHandoff, t.times())
	case t.talk.HoursSaid:
		t.say(knowledge.SayHandoffAgain, nil)
	default:
		t.talk.HoursSaid = true
		t.say(knowledge.SayHandoffShut, t.times())
	}
	if t.verdict.Resource {
		t.say(knowledge.SayResource, nil)
	}
	t.tell(handlers.DeskChannel, knowledge.Handoff, title, true)
}

// person: who asks for a person gets one, without being asked anything.
func (t *turn) person() {
	t.e.Reply.Kind = knowledge.Handoff
	t.say(knowledge.SayHolding, knowledge.Fill{"by": t.by()})
	t.tell(handlers.DeskChannel, knowledge.Handoff, "Asks for a person.", true)
}

// waiting says whether a question of theirs waits for a person already.
func (t *turn) waiting() bool {
	for _, c := range t.state.Cases {
		if c.Channel == handlers.DeskChannel && c.Kind == knowledge.Handoff {
			return true
		}
	}
	return false
}

// toPerson passes a text to the person who talks with the patient; the bot is silent. What it says of a visit is done all the same.
func (t *turn) toPerson() {
	t.e.Reply.Kind = knowledge.Handoff
	if len(t.offers()) > 0 || t.verdict.Offer != "" { // who is to say whom they answer?
		t.tell(handlers.DeskChannel, knowledge.Handoff, "Writes after a free time was offered to them. It may be their answer: nothing was done about it.", true)
		return
	}
	if t.ride(true) {
		return
	}
	if t.verdict.Kind == knowledge.Confirm {
		if meant := t.meant(knowledge.Confirm); len(meant) > 0 && len(t.oneDay(meant)) == len(meant) {
			t.answerVisit(knowledge.Confirm, meant...)
			t.e.Reply.Bodies = nil
			return
		}
	}
	if k := t.state.Concern(); k != nil && k.TakenBy != "" { // the person talks in the thread of a concern
		if !t.verdict.Concern { // else it comes there anyway
			t.tell(handlers.UrgentChannel, knowledge.Concern, "", true)
		}
		return
	}
	title := "" // the thread is theirs already
	if !t.inThread() {
		title = "Writes on, after a person texted them."
	}
	t.tell(handlers.DeskChannel, knowledge.Handoff, title, true)
}

// inThread says whether a thread of theirs is open at the desk.
func (t *turn) inThread() bool {
	for _, c := range t.state.Cases {
		if c.Channel == handlers.DeskChannel {
			return true
		}
	}
	return false
}

// unreachable: who has opted out gets no text, but still a person, who must call.
func (t *turn) unreachable() {
	t.e.Reply.Kind = knowledge.Handoff
	t.tell(handlers.DeskChannel, knowledge.Handoff, "Writes, but has opted out of texts. Call them.", true)
}

// picture: we can't see it; a person is told that one came.
func (t *turn) picture() {
	t.e.Reply.Kind = knowledge.Handoff
	t.say(knowledge.SayPicture, knowledge.Fill{"by": t.by()})
	t.tell(handlers.DeskChannel, knowledge.Handoff, "Sent a picture.", true)
}

// courtesy gets silence: thanks and ok end a conversation, and a bot that answers them never stops.
func (t *turn) courtesy() { t.e.Reply.Kind = knowledge.Courtesy }

// ambiguousStop says whether a bare keyword may have meant a visit rather than the texts.
func ambiguousStop(keyword string) bool { return keyword == "cancel" || keyword == "end" }
