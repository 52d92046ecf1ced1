package reminder

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Task checks on a visit for a row of kind Ready or Unprepared that is due (see looks): if nobody
// has told the patient how to prepare, or the patient hasn't said who drives them home, staff get a
// task on a card. It returns the effects, empty if there is nothing to do, and the outcome for the
// ledger. One task covers both, since staff who call about the preparation also ask about the ride.
//
// With the task the visit counts as prepared: telling the patient is up to staff from then on, and
// a second change of the booking makes no second task.
func (rs *Reminders) Task(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (handlers.Effects, string) {
	if o.Kind == kinds.Series {
		return rs.follows(s, o, now)
	}
	v, no := stands(s, o, now)
	if no != "" {
		return handlers.Effects{}, no
	}
	c := handlers.Case{
		ID: o.Event("task"), Channel: handlers.DeskChannel, At: now, Open: true, Visit: v.ID,
	}
	if v.Prepared.IsZero() && len(leaveOffs(rs.Base.Clinic, v, time.Time{})) > 0 {
		c.Kind, c.Title = kinds.Unprepared, rs.untold(s, v, o, now)+rs.tell(v, now)
		c.Matter, c.Until = handlers.Matter(handlers.MatterPrepare, v.ID), v.Start
		v.Prepared = now
		e := desk.OpenCase(s, c)
		e.Visits = []handlers.Visit{v}
		return e, "the desk has a task: how to prepare is to be said"
	}
	title, note := rs.ride(s, v, now)
	if title == "" {
		return handlers.Effects{}, note
	}
	c.Kind, c.Title = kinds.Ride, title
	// Whoever has come may still need somebody to take them home.
	c.Matter, c.Until = handlers.Matter(handlers.MatterRide, v.ID), rs.Base.Clinic.Ends(v.Start, v.Type)
	return desk.OpenCase(s, c), "the desk has a task: " + note
}

// Instead returns what staff are to tell the patient in place of a reminder that couldn't be sent
// or didn't arrive: the new time of a visit that moved, how to prepare, or when the visit is. say is
// "" where nothing is left to say. told are the visits as they are once the desk has the task, to be
// stored.
func (rs *Reminders) Instead(
	s handlers.State, o handlers.Outgoing, now time.Time,
) (say string, told []handlers.Visit) {
	v, no := stands(s, o, now)
	switch {
	case no != "":
		return "", nil
	case o.Must && !v.Prepared.IsZero(): // that text, or staff, told them when it is
		return "", nil
	case o.Must:
		return fmt.Sprintf(
			"Their visit moved from %s to %s: tell them.",
			rs.clinicTime(v.Was, now), rs.bothTimes(s, v, now),
		), nil
	case o.Kind == kinds.Prepare:
		v.Prepared = now
		say = fmt.Sprintf("Their visit is on %s.", rs.bothTimes(s, v, now)) + rs.tell(v, now)
		return say, []handlers.Visit{v}
	case o.State == handlers.Failed:
		return fmt.Sprintf("Their visit is on %s.", rs.bothTimes(s, v, now)), nil
	}
	return "", nil
}

// stands returns the visit that a row is about, and in no why nothing is left to do about it; "" if
// the visit lies ahead as it was when the row was planned.
func stands(s handlers.State, o handlers.Outgoing, now time.Time) (v handlers.Visit, no string) {
	v, ok := find(s.Visits, o.Visit)
	switch {
	case !ok:
		return v, "there is no such visit any more"
	case !v.Start.Equal(o.Start):
		return v, "the visit moved"
	case !v.Start.After(now):
		return v, "the visit has begun"
	case v.State == handlers.Arrived:
		return v, "the patient has come"
	case !v.Stands():
		return v, "the patient doesn't come then"
	case v.Held():
		return v, unsure(v)
	}
	return v, ""
}

// ride returns the title of the task to ask who drives a patient home, "" if that is known or
// nobody must, and the outcome for the ledger.
func (rs *Reminders) ride(s handlers.State, v handlers.Visit, now time.Time) (title, note string) {
	switch {
	case !rs.Base.Clinic.VisitTypes[v.Type].RideHome:
		return "", "the patient was told how to prepare"
	case v.Ride == handlers.RideArranged:
		return "", "the patient said that the ride home is arranged"
	case v.Ride == handlers.RideHelp:
		return "", "the patient asked for help with the ride home: the desk was told then"
	}
	why := "They were asked by text and didn't answer."
	if v.Asked.IsZero() {
		why = "No text could ask them."
	}
	title = fmt.Sprintf(
		"Nobody has said who drives them home on %s. %s Ask them.", s.Whose(rs.Base, v.Name, rs.clinicTime(v.Start, now)), why,
	)
	return title, "nobody has said who drives the patient home"
}

// untold says for staff why no text has told a patient how to prepare, and which visit it is.
func (rs *Reminders) untold(
	s handlers.State, v handlers.Visit, o handlers.Outgoing, now time.Time,
) string {
	if o.Kind == kinds.Unprepared {
		came := "booked"
		if !v.Was.IsZero() {
			came = "moved"
		}
		return fmt.Sprintf(
			"Their visit on %s was %s too late for the text that says how to prepare.",
			rs.bothTimes(s, v, now), came,
		)
	}
	why, untexted := "No text has told them how to prepare yet", rs.Gate.Untexted(v.Phone)
	switch {
	case untexted != "":
		why = "We don't text " + untexted
	case s.Consent.Out:
		why = "They have opted out of texts"
	case s.Reach.NoTexts:
		why = "No text reaches them (" + s.Reach.Why + ")"
	case s.Urgent() != nil:
		why = "They may be in danger, so no text told them how to prepare"
	case s.Consent.Basic:
		why = "They get discreet texts only"
	}
	return fmt.Sprintf("%s: call them about their visit on %s.", why, rs.bothTimes(s, v, now))
}

// tell words what staff are to say, as further sentences of a title: first what can still be
// followed, in the text's own words and in the patient's language too, so that they can read it out
// or send it. What it is too late for stands apart, since only a nurse can say whether somebody who
// has eaten may be treated. The sentences themselves are veiled: they tell what the patient comes
// for. Staff who aren't shown them find the visit's type in the clinic's own calendar.
func (rs *Reminders) tell(v handlers.Visit, now time.Time) (title string) {
	if ahead, err := HowToPrepare(rs.Base, v, "en", now); err == nil && ahead != "" {
		say := fmt.Sprintf(" Tell them: %q", ahead)
		if lang := language.Spoken(v.Lang); lang != "en" {
			own, _ := HowToPrepare(rs.Base, v, lang, now) // Load has seen that each language has it
			say += fmt.Sprintf(" (%s: %q)", lang, own)
		}
		title += veil.Veiled(say, " Tell them how to prepare for it.")
	}
	if rs.Base.Clinic.VisitTypes[v.Type].RideHome && v.Ride == "" {
		title += " Ask who drives them home."
	}
	var past []settings.LeaveOff
	for _, l := range leaveOffs(rs.Base.Clinic, v, time.Time{}) {
		if !l.At.After(now) {
			past = append(past, l)
		}
	}
	if gone, err := leaveOff(rs.Base, v, past, "en", now); err == nil && gone != "" {
		title += " It is too late for " + veil.Veiled(strconv.Quote(gone), "part of that") +
			": ask what they have had; a nurse decides whether the visit can stand."
	}
	return title
}

// clinicTime words a time by the clinic's clock.
func (rs *Reminders) clinicTime(t, now time.Time) string {
	return knowledge.DeskClock(rs.Base.Clinic, now).When(t, "en")
}

// bothTimes words when a visit is by the clinic's clock, and as the patient is told it if that
// differs, and whose it is if several patients share the phone. The times in what staff read out to them are told that way.
func (rs *Reminders) bothTimes(s handlers.State, v handlers.Visit, now time.Time) string {
	here := rs.clinicTime(v.Start, now)
	there := knowledge.Clock{Zone: rs.Base.Clinic.SaidZone(v.Type, v.Zone), Now: now}
	if said := there.When(v.Start, "en"); said != here {
		return s.Whose(rs.Base, v.Name, here) + " (where they are, and so in what follows: " + said + ")"
	}
	return s.Whose(rs.Base, v.Name, here)
}

// HowToPrepare words what must still be stopped before a visit as of now, and that an adult has to
// take the patient home if the visit's type needs that; "" if there is nothing to say. The error is
// of a sentence that the knowledge lacks in that language.
func HowToPrepare(
	base *knowledge.Base, v handlers.Visit, lang string, now time.Time,
) (string, error) {
	say, err := leaveOff(base, v, leaveOffs(base.Clinic, v, now), lang, now)
	if err != nil || !base.Clinic.VisitTypes[v.Type].RideHome {
		return say, err
	}
	ride, err := base.Reply(replies.Ride, lang, nil)
	return strings.TrimSpace(say + " " + ride), err
}

// leaveOff words what must be stopped and from when, a sentence for each rule.
func leaveOff(
	base *knowledge.Base, v handlers.Visit, list []settings.LeaveOff, lang string, now time.Time,
) (string, error) {
	var parts []string
	clock := knowledge.VisitClock(base.Clinic, v.Type, v.Zone, now)
	for _, l := range list {
		s, err := base.LeaveOff(l, []time.Time{v.Start}, clock, lang)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " "), nil
}
