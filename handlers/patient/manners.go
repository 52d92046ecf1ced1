package patient

import (
	"strings"
	"time"

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
	if t.now.Sub(t.state.Conversation.At) > burstTime || len(t.talk.Burst) >= mostBurst {
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
		t.tell(handlers.DeskChannel, knowledge.Handoff, "Writes so much that the bot has gone silent: a machine, or somebody who needs a person.", true)
	}
}
