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
	say, title := replies.RideArranged, "The ride home is arranged: "
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
	b.tellRide(title+b.staffWhen(visits...)+".", help)
}

// tellRide brings what a text says of the ride home to the desk. If staff have a task about one of
// the visits already, it joins that, and settles it if all that was asked is who drives.
func (b *builder) tellRide(title string, help bool) {
	in := b.in
	last := in.RideHome.Visits[len(in.RideHome.Visits)-1]
	c := handlers.Case{
		Channel: handlers.DeskChannel, Kind: in.RideHome.Answer, Title: title, Open: help,
		Matter: handlers.Matter(handlers.MatterRide, last.ID), Visit: last.ID,
		Until: b.base.Clinic.Ends(last.Start, last.Type),
	}
	asked := b.asksRide()
	if asked != nil {
		c.Matter, c.Visit, c.Until, c.Open = asked.Matter, asked.Visit, asked.Until, true
	}
	b.bring(c)
	if asked == nil || help || asked.Kind == kinds.Unprepared {
		return
	}
	b.waits = ""
	for i := range b.e.Cases {
		if b.e.Cases[i].ID == asked.ID {
			b.e.Cases[i].Open = false
		}
	}
}

// asksRide returns the open task to ask who drives the patient home from one of the visits that the
// text is about, nil if there is none.
func (b *builder) asksRide() (found *handlers.Case) {
	for _, v := range b.in.RideHome.Visits {
		for i := range b.in.State.Cases {
			switch c := &b.in.State.Cases[i]; c.Matter {
			case handlers.Matter(handlers.MatterRide, v.ID):
				return c
			case handlers.Matter(handlers.MatterPrepare, v.ID):
				found = c
			}
		}
	}
	return found
}
