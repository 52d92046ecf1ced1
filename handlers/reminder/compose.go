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

// rule is the outcome of one rule that a reminder must keep when it is sent. Its words are for
// staff, who read them in the answer to /clinic why.
type rule struct {
	name string
	no   string // why the reminder isn't sent; "" if it may be
	yes  string // why it may be, if no is ""
	late bool   // with no: the reminder's time has passed
	wait bool   // with no: the reminder is put off, not given up
}

// rules checks a reminder against the visit as it stands, as of now, and returns the visit and the
// outcomes in order; the first that says no decides. Compose and Why share it, so that what staff
// are told of a reminder is what will happen. If the visit or the plan's step is gone, there is
// nothing to check further and the list ends early.
func (rs *Reminders) rules(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (v handlers.Visit, out []rule) {
	if o.After {
		return rs.afterwards(s, o, now)
	}
	c := rs.Base.Clinic
	hold := func(name, yes string, broken bool, no string, late bool) {
		out = append(out, held(name, yes, broken, no, late))
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
	hold("come", "the patient hasn't come yet", v.Over(), "it is known whether they came", false)
	// A patient who asked for another time was told that the visit stands until staff have moved
	// it. So they aren't asked to confirm it, but do have to prepare for it.
	if o.Kind != kinds.Prepare {
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
	out = append(out, timely(c, step, o, v, now)...)
	hold("sure", "nothing of the visit is in doubt", v.Held(), unsure(v), false)
	out[len(out)-1].wait = true
	return v, out
}

// unsure says what a person must agree to before anything is texted about a visit.
func unsure(v handlers.Visit) string {
	return "a person must first agree to the visit: " + strings.Join(v.Doubts, "; ")
}

// Compose words a reminder that is due from the visit as it stands now. Otherwise the result says
// why the reminder isn't sent (Skip), or until when it is put off (Wait, Why). It implements a part
// of [gate.Wording].
func (rs *Reminders) Compose(
	s handlers.State, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	c := rs.Base.Clinic
	v, rules := rs.rules(s, o, now)
	for _, r := range rules {
		switch {
		case r.no == "":
		case r.wait: // once a person agrees, the visit's texts are planned anew
			return handlers.Composed{Wait: now.Add(time.Hour), Why: r.no}
		default:
			return handlers.Composed{Skip: r.no, Late: r.late}
		}
	}
	if s.Urgent() != nil {
		// Nobody in danger is reminded of a visit. The alarm may be cleared in time, so look again.
		return handlers.Composed{Wait: now.Add(time.Hour), Why: "the patient may be in danger"}
	}
	if in := c.InWindow(now, c.Zoned(v.Zone)); in.After(now) {
		return handlers.Composed{Wait: in, Why: "it is outside the window"}
	}
	visits := append([]handlers.Visit{v}, rs.together(s, o, v, now)...)
	words := rs.word(s, visits, o, now)
	if len(visits) == 1 {
		switch kin := append(visits, rs.siblings(s, o, v, now)...); {
		case len(kin) > 1 && s.Consent.Basic: // it names nobody
			words = rs.word(s, kin, o, now)
		case len(kin) > 1:
			words = rs.wordKin(s, kin, o, now)
		}
	}
	words.Share = share(c, s, o, now)
	return words
}

// share returns what a reminder may use of its number's caps: it must leave room for one text on
// each day of the next seven on which a text is due that says how to prepare. Without that, a
// patient with several visits a week could use up the cap with booking texts and confirmations, and
// come to an infusion having eaten. The text that says how to prepare itself leaves room for none,
// and where consent is recorded no cap holds it back.
func share(
	c *settings.Clinic, s handlers.State, o handlers.Outgoing, now time.Time,
) (out handlers.Share) {
	prepare, planned := step(c.Reminders.Plan, kinds.Prepare)
	if o.Kind == kinds.Prepare {
		out.Above = !s.Consent.Given.IsZero()
		return out
	}
	days := map[string]bool{}
	for _, w := range s.Visits {
		if !planned || !w.Open(now) || w.Held() || !w.Prepared.IsZero() {
			continue
		}
		zone := c.Zoned(w.Zone)
		due, no := place(c, prepare, w, now)
		// The text has had its time but hasn't been sent, and can still be followed: it is held up,
		// by an alarm or the caps, and leaves as soon as it may.
		waits := due.Before(now) && len(leaveOffs(c, w, now)) > 0 && followed(c, w, now)
		if w.ID == o.Visit && tellsOfBooking(c, o.Kind) { // booked after that: staff tell them
			_, past := place(c, prepare, w, o.Set)
			waits = waits && past == ""
		}
		if no != "" && !waits || due.After(now.Add(gate.Week)) {
			continue
		}
		if waits {
			due = now
		}
		day := due.In(zone).Format(time.DateOnly)
		if days[day] { // visits on one day are told of in one text
			continue
		}
		days[day] = true
		out.Keep = append(out.Keep, due)
		if handlers.SameDay(due, now, zone) {
			out.KeepDay++
		}
	}
	slices.SortFunc(out.Keep, time.Time.Compare)
	return out
}

// followed reports whether everything that must be stopped before a visit still lies ahead, so that
// a text that says how to prepare can be followed in full.
func followed(c *settings.Clinic, v handlers.Visit, now time.Time) bool {
	return len(leaveOffs(c, v, now)) == len(leaveOffs(c, v, time.Time{}))
}

// together returns the patient's other visits that the same text can tell of: those of the day, and
// of a text that tells of a booking those of the series, for which the same reminder passes all
// rules now. One text for both spares the patient a second one and the cap a text. For another
// patient with the same phone, known by the name, see siblings.
//
// A row that is set Apart (the store found that some of the others were told, or are being told)
// may include only the visits whose rows it lists in With.
func (rs *Reminders) together(
	s handlers.State, o handlers.Outgoing, v handlers.Visit, now time.Time,
) (out []handlers.Visit) {
	zone := rs.Base.Clinic.SaidZone(v.Type, v.Zone)
	if o.After { // each visit has its own
		return nil
	}
	series := rs.booked(s, o, v)
	for _, w := range s.Visits {
		row := handlers.Outgoing{
			ID: rowID(w, o.Kind), Kind: o.Kind, Visit: w.ID, Start: w.Start, Due: now,
			Set: rs.set(o, w),
		}
		if w.ID == v.ID || w.Zone != v.Zone || w.Lang != v.Lang ||
			rs.Base.Clinic.SaidZone(w.Type, w.Zone) != zone ||
			!handlers.SamePatient(w.Name, v.Name) {
			continue
		}
		if !handlers.SameDay(w.Start, v.Start, zone) &&
			(!slices.Contains(series, w.ID) || handlers.SameDay(w.Start, now, zone)) {
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

// word words a reminder of visits; the first is the row's own, whose name, zone and language it goes
// by. With several, the result also has what each visit's text would be alone: the gate looks for
// those words at the carrier if the store may have forgotten which texts it sent.
func (rs *Reminders) word(
	s handlers.State, visits []handlers.Visit, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	var with []string
	var alone []handlers.Composed // in the order of visits as given: the row's own, then With
	for i, v := range visits {
		if len(visits) > 1 {
			alone = append(alone, rs.word(s, visits[i:i+1], o, now))
		}
		if i > 0 {
			with = append(with, rowID(v, o.Kind))
		}
	}
	r, says, asks := rs.reminder(s, visits, o, now)
	body, asked, err := rs.Base.Remind(r, language.Spoken(visits[0].Lang))
	if err != nil {
		return handlers.Composed{Skip: err.Error(), Unworded: true}
	}
	if r.Basic { // a discreet text says the time only
		says, asked = nil, false
	}
	if asked {
		says = append(says, asks...)
	}
	if r.Confirm && !r.Days { // that of a series tells of its dates
		says = append(says, comes(visits)...)
	}
	return handlers.Composed{
		Body: body, With: strings.Join(with, "\n"), Says: strings.Join(says, "\n"), Alone: alone,
	}
}

// reminder returns what a reminder of visits is worded from, what it says of which visits, and what
// it asks of them if it has the room.
func (rs *Reminders) reminder(
	s handlers.State, visits []handlers.Visit, o handlers.Outgoing, now time.Time,
) (r knowledge.Reminder, says, asks []string) {
	c, own := rs.Base.Clinic, visits[0]
	var types []string
	byStart := func(a, b handlers.Visit) int { return a.Start.Compare(b.Start) }
	visits = slices.SortedFunc(slices.Values(visits), byStart)
	step, _ := step(c.Reminders.Plan, o.Kind)
	r = knowledge.Reminder{
		Clock: knowledge.VisitClock(c, own.Type, own.Zone, now),
		Kind:  o.Kind, Name: own.Name, Called: rs.called(s, own.Name), First: !s.Texted,
		Basic:    s.Consent.Basic,
		InPerson: c.InPerson(own.Type),
		Moved:    len(visits) == 1 && !own.Was.IsZero() && step.When == "booking",
		Ahead: !handlers.SameDay(now, own.Start, c.Zoned(own.Zone)) ||
			!handlers.SameDay(now, own.Start, c.Location()),
	}
	r.Confirm = step.Only == settings.Unconfirmed || r.Moved
	for _, v := range visits {
		r.Starts = append(r.Starts, v.Start)
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
	r.Starts = knowledge.Once(r.Starts) // not before: what to leave off goes by each visit's own
	if len(visits) == 1 {
		r.Nth, r.Of = s.Nth(own, c.VisitTypes[own.Type].Within(), now)
	}
	if len(visits) > 1 {
		r.Starts = rs.dates(s, o, own, r.Starts, now)
	}
	r.Days = !handlers.SameDay(r.Starts[0], r.Starts[len(r.Starts)-1], r.Clock.Zone)
	return r, says, asks
}

// comes returns the lines by which a text that asks whether the patient comes says so.
func comes(visits []handlers.Visit) (out []string) {
	for _, v := range visits {
		out = append(out, gate.Said(gate.AsksComes, v.ID))
	}
	return out
}

// find returns the visit with an id; false if there is none.
func find(visits []handlers.Visit, id string) (handlers.Visit, bool) {
	for _, v := range visits {
		if v.ID == id {
			return v, true
		}
	}
	return handlers.Visit{}, false
}
