package patient

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

const (
	// burstTime is how soon a text must follow to be read together with the one before: people press send in mid-sentence.
	burstTime = 20 * time.Second
	// mostBurst bounds what is read together.
	mostBurst = 4
	// mostReplies is how many replies a number gets in an hour: more is a machine, or somebody who needs a person.
	mostReplies = 20
)

// together puts the text behind what was written just before it.
func (t *turn) together() {
	apart := t.wrote().Sub(t.state.Conversation.At) > burstTime || t.overtaken()
	if apart || len(t.talk.Burst) >= mostBurst {
		t.talk.Burst, t.talk.HandedOver = nil, false
	}
	t.talk.Burst = append(t.talk.Burst, t.text.Body)
}

// whole is all that was written in one go.
func (t *turn) whole() string { return strings.Join(t.talk.Burst, " ") }

// told says whether what was written in one go has been handed to a person before, and notes that it is.
func (t *turn) told() bool {
	before := t.talk.HandedOver
	t.talk.HandedOver = true
	return before
}

// repeat says the last answer again; false if there is none.
func (t *turn) repeat() bool {
	last := t.recent()
	if last == "" || t.h.Base.Entry(last) == nil || !t.may(last) {
		return false
	}
	t.e.Reply.Entry, t.e.Reply.Entries = last, []string{last}
	t.answer(last)
	return true
}

// lost: who doesn't understand us gets a person, not the same words again.
func (t *turn) lost() bool {
	t.e.Reply.Kind = kinds.Handoff
	t.say(replies.Explain, knowledge.Fill{"by": t.by()})
	title := "Doesn't understand what the bot wrote."
	if last := t.recent(); last != "" {
		title = "Doesn't understand the answer about " + last + "."
	}
	t.tell(handlers.DeskChannel, kinds.Handoff, title, true)
	return true
}

// stillOwed tells who asks whether anybody is there that a person is; false if none is owed yet.
func (t *turn) stillOwed() bool {
	if !t.waiting() {
		t.person()
		return true
	}
	t.e.Reply.Kind = kinds.Handoff
	t.say(replies.Owed, knowledge.Fill{"by": t.by()})
	t.tell(handlers.DeskChannel, kinds.Handoff, "Asks again whether anybody is there.", true)
	return true
}

// glad has a word back, and the desk reads it; nothing is left to do.
func (t *turn) glad() {
	t.courtesy()
	t.say(replies.Glad, nil)
	if t.verdict.Resource {
		t.say(replies.Resource, nil)
		t.join()
	}
	t.tell(handlers.DeskChannel, kinds.Courtesy, "Writes that they are better, or grateful.", false)
}

// chat asks nothing: silence, and a line that the desk can read.
func (t *turn) chat() {
	t.courtesy()
	if t.verdict.Resource {
		t.say(replies.Resource, nil)
	}
	t.tell(handlers.DeskChannel, kinds.Courtesy, "Writes, and asks nothing.", false)
}

// angry gets a word for it and a person.
func (t *turn) angry() {
	t.e.Reply.Kind = kinds.Handoff
	t.say(replies.Sorry, knowledge.Fill{"by": t.by()})
	t.tell(handlers.DeskChannel, kinds.Handoff, "Complains.", true)
}

// limit keeps the bot from texting another bot for ever: past so many replies an hour it is silent, and the desk is told once.
func (t *turn) limit() {
	if t.now.Sub(t.talk.Hour) > time.Hour {
		t.talk.Hour, t.talk.Replies = t.now, 0
	}
	if len(t.e.Reply.Bodies) == 0 {
		return
	}
	t.talk.Replies++
	if t.talk.Replies <= mostReplies || danger(t.verdict) || t.talk.Stood.Equal(t.now) { // the words of an alarm keep measure themselves
		return
	}
	t.e.Reply.Bodies = nil
	if t.talk.Replies == mostReplies+1 {
		t.tell(handlers.DeskChannel, kinds.Handoff, "Writes so much that the bot has gone silent: a machine, or somebody who needs a person.", true)
	}
}
