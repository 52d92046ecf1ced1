package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// handOff brings the text to a person and tells the patient so, with the clinic's hours; the long form once a conversation.
func (t *turn) handOff(title string) {
	t.e.Reply.Kind = kinds.Handoff
	t.talk.Misses++
	t.talk.Choices = nil
	switch {
	case t.told(): // in the same breath
	case t.waiting():
		t.say(replies.HandoffAgain, nil)
	case t.h.Base.Clinic.Open(t.now):
		t.say(replies.Handoff, t.times())
	case t.talk.HoursSaid:
		t.say(replies.HandoffAgain, nil)
	default:
		t.talk.HoursSaid = true
		t.say(replies.HandoffShut, t.times())
	}
	if t.verdict.Resource {
		t.say(replies.Resource, nil)
	}
	t.tell(handlers.DeskChannel, kinds.Handoff, title, true)
}

// person: who asks for a person gets one, without being asked anything.
func (t *turn) person() {
	t.e.Reply.Kind = kinds.Handoff
	t.say(replies.Holding, knowledge.Fill{"by": t.by()})
	t.tell(handlers.DeskChannel, kinds.Handoff, "Asks for a person.", true)
}

// waiting says whether a question of theirs waits for a person already.
func (t *turn) waiting() bool {
	for _, c := range t.state.Cases {
		if c.Channel == handlers.DeskChannel && c.Kind == kinds.Handoff {
			return true
		}
	}
	return false
}

// toPerson passes a text to the person who talks with the patient; the bot is silent. What it says of a visit is done all the same.
func (t *turn) toPerson() {
	t.e.Reply.Kind = kinds.Handoff
	if len(t.offers()) > 0 || t.verdict.Offer != "" { // who is to say whom they answer?
		t.tell(handlers.DeskChannel, kinds.Handoff, "Writes after a free time was offered to them. It may be their answer: nothing was done about it.", true)
		return
	}
	if t.ride(true) {
		return
	}
	if t.verdict.Kind == kinds.Confirm {
		if meant := t.meant(kinds.Confirm); len(meant) > 0 && len(t.oneDay(meant)) == len(meant) {
			t.answerVisit(kinds.Confirm, meant...)
			t.e.Reply.Bodies = nil
			return
		}
	}
	if k := t.state.Concern(); k != nil && k.TakenBy != "" { // the person talks in the thread of a concern
		if !t.verdict.Concern { // else it comes there anyway
			t.tell(handlers.UrgentChannel, kinds.Concern, "", true)
		}
		return
	}
	title := "" // the thread is theirs already
	if !t.inThread() {
		title = "Writes on, after a person texted them."
	}
	t.tell(handlers.DeskChannel, kinds.Handoff, title, true)
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
	t.e.Reply.Kind = kinds.Handoff
	t.tell(handlers.DeskChannel, kinds.Handoff, "Writes, but has opted out of texts. Call them.", true)
}

// picture: we can't see it; a person is told that one came.
func (t *turn) picture() {
	t.e.Reply.Kind = kinds.Handoff
	t.say(replies.Picture, knowledge.Fill{"by": t.by()})
	t.tell(handlers.DeskChannel, kinds.Handoff, "Sent a picture.", true)
}

// courtesy gets silence: thanks and ok end a conversation, and a bot that answers them never stops.
func (t *turn) courtesy() { t.e.Reply.Kind = kinds.Courtesy }

// ambiguousStop says whether a bare keyword may have meant a visit rather than the texts.
func ambiguousStop(keyword string) bool { return keyword == "cancel" || keyword == "end" }
