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
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// rule is one rule that a reminder must keep when it is sent, and how it turned out.
type rule struct {
	name string
	no   string // why the reminder isn't sent; "" if the rule holds
	yes  string // what holds
	late bool   // of no: the reminder's time has passed
	wait bool   // of no: it is put off, not given up
}

// rules applies a reminder's rules at a time to the visit as it stands, in order.
func (rs *Reminders) rules(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (v handlers.Visit, out []rule) {
	c := rs.Base.Clinic
	hold := func(name, yes string, broken bool, no string, late bool) {
		if !broken {
			no = ""
		}
		out = append(out, rule{name: name, no: no, yes: yes, late: late})
	}
	v, ok := find(s.Visits, o.Visit)
	step, planned := step(c.Reminders.Plan, o.Kind)
	hold("visit", "the number has the visit", !ok, "there is no such visit any more", false)
	hold(
		"plan", "the clinic's plan has it", !planned,
		"the clinic's plan has no such reminder any more", false,
	)
	if !ok || !planned {
		return v, out
	}
	hold("time", "the visit stands as it was", !v.Start.Equal(o.Start), "the visit moved", false)
	hold("ahead", "the visit lies ahead", !v.Start.After(now), "the visit has begun", true)
	hold(
		"coming", "the patient didn't say they can't come", v.State == handlers.Declined,
		"the patient said that they can't come", false,
	)
	hold(
		"stands", "the clinic didn't take the visit off",
		v.State != handlers.Declined && !v.Stands(), "the clinic took the visit off", false,
	)
	if o.Kind != kinds.Prepare { // the visit stands until staff have moved it: they were told so
		hold(
			"day", "the patient didn't ask for another time", v.State == handlers.Reschedule,
			"the patient asked for another time", false,
		)
	}
	if step.Only == settings.Unconfirmed {
		hold(
			settings.Unconfirmed, "the patient hasn't confirmed", v.State == handlers.Confirmed,
			"the patient has confirmed", false,
		)
	}
	if o.Kind == kinds.Prepare {
		hold(
			"follow", "what it says can still be followed", !followed(c, v, now),
			"it is too late to follow what it says", true,
		)
	}
	hold(
		"order", "no later reminder is due", overtaken(c, o, v, now),
		"its time has passed: the next reminder is due", true,
	)
	return v, out
}

// Compose words a reminder that is due from the visit as it stands now, or says which rule holds it
// back.
func (rs *Reminders) Compose(
	s handlers.State, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	c := rs.Base.Clinic
	v, rules := rs.rules(s, o, now)
	for _, r := range rules {
		if r.no != "" {
			return handlers.Composed{Skip: r.no, Late: r.late}
		}
	}
	if s.Urgent() != nil {
		// nobody in danger is reminded of a visit
		return handlers.Composed{Wait: now.Add(time.Hour), Why: "the patient may be in danger"}
	}
	if in := c.InWindow(now, c.Zoned(v.Zone)); in.After(now) {
		return handlers.Composed{Wait: in, Why: "it is outside the window"}
	}
	words := rs.word(s, append([]handlers.Visit{v}, rs.together(s, o, v, now)...), o, now)
	words.Share = share(c, s, o, now)
	return words
}

// share is how much of its number's caps a reminder may use: it leaves room for the texts to come
// that say how to prepare, one a day.
func share(
	c *settings.Clinic, s handlers.State, o handlers.Outgoing, now time.Time,
) (out handlers.Share) {
	prepare, planned := step(c.Reminders.Plan, kinds.Prepare)
	if o.Kind == kinds.Prepare || !planned {
		return out
	}
	days := map[string]bool{}
	for _, w := range s.Visits {
		zone := c.Zoned(w.Zone)
		due, no := place(c, prepare, w, now)
		waits := due.Before(now) && w.Prepared.IsZero() && // it is held up
			len(leaveOffs(c, w, now)) > 0 && followed(c, w, now)
		if !w.Open(now) || no != "" && !waits || due.After(now.AddDate(0, 0, 7)) {
			continue
		}
		if waits {
			due = now
		}
		day := due.In(zone).Format(time.DateOnly)
		if days[day] {
			continue
		}
		days[day] = true
		out.KeepWeek++
		if handlers.SameDay(due, now, zone) {
			out.KeepDay++
		}
	}
	return out
}

// followed says whether everything that must be stopped before a visit is still to come.
func followed(c *settings.Clinic, v handlers.Visit, now time.Time) bool {
	return len(leaveOffs(c, v, now)) == len(leaveOffs(c, v, time.Time{}))
}

// together are the patient's other visits of the same day that the same text can mention: each
// would be reminded of now, in the same way. Another patient with the same phone gets separate
// texts.
func (rs *Reminders) together(
	s handlers.State, o handlers.Outgoing, v handlers.Visit, now time.Time,
) (out []handlers.Visit) {
	zone := rs.Base.Clinic.Zoned(v.Zone)
	for _, w := range s.Visits {
		row := handlers.Outgoing{
			ID: rowID(w, o.Kind), Kind: o.Kind, Visit: w.ID, Start: w.Start, Due: now,
		}
		if w.ID == v.ID || w.Zone != v.Zone || w.Name != v.Name || w.Lang != v.Lang ||
			!handlers.SameDay(w.Start, v.Start, zone) {
			continue
		}
		if o.Apart && !slices.Contains(strings.Split(o.With, "\n"), row.ID) {
			continue
		}
		_, rules := rs.rules(s, row, now)
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.no != "" }) {
			out = append(out, w)
		}
	}
	return out
}

// word words a reminder of some visits, the first being the row's own.
func (rs *Reminders) word(
	s handlers.State, visits []handlers.Visit, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	c, own := rs.Base.Clinic, visits[0]
	var with, says, asks, types []string
	var alone []handlers.Composed
	for i, v := range visits {
		if len(visits) > 1 {
			alone = append(alone, rs.word(s, visits[i:i+1], o, now))
		}
		if i > 0 {
			with = append(with, rowID(v, o.Kind))
		}
	}
	byStart := func(a, b handlers.Visit) int { return a.Start.Compare(b.Start) }
	visits = slices.SortedFunc(slices.Values(visits), byStart)
	step, _ := step(c.Reminders.Plan, o.Kind)
	r := knowledge.Reminder{
		Kind: o.Kind, Name: own.Name, First: !s.Texted, Basic: s.Consent.Basic,
		Confirm: step.Only == settings.Unconfirmed,
		Moved:   len(visits) == 1 && !own.Was.IsZero() && step.When == "booking",
	}
	for _, v := range visits {
		r.Starts = append(r.Starts, v.Start.In(c.Zoned(own.Zone)))
		types = append(types, v.Type)
		if o.Kind == kinds.Prepare {
			says = append(says, gate.Said(gate.SaysPrepare, v.ID))
		}
		if c.VisitTypes[v.Type].RideHome {
			r.RideHome = true
			if v.Ride == "" {
				asks = append(asks, gate.Said(gate.AsksRide, v.ID))
			}
		}
	}
	if o.Kind == kinds.Prepare {
		r.Prepare, r.AskRide = c.LeaveOffs(types, r.Starts, now), len(asks) > 0
	} else {
		r.RideHome = false
	}
	body, asked, err := rs.Base.Remind(r, language.Spoken(own.Lang))
	if err != nil {
		return handlers.Composed{Skip: err.Error()}
	}
	if r.Basic { // it says the time only
		says, asked = nil, false
	}
	if asked {
		says = append(says, asks...)
	}
	return handlers.Composed{
		Body: body, With: strings.Join(with, "\n"), Says: strings.Join(says, "\n"), Alone: alone,
	}
}

func find(visits []handlers.Visit, id string) (handlers.Visit, bool) {
	for _, v := range visits {
		if v.ID == id {
			return v, true
		}
	}
	return handlers.Visit{}, false
}

// overtaken says whether a later reminder of the same visit is due, so that this one, held up,
// would come too late.
func overtaken(c *settings.Clinic, o handlers.Outgoing, v handlers.Visit, now time.Time) bool {
	zone, due := c.Zoned(v.Zone), map[string]time.Time{}
	for _, s := range c.Reminders.Plan {
		at := s.Due(v.Start, zone)
		if at.IsZero() || (s.Only == settings.Unconfirmed && v.State == handlers.Confirmed) {
			continue // it tells of the booking, or won't be sent
		}
		due[s.Kind] = c.StepInWindow(s, at, zone)
	}
	mine, planned := due[o.Kind]
	if !planned {
		mine = o.Due
	}
	for kind, at := range due {
		if kind != o.Kind && at.After(mine) && !at.After(now) {
			return true
		}
	}
	return false
}
