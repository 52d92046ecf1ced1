package reminder

import (
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	// lateAfter is how much later than planned a text after a visit may leave.
	lateAfter = 36 * time.Hour
	// recently is how long after a visit it still makes sense to say that somebody was missed.
	recently = 48 * time.Hour
)

// after returns the rows of what is sent after a visit that is booked now: the check-in of the next
// day, and the recall if no other visit follows. Whether that is so is decided when they are due.
// They aren't among Rows: a visit that is over doesn't end them, and one that moves or is off has
// rows that are skipped by their rules.
func after(c *settings.Clinic, v handlers.Visit, now time.Time) (out []handlers.Outgoing) {
	if !v.Start.After(now) {
		return nil
	}
	zone := c.Zoned(v.Zone)
	if c.ChecksIn(v.Type) {
		out = append(out, afterRow(v, kinds.CheckIn, c.DaysAfter(v.Start, 1, zone)))
	}
	if c.Recalls(v.Type) {
		out = append(
			out, afterRow(v, kinds.Recall, c.DaysAfter(v.Start, c.After.Recall.Days, zone)),
		)
	}
	return out
}

// Missed returns the row of the text to a patient who didn't come, now that it is known; none if
// the clinic sends none, or if the visit is long over.
func Missed(c *settings.Clinic, v handlers.Visit, now time.Time) []handlers.Outgoing {
	if !c.After.Missed.On || now.Sub(v.Start) > recently {
		return nil
	}
	wait := time.Duration(c.After.Missed.Hours * float64(time.Hour))
	return []handlers.Outgoing{
		afterRow(v, kinds.Missed, c.InWindow(now.Add(wait), c.Zoned(v.Zone))),
	}
}

func afterRow(v handlers.Visit, kind string, due time.Time) handlers.Outgoing {
	return handlers.Outgoing{
		ID: rowID(v, kind), To: v.Phone, Kind: kind, Visit: v.ID, Start: v.Start, Zone: v.Zone,
		Due: due, Set: due, Until: due.Add(lateAfter), Unasked: true, After: true,
	}
}

// afterwards checks a text after a visit against what is known as of now; see rules.
func (rs *Reminders) afterwards(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (v handlers.Visit, out []rule) {
	c := rs.Base.Clinic
	v, ok := s.Known(o.Visit)
	out = append(
		out, held("visit", "the number has the visit", !ok, "there is no such visit any more", false),
	)
	if !ok {
		return v, out
	}
	on := map[string]bool{
		kinds.CheckIn: c.ChecksIn(v.Type), kinds.Missed: c.After.Missed.On,
		kinds.Recall: c.Recalls(v.Type),
	}[o.Kind]
	missed := v.State == handlers.Missed
	out = append(
		out,
		held("plan", "the clinic sends it", !on, "the clinic doesn't send it any more", false),
		held("time", "the visit was when it was planned", !v.Start.Equal(o.Start),
			"the visit moved", false),
		held("discreet", "they get full texts", s.Consent.Basic,
			"they get discreet texts about a visit ahead only", false),
		held("sure", "nothing of the visit is in doubt", v.Held(), unsure(v), false),
	)
	if o.Kind != kinds.Recall {
		out = append(out, held("alone", "no person is with them", attended(s, v, now),
			"a person is with them: they wrote since the visit", false))
	}
	if o.Kind == kinds.Missed {
		return v, append(
			out, held("missed", "they didn't come", !missed, "they weren't missed after all", false),
		)
	}
	out = append(
		out,
		held("was", "the visit took place, as far as is known", !v.Stands(),
			"the visit didn't take place", false),
		held("over", "the visit is over", v.Start.After(now), "the visit hasn't been", false),
	)
	if o.Kind == kinds.Recall {
		out = append(out, rs.stopped(s, v)...)
	}
	return v, out
}

// attended reports whether a person talks with the patient, or owes them an answer to what they
// wrote since a visit. Then no automatic text asks how they are, or where they were.
func attended(s handlers.State, v handlers.Visit, now time.Time) bool {
	return s.Conversation.Person(now) || slices.ContainsFunc(s.Cases, func(c handlers.Case) bool {
		wrote := c.Kind == kinds.Clinical || c.Kind == kinds.Handoff
		return c.Open && wrote && c.At.After(v.Start)
	})
}

// stopped checks whether a series has ended with a visit, so that the patient may be asked whether
// it is to go on. That isn't about a visit that they have, so the exemption for health care doesn't
// cover it: their consent must be recorded.
func (rs *Reminders) stopped(s handlers.State, v handlers.Visit) []rule {
	follows := slices.ContainsFunc(
		slices.Concat(s.Past, s.Visits), func(w handlers.Visit) bool {
			return w.Start.After(v.Start) && w.Type == v.Type &&
				handlers.SamePatient(w.Name, v.Name) && w.State != handlers.Off &&
				w.State != handlers.Cancelled
		},
	)
	within := rs.Base.Clinic.VisitTypes[v.Type].Within()
	return []rule{
		held("given", "their consent is recorded", s.Consent.Given.IsZero(),
			"their consent isn't recorded, which it must be for this text", false),
		held("stopped", "no visit follows it", follows, "another visit follows it", false),
		held("series", "it was one of a series", len(s.Series(v, within)) < 2,
			"it was no series", false),
	}
}
