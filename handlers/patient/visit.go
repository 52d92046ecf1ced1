package patient

import (
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// changeVisit does what the patient says of their visits of one day, and tells the desk. Only a
// confirmation can be about more than one visit, unless several patients share the phone. Nothing
// is said if in.Quiet: a person talks with them, or the text comes too late for an answer.
func changeVisit(b *builder, in intent.Intent) {
	b.talk.Choices = nil
	b.e.Reply.Kind = in.Change
	say := ""
	switch in.Change {
	case kinds.Confirm:
		b.confirm(in.Visits)
		if say = replies.Confirmed; len(in.Patients) > 1 {
			say = replies.ConfirmedOf
		}
	case kinds.Decline:
		if say = replies.Declined; len(in.Patients) > 1 {
			say = replies.DeclinedOf
		}
		b.decline(in)
	case kinds.Reschedule:
		say = replies.Reschedule
		b.change(in.Visits, handlers.Reschedule)
		b.bring(handlers.Case{
			Channel: handlers.DeskChannel, Kind: in.Change, Open: true, Visit: onlyOne(in.Visits),
			Title: "Asks for another time instead of " + b.staffWhen(in.Visits...) +
				". The visit stands until you move it.",
		})
	case kinds.Late:
		say = b.late(in)
	}
	if !in.Quiet {
		b.say(say, knowledge.Fill{
			"first": b.first(in.Visits[0].Name), "when": b.whens(in.Visits),
		})
	}
}

// confirm records that the patient is coming. Staff can read it, but nothing is left to do.
func (b *builder) confirm(visits []handlers.Visit) {
	b.talk.Choices = nil
	b.change(visits, handlers.Confirmed)
	b.tell(kinds.Confirm, "Confirmed "+b.staffWhen(visits...)+".", false)
}

// decline gives the visit up, so that its time becomes free: it is offered to the waitlist, if the
// clinic has one and it doesn't begin too soon. A person must find the patient another time.
func (b *builder) decline(in intent.Intent) {
	why := in.State.Phone.String() + " can't come"
	for _, v := range in.Visits {
		b.e.Slots = append(b.e.Slots, waitlist.Freed(b.base.Clinic, v, why, b.now)...)
	}
	b.change(in.Visits, handlers.Declined)
	for _, v := range in.Visits {
		b.e.Add(desk.Over(in.State, desk.End{
			Visit: v.ID, Why: "they can't come", At: b.now, Gone: true, Tasks: true,
		}))
	}
	title := "Can't come " + b.staffWhen(in.Visits...) + "."
	if !in.Late {
		title += " They were told that a person will write about another time."
	}
	b.tell(in.Change, title, true)
}

// late tells the desk that the patient is late, or has arrived. It returns the name of the reply's
// sentence. The visit's state stays as it is.
func (b *builder) late(in intent.Intent) (say string) {
	when := b.staffWhen(in.Visits...)
	say, title := replies.Late, "Late for "+when
	visits := slices.Clone(in.Visits)
	here := in.Said.Rule == "late/arrived" // a pattern of knowledge/screen/visit.yaml
	for i := range visits {
		v := &visits[i]
		if here {
			v.Here = b.now
		} else {
			v.Late, v.LateBy, v.Here = b.now, in.Said.Minutes, time.Time{}
		}
	}
	switch {
	case here:
		say, title = replies.Arrived, "Is here for "+when+", or at the door."
	case in.Said.Minutes != 0:
		title += fmt.Sprintf(", by %d minutes.", in.Said.Minutes)
	default:
		title += "."
	}
	b.change(visits, "")
	last := in.Visits[len(in.Visits)-1]
	b.bring(handlers.Case{
		Channel: handlers.DeskChannel, Kind: in.Change, Title: title, Open: true,
		Visit: onlyOne(in.Visits), Until: b.base.Clinic.Ends(last.Start, last.Type),
	})
	return say
}

// onlyOne returns the id of the visit that a text is about; "" if it is about several.
func onlyOne(visits []handlers.Visit) string {
	if len(visits) == 1 {
		return visits[0].ID
	}
	return ""
}

// change writes the visits, in a new state unless that is "".
func (b *builder) change(visits []handlers.Visit, state string) {
	for _, v := range visits {
		if state != "" {
			v.State = state
		}
		b.e.Visits = append(b.e.Visits, v)
	}
}
