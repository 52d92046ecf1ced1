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
	answer, whole := k.Base.Ride(k.body())
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
	confirms := !whole && i.Kind == kinds.Confirm && says
	visits := k.oneDay(asked)
	if k.shared() {
		var sure bool
		if visits, sure = k.rideOf(asked); !sure {
			return k.which(i, WhichRide, answer, visits), true
		}
		confirms = false // each is asked for by name
	}
	i.RideHome = RideHome{Answer: answer, Visits: visits, Confirms: confirms}
	return i.as(Ride), true
}

// rideOf returns those of the visits of a shared phone that asked who drives whose answer this is,
// and whether it surely is that of all of them: one patient was asked last, or is named. Only a
// plain text names a patient: "Ben drives me" may name the driver.
func (k known) rideOf(asked []handlers.Visit) (out []handlers.Visit, sure bool) {
	last := asked[0].Asked
	for _, v := range asked {
		if v.Asked.After(last) {
			last = v.Asked
		}
	}
	for _, v := range asked {
		if last.Sub(v.Asked) <= atOnce {
			out = append(out, v)
		}
	}
	if k.whose.plain && k.whose.names() && !k.whose.none {
		if named := k.ofNamed(asked); len(named) > 0 {
			return named, onceEach(named) || k.ofOneDay(named)
		}
	}
	out = k.oneDayEach(out)
	return out, len(handlers.Patients(out)) == 1 && !k.whose.mixed
}

// oneDayEach returns of each patient's visits those of the first day: one text asks for a day.
func (k known) oneDayEach(visits []handlers.Visit) (out []handlers.Visit) {
	for _, name := range handlers.Patients(visits) {
		var own []handlers.Visit
		for _, v := range visits {
			if handlers.SamePatient(v.Name, name) {
				own = append(own, v)
			}
		}
		out = append(out, k.oneDay(own)...)
	}
	return out
}
