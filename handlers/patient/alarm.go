package patient

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// personStands is how long a person's last words stand before the fixed words are said again.
const personStands = 10 * time.Minute

// paused handles a text while an alarm of its number is open. The text goes to the alarm's thread,
// and the bot only answers that the clinic knows of it: once for texts written in one go, and
// always to the first text after the alarm.
func paused(b *builder, in intent.Intent) {
	joinAlarm(b, in)
	alarm, stands := in.State.Urgent(), intent.OneGo
	if b.talk.Person(b.now) {
		stands = personStands
	}
	if last := b.talk.Stood; !last.Before(alarm.Began()) && b.now.Before(last.Add(stands)) {
		return
	}
	b.talk.Stood = b.now
	if alarm.Seen() {
		b.say(replies.StandsTold, nil)
	} else {
		b.say(replies.Stands, nil)
	}
}

// joinAlarm puts the text into the thread of the open alarm.
func joinAlarm(b *builder, in intent.Intent) {
	b.e.Reply.Kind = kinds.Handoff
	b.tellUrgent(in.State.Urgent().Kind)
}
