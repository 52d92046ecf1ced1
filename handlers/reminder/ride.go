package reminder

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Task looks at a visit by when it is to be known who drives the patient home: if nobody has said, staff are to ask.
func (h *Handler) Task(s handlers.State, o handlers.Outgoing, now time.Time) (handlers.Effects, string) {
	v, ok := find(s.Visits, o.Visit)
	switch {
	case !ok:
		return handlers.Effects{}, "there is no such visit any more"
	case !v.Start.Equal(o.Start):
		return handlers.Effects{}, "the visit moved"
	case !v.Start.After(now):
		return handlers.Effects{}, "the visit has begun"
	case v.State == handlers.Declined, v.State == handlers.Reschedule:
		return handlers.Effects{}, "the patient doesn't come then"
	case v.Ride == handlers.RideArranged:
		return handlers.Effects{}, "the patient said that the ride home is arranged"
	case v.Ride == handlers.RideHelp:
		return handlers.Effects{}, "the patient asked for help with the ride home: the desk was told then"
	}
	why := "They were asked by text and didn't answer."
	if v.Asked.IsZero() {
		why = "No text could ask them."
	}
	return handlers.OpenCase(s, handlers.Case{
		ID: o.Event("task"), Channel: handlers.DeskChannel, Kind: knowledge.RideKind, At: now, Open: true,
		Title: "Nobody has said who drives them home on " + knowledge.When(v.Start.In(h.Base.Clinic.Location()), "en") + ". " + why + " Ask them.",
	}), "the desk has a task: nobody has said who drives the patient home"
}
