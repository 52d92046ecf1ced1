package reminder

import (
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Follows returns the row that looks at the series of a visit that has changed, once the changes
// that come with it are made: are two visits too far apart now, or was this one missed? There is
// none if its type has no series.
func Follows(c *settings.Clinic, v handlers.Visit, now time.Time) []handlers.Outgoing {
	wait := c.Together(v.Type)
	if wait == 0 {
		return nil
	}
	return []handlers.Outgoing{{
		// Each change is looked at.
		ID: fmt.Sprintf("%s:%d", rowID(v, kinds.Series), now.UnixMilli()),
		To: v.Phone, Kind: kinds.Series, Visit: v.ID, Start: v.Start, Zone: v.Zone,
		Due: now.Add(wait), Task: true,
	}}
}

// follows looks at the series of a visit for a row of kind Series that is due. It returns the task
// for staff, no effects if there is nothing to tell, and the outcome for the ledger.
func (rs *Reminders) follows(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (e handlers.Effects, note string) {
	v, ok := s.Known(o.Visit)
	t := rs.Base.Clinic.VisitTypes[v.Type]
	switch {
	case !ok:
		return e, "there is no such visit any more"
	case t.Series == nil:
		return e, "visits of its type are no series"
	case v.Held():
		return e, unsure(v)
	}
	title := ""
	series := s.Series(v, t.Within())
	if v.State == handlers.Missed && len(series) > 1 {
		title = rs.missed(series, v, now)
	}
	var last *handlers.Visit
	for _, w := range series {
		if !w.Stands() {
			continue
		}
		if gap := settings.Days(t.Series.GapDays); last != nil && w.Start.After(now) &&
			w.Start.Sub(last.Start) > gap+12*time.Hour && !last.Gap.Equal(w.Start) {
			title += fmt.Sprintf(
				" Their visits on %s and %s are %d days apart, more than %d.",
				s.Whose(rs.Base, v.Name, rs.clinicTime(last.Start, now)), rs.clinicTime(w.Start, now),
				int(w.Start.Sub(last.Start).Hours()+12)/24, t.Series.GapDays,
			)
			told := *last
			told.Gap = w.Start
			e.Visits = append(e.Visits, told)
		}
		last = &w
	}
	if title == "" {
		return handlers.Effects{}, "no visit of the series is missing"
	}
	task := desk.OpenCase(s, handlers.Case{
		ID: o.Event("task"), Channel: handlers.DeskChannel, Kind: kinds.Series, At: now, Open: true,
		Title:  title[1:] + " Is there a visit to book?",
		Matter: handlers.Matter(handlers.MatterSeries, v.ID),
		// A visit later than that would be one of another series.
		Until: now.Add(t.Within()),
	})
	task.Visits = e.Visits
	return task, "the desk has a task: a visit of the series is missing"
}

// missed says for staff which visit of a series was missed, and when the next one is.
func (rs *Reminders) missed(series []handlers.Visit, v handlers.Visit, now time.Time) string {
	next := "none is booked after it"
	for _, w := range series {
		if w.Stands() && w.Start.After(v.Start) {
			next = "the next one is on " + rs.clinicTime(w.Start, now)
			break
		}
	}
	return fmt.Sprintf(" They missed their visit on %s, one of a series: %s.",
		rs.clinicTime(v.Start, now), next)
}

// booked returns the ids of the visits of the series of v, if o tells of its booking.
func (rs *Reminders) booked(
	s handlers.State, o handlers.Outgoing, v handlers.Visit,
) (ids []string) {
	c := rs.Base.Clinic
	if within := c.VisitTypes[v.Type].Within(); within > 0 && tellsOfBooking(c, o.Kind) {
		for _, w := range s.Series(v, within) {
			ids = append(ids, w.ID)
		}
	}
	return ids
}

// dates returns when the visits are that the text of a booking tells of: of a series all that lie
// ahead, also those that another text of the day tells of. "Your 4 visits" of six would leave two in
// doubt.
func (rs *Reminders) dates(
	s handlers.State, o handlers.Outgoing, own handlers.Visit, starts []time.Time, now time.Time,
) []time.Time {
	ids := rs.booked(s, o, own)
	for _, w := range s.Visits {
		if slices.Contains(ids, w.ID) && w.Open(now) && !w.Held() && w.Zone == own.Zone &&
			!slices.ContainsFunc(starts, w.Start.Equal) {
			starts = append(starts, w.Start)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	return starts
}

// set returns when the row of a visit that another's text may tell of was to leave: by the plan, or
// with that other row, o, where it tells of a booking.
func (rs *Reminders) set(o handlers.Outgoing, v handlers.Visit) time.Time {
	c := rs.Base.Clinic
	if s, ok := step(c.Reminders.Plan, o.Kind); ok && s.When != "booking" {
		return c.Leaves(s, v.Start, c.Zoned(v.Zone), c.VisitTypes[v.Type].Prepares())
	}
	return o.Set
}
