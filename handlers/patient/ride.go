package patient

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// ride records whether the patient has a ride home, and confirms the visit if the text does so too.
// Who needs help waits for a person; an arranged ride is a line that staff can read.
func ride(b *builder, in intent.Intent) {
	help, visits := in.RideHome.Answer == screen.RideHelp, in.RideHome.Visits
	say, title, open := replies.RideArranged, "The ride home is arranged: ", help
	if help {
		say, title = replies.RideHelp, "Needs help with the ride home: "
	}
	for _, v := range visits {
		if v.Ride = handlers.RideArranged; help {
			v.Ride = handlers.RideHelp
		}
		if in.RideHome.Confirms && v.Awaits(b.now) {
			v.State = handlers.Confirmed
		}
		b.e.Visits = append(b.e.Visits, v)
	}
	b.e.Reply.Kind = kinds.Answer
	if !in.Quiet {
		b.say(say, knowledge.Fill{
			"first": b.first(visits[0].Name), "when": b.whens(visits), "by": b.by(),
		})
	}
	for _, c := range in.State.Cases { // if staff have the task already, this joins its thread
		open = open || c.Kind == kinds.Ride || c.Kind == kinds.Unprepared
	}
	b.tell(in.RideHome.Answer, title+b.staffWhen(visits...)+".", open)
}
