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

// Standing says how one of the number's visits stands: what the patient said of it, what they were
// told and asked for it, and whether a text can reach them. It goes by the state alone, so whoever
// lists the visits of a day reads no ledger for it.
func (s State) Standing(c *settings.Clinic, v Visit, now time.Time) Standing {
	var out Standing
	if s.Urgent() != nil {
		out = append(out, "may be in danger")
	}
	out = append(out, comes(c, v, now))
	if v.Held() {
		out = append(out, "held until you agree to it")
	}
	if !v.Stands() || v.Over() {
		return out
	}
	out = append(append(out, when(v)...), told(c, v)...)
	switch {
	case s.Consent.Out:
		out = append(out, "opted out of texts: call")
	case s.Reach.NoTexts:
		out = append(out, "no text reaches them: call")
	}
	return out
}

// comes says whether the patient comes, as far as is known.
func comes(c *settings.Clinic, v Visit, now time.Time) string {
	switch v.State {
	case Booked:
		// By the plan they were asked; whether the text has left stands in the ledger alone.
		if c.Asked(v.Type, v.Start, v.Zone, now) {
			return "not confirmed yet"
		}
		return "booked"
	case Declined:
		return "can't come"
	case Reschedule:
		return "wants another time"
	case Missed:
		return "no-show"
	}
	return v.State // confirmed, off, cancelled, arrived
}

// when says what is known of when they come.
func when(v Visit) Standing {
	switch {
	case !v.Here.IsZero():
		return Standing{"says they are here"}
	case v.Late.IsZero():
		return nil
	case v.LateBy > 0:
		return Standing{fmt.Sprintf("late by %d min", v.LateBy)}
	}
	return Standing{"late"}
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
