package patient

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// mostReplies is how many replies a number gets in an hour. Whoever causes more is a machine, or
// needs a person. A machine whose words differ each time is no echo: only this ends its talk.
const mostReplies = 20

// limit keeps the bot from texting another bot for ever: after mostReplies in an hour it falls
// silent and tells the desk once. What the text does is done all the same. Words in danger are
// never held back, and texts without a reply don't count.
func limit(b *builder, in intent.Intent) {
	if b.now.Sub(b.talk.Hour) > time.Hour {
		b.talk.Hour, b.talk.Replies = b.now, 0
	}
	if len(b.e.Reply.Bodies) == 0 {
		return
	}
	b.talk.Replies++
	stood := b.talk.Stood.Equal(b.now) // paused limits the answers to an open alarm itself
	if b.talk.Replies <= mostReplies || intent.InDanger(in.Said) || stood {
		return
	}
	b.e.Reply.Bodies = nil
	if b.talk.Replies == mostReplies+1 { // further texts would only repeat it
		b.tell(kinds.Handoff, "Writes so much that the bot has gone silent: a machine, or "+
			"somebody who needs a person.", true)
	}
}
