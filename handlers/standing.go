package handlers

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Standing is how a visit stands, in words for staff, what matters most first. It is what every
// list of visits shows.
type Standing []string

// String returns the words in one line.
func (s Standing) String() string { return strings.Join(s, ", ") }

// Standing says how one of the number's visits stands: as [Visit.Stand] does, and whether the patient
// may be in danger and a text can reach them. It goes by the state alone, so whoever lists the visits
// of a day reads no ledger for it.
func (s State) Standing(c *settings.Clinic, v Visit, now time.Time) Standing {
	var out Standing
	if s.Urgent() != nil {
		out = append(out, "may be in danger")
	}
	out = append(out, v.Stand(c, now)...)
	switch {
	case !v.Stands() || v.Over():
	case s.Consent.Out:
		out = append(out, "opted out of texts: call")
	case s.Reach.NoTexts:
		out = append(out, "no text reaches them: call")
	}
	return out
}

// Stand says how the visit stands: what the patient said of it, and what they were told and asked.
func (v Visit) Stand(c *settings.Clinic, now time.Time) Standing {
	var out Standing
	// Whether they will come is no question any more once it has begun.
	if v.State != Booked || v.Start.After(now) {
		out = append(out, comes(v))
	}
	if v.Held() {
		out = append(out, "held until you agree to it")
	}
	if !v.Stands() || v.Over() {
		return out
	}
	return append(append(out, when(v, now)...), told(c, v)...)
}

// comes says whether the patient comes, as far as is known.
func comes(v Visit) string {
	switch v.State {
	case Booked:
		if v.AskedComes.IsZero() {
			return "not asked yet"
		}
		return "asked, no answer yet"
	case Declined:
		return "can't come"
	case Reschedule:
		return "wants another time"
	case Missed:
		return "no-show"
	}
	return v.State // confirmed, off, cancelled, arrived
}

// when says what is known of when they come, or came.
func when(v Visit, now time.Time) (out Standing) {
	switch {
	case !v.Here.IsZero():
		return Standing{"says they are here"}
	case v.LateBy > 0:
		out = append(out, fmt.Sprintf("late by %d min", v.LateBy))
	case !v.Late.IsZero():
		out = append(out, "late")
	}
	if !v.Start.After(now) {
		out = append(out, "it isn't known whether they came")
	}
	return out
}

// told says what stands with the ride home and with how to prepare, if the visit has either.
func told(c *settings.Clinic, v Visit) (out Standing) {
	kind := c.VisitTypes[v.Type]
	switch {
	case !kind.RideHome:
	case v.Ride == RideArranged:
		out = append(out, "ride arranged")
	case v.Ride == RideHelp:
		out = append(out, "needs a ride")
	case !v.Asked.IsZero():
		out = append(out, "no answer about the ride")
	}
	if !v.Prepared.IsZero() {
		out = append(out, "prep told")
	}
	return out
}
