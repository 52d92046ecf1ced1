package intent

import (
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// asksRide returns the visits ahead whose patient was asked who drives them home before they wrote,
// and hasn't said.
func (k known) asksRide() (out []handlers.Visit) {
	for _, v := range k.ahead {
		if v.AsksRide(k.Now) && !k.since(v.Asked) {
			out = append(out, v)
		}
	}
	return out
}

// answersRide takes the answer to who drives the patient home, while that question is open.
// Whatever else the text says goes its own way: the question traps nobody. It is about all visits
// of the first day that was asked about, since one text asks for the day.
func (k known) answersRide(i Intent) (Intent, bool) {
	asked := k.asksRide()
	if len(asked) == 0 {
		return i, false
	}
	answer, whole := k.Base.Ride(k.Text.Body)
	if answer == "" {
		return i, false
	}
	if !whole {
		switch i.Kind {
		case kinds.Decline, kinds.Reschedule, kinds.Late, kinds.Person:
			return i, false // it says more than who drives
		}
	}
	// "ride is arranged" only sounds like a yes to the visit; more words may well say one.
	says := i.Said.Named() || !few(k.Text.Body)
	i.RideHome = RideHome{
		Answer: answer, Visits: k.oneDay(asked),
		Confirms: !whole && i.Kind == kinds.Confirm && says,
	}
	return i.as(Ride), true
}
