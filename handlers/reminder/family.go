package reminder

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// siblings returns the visits of other patients with the same phone that a reminder tells of
// besides: those for which it is due on the same day. Without that, the caps would leave out
// whoever comes second. Where consent is recorded they leave out nobody who must prepare, so each
// is told by a text of their own. That a visit has moved is told of by itself. A discreet text
// names nobody and says times only, so it tells of visits of one day.
func (rs *Reminders) siblings(
	s handlers.State, o handlers.Outgoing, v handlers.Visit, now time.Time,
) []handlers.Visit {
	step, _ := step(rs.Base.Clinic.Reminders.Plan, o.Kind)
	booking := step.When == "booking"
	basic := s.Consent.Basic
	if booking && !v.Was.IsZero() ||
		o.Kind == kinds.Prepare && !s.Consent.Given.IsZero() && !basic {
		return nil
	}
	zone := rs.Base.Clinic.Zoned(v.Zone)
	all := []handlers.Visit{v}
	for _, w := range s.Visits {
		row := handlers.Outgoing{
			ID: rowID(w, o.Kind), Kind: o.Kind, Visit: w.ID, Start: w.Start, Due: now,
			Set: rs.set(o, w),
		}
		if handlers.SamePatient(w.Name, v.Name) || w.Lang != v.Lang || booking && !w.Was.IsZero() {
			continue
		}
		said := rs.Base.Clinic.SaidZone(v.Type, v.Zone)
		if basic && (!handlers.SameDay(w.Start, v.Start, said) || w.Zone != v.Zone ||
			rs.Base.Clinic.SaidZone(w.Type, w.Zone) != said) {
			continue
		}
		if booking && handlers.SameDay(w.Start, now, zone) { // it may be held up: see stale
			continue
		}
		if o.Apart && !slices.Contains(strings.Split(o.With, "\n"), row.ID) {
			continue
		}
		due, _ := place(rs.Base.Clinic, step, w, now)
		if !booking && due.After(now) && !handlers.SameDay(due, now, zone) {
			continue
		}
		_, rules := rs.rules(s, row, now)
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.no != "" }) {
			all = append(all, w)
		}
	}
	// One visit each: of a patient with more, one text of their own tells of all.
	once := func(v handlers.Visit) bool {
		return !slices.ContainsFunc(all, func(w handlers.Visit) bool {
			return w.ID != v.ID && handlers.SamePatient(w.Name, v.Name)
		})
	}
	var out []handlers.Visit
	for _, w := range all[1:] {
		if once(w) {
			out = append(out, w)
		}
	}
	for len(out) > 0 && !basic { // whoever has no room is told apart
		if _, _, fits := rs.kin(s, append([]handlers.Visit{v}, out...), o, now); fits {
			break
		}
		out = out[:len(out)-1]
	}
	return out
}

// called returns what every text to a phone that several patients share calls a patient; "" if the
// phone is one patient's.
func (rs *Reminders) called(s handlers.State, name string) string {
	if patients := s.Household(); len(patients) > 1 {
		return handlers.Called(rs.Base, name, patients)
	}
	return ""
}

// kin words a reminder of visits of several patients; false if that doesn't fit, or one of them has
// no name that a text may hold.
func (rs *Reminders) kin(
	s handlers.State, visits []handlers.Visit, o handlers.Outgoing, now time.Time,
) (body string, says []string, fits bool) {
	c, lang := rs.Base.Clinic, language.Spoken(visits[0].Lang)
	patients := s.Patients()
	if len(visits) < 2 {
		return "", nil, false
	}
	visits = slices.SortedStableFunc(slices.Values(visits), func(a, b handlers.Visit) int {
		return a.Start.Compare(b.Start)
	})
	var kin []knowledge.Kin
	for _, v := range visits {
		k := knowledge.Kin{
			Called:   handlers.Called(rs.Base, v.Name, patients),
			When:     knowledge.VisitClock(c, v.Type, v.Zone, now).When(v.Start, lang),
			InPerson: c.InPerson(v.Type),
		}
		if k.Called == "" {
			return "", nil, false
		}
		if o.Kind == kinds.Prepare {
			own, err := leaveOff(rs.Base, v, leaveOffs(c, v, now), lang, now)
			if err != nil {
				return "", nil, false
			}
			k.Prepare, k.AsksRide = own, c.VisitTypes[v.Type].RideHome && v.Ride == ""
			says = append(says, gate.Said(gate.SaysPrepare, v.ID))
			if k.AsksRide {
				says = append(says, gate.Said(gate.AsksRide, v.ID))
			}
		}
		kin = append(kin, k)
	}
	if asks(c, o.Kind) {
		says = append(says, comes(visits)...)
	}
	body, fits = rs.Base.RemindFamily(o.Kind, kin, !s.Texted, lang)
	return body, says, fits
}

// wordKin words a reminder of the visits of several patients, the row's own first.
func (rs *Reminders) wordKin(
	s handlers.State, visits []handlers.Visit, o handlers.Outgoing, now time.Time,
) (out handlers.Composed) {
	body, says, _ := rs.kin(s, visits, o, now)
	out.Body, out.Says = body, strings.Join(says, "\n")
	var with []string
	for i := range visits {
		out.Alone = append(out.Alone, rs.word(s, visits[i:i+1], o, now))
		if i > 0 {
			with = append(with, rowID(visits[i], o.Kind))
		}
	}
	out.With = strings.Join(with, "\n")
	return out
}
