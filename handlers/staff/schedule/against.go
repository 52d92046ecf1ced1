package schedule

import (
	"context"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
)

// against returns what speaks against the time of a visit, a sentence each: the clinic isn't open,
// the patient has another visit about then, or somebody else has that time. s is the state of the
// patient's number.
func against(
	ctx context.Context, k *act.Kit, s handlers.State, v handlers.Visit,
) (out []string, err error) {
	if closed := closed(k, v); closed != "" {
		out = append(out, closed)
	}
	clinic := k.Base.Clinic
	for _, other := range s.Visits {
		if other.ID == v.ID || !other.Open(k.Now()) || !handlers.SamePatient(other.Name, v.Name) {
			continue
		}
		near := handlers.SameDay(other.Start, v.Start, clinic.Location())
		// Visits of a series are expected to be within the week.
		if clinic.VisitTypes[v.Type].Series == nil || other.Type != v.Type {
			near = near || other.Start.Sub(v.Start).Abs() < 7*24*time.Hour
		}
		if near {
			out = append(out, "They already have a visit on "+k.Clock(other.Start)+".")
		}
	}
	then, err := k.Patients.Visits(ctx, v.Start, v.Start.Add(time.Second))
	if err != nil {
		return nil, err
	}
	n := 0
	for _, other := range then {
		if other.ID != v.ID && other.Open(k.Now()) && other.Phone != s.Phone {
			n++
		}
	}
	switch {
	case n == 1:
		out = append(out, "Another patient has a visit at that time.")
	case n > 1:
		out = append(out, fmt.Sprintf("%d other patients have a visit at that time.", n))
	}
	return out, nil
}

// closed says why the clinic isn't open for a visit, "" if it is.
func closed(k *act.Kit, v handlers.Visit) string {
	clinic := k.Base.Clinic
	clock := knowledge.DeskClock(clinic, k.Now())
	at := v.Start.In(clinic.Location())
	day := clock.Date(v.Start, "en")
	hours, open := clinic.HoursOn(at)
	begins := at.Hour()*60 + at.Minute()
	ends := begins + clinic.VisitTypes[v.Type].Minutes
	minute := func(m int) string {
		return knowledge.Time(time.Date(at.Year(), at.Month(), at.Day(), 0, m, 0, 0, time.UTC))
	}
	switch {
	case len(clinic.Hours) == 0:
		return ""
	case clinic.Holiday(at):
		return "The clinic is closed on " + day + ", a holiday."
	case !open:
		return "The clinic is closed on " + day + "."
	case begins < hours.From:
		return fmt.Sprintf("The clinic opens at %s on %s.", minute(hours.From), day)
	case begins >= hours.To:
		return fmt.Sprintf("The clinic closes at %s on %s.", minute(hours.To), day)
	case ends > hours.To:
		return fmt.Sprintf("The visit would end at %s, and the clinic closes at %s on %s.",
			minute(ends), minute(hours.To), day)
	}
	return ""
}
