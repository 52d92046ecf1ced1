package patient

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// personStands is how long a person's last words stand before the fixed words are said again. The
// bot doesn't talk into a conversation, but a patient whom that person has left hears from it.
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
	// An answer from before this alarm doesn't count: the first text after it is always answered.
	if last := b.talk.Stood; !last.Before(alarm.Began()) && b.now.Before(last.Add(stands)) {
		return
	}
	b.talk.Stood = b.now
	// It mustn't say that somebody has been told before anybody was.
	if alarm.Seen() {
		b.say(replies.StandsTold, nil)
	} else {
		b.say(replies.Stands, nil)
	}
}

// joinAlarm puts the text into the thread of the open alarm. It says nothing to the patient.
func joinAlarm(b *builder, in intent.Intent) {
	b.e.Reply.Kind = kinds.Handoff
	b.tellUrgent(in.State.Urgent().Kind)
}
