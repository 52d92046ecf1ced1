package reminder

import (
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Plan returns the rows of a visit that is booked now: one reminder for each step of the clinic's
// plan, and the checks that may end in a task for staff (see looks). A reminder that is planned is
// due within the reminder window in the patient's zone, not on a holiday, and before the visit. A
// step that can't be kept isn't sent at another time: its row has State Skipped and says why, so
// that staff who ask why a patient wasn't reminded find the answer.
func Plan(c *settings.Clinic, v handlers.Visit, now time.Time) []handlers.Outgoing {
	zone := c.Zoned(v.Zone)
	var out []handlers.Outgoing
	for _, s := range c.Reminders.Plan {
		o := handlers.Outgoing{
			ID: rowID(v, s.Kind), To: v.Phone, Kind: s.Kind, Visit: v.ID, Start: v.Start,
			Zone: v.Zone, Unasked: true,
		}
		// Nothing else tells the patient that a visit has moved, so staff must if the text can't.
		o.Must = s.When == "booking" && !v.Was.IsZero()
		o.Due, o.Why = place(c, s, v, now)
		o.Set = o.Due
		if o.Must {
			o = inTime(o, v, now)
		}
		out = append(out, leftOut(o))
	}
	for i, s := range c.Reminders.Plan {
		if s.When == "booking" && out[i].State != handlers.Skipped {
			oneOfTheDay(c, out, i, zone)
		}
	}
	for _, o := range out {
		if o.Kind == kinds.Prepare {
			out = append(out, looks(c, v, o, now)...)
		}
	}
	return append(append(out, Follows(c, v, now)...), after(c, v, now)...)
}

// atLeast is how long the text that a visit has moved has to leave, however soon the old time is:
// staff who move it on the phone need not be told to call.
const atLeast = 2 * time.Hour

// onTheirWay is how long before a visit a patient may have left for it.
const onTheirWay = time.Hour

// inTime says until when the text that a visit has moved is of use: until the patient leaves for the
// old time, or for the new one. One that the window lets out only later is due at once, so that
// staff are told at once to call.
func inTime(o handlers.Outgoing, v handlers.Visit, now time.Time) handlers.Outgoing {
	if !v.Was.After(now) || !v.Start.After(now) {
		return o
	}
	o.Until = v.Was
	if v.Start.Before(v.Was) {
		o.Until = v.Start
	}
	o.Until = o.Until.Add(-onTheirWay)
	if soon := now.Add(atLeast); o.Until.Before(soon) {
		o.Until = soon
	}
	if o.Why != "" || o.Due.After(o.Until) {
		o.Due, o.Why = now, ""
	}
	return o
}

// oneOfTheDay leaves out, in place, which of the texts of a day says less: that of a booking, row i of
// a plan, would be the second text of the day beside a reminder. But nothing else says that a visit
// has moved, and that text asks for C too: the reminder is left out then, unless it says how to
// prepare.
func oneOfTheDay(c *settings.Clinic, plan []handlers.Outgoing, i int, zone *time.Location) {
	booked := plan[i]
	for j, other := range plan {
		switch {
		case j == i, other.State == handlers.Skipped, !handlers.SameDay(booked.Due, other.Due, zone):
		case booked.Must && other.Kind != kinds.Prepare && asks(c, other.Kind):
			plan[j].Why = "the text " + booked.Kind + " of the same day says it"
			plan[j] = leftOut(plan[j])
		default:
			plan[i].Why = "the text " + other.Kind + " of the same day says it"
		}
	}
	plan[i] = leftOut(plan[i])
}

// asks reports whether a reminder of a kind asks whether the patient comes.
func asks(c *settings.Clinic, kind string) bool {
	s, _ := step(c.Reminders.Plan, kind)
	return s.Only == settings.Unconfirmed
}

// leftOut marks a row that has a reason not to be sent as skipped.
func leftOut(o handlers.Outgoing) handlers.Outgoing {
	if o.Why != "" {
		o.State = handlers.Skipped
	}
	return o
}

// place returns when a step of the plan is due for a visit that is booked now, and why it can't be
// sent then; "" if it can. The window, holidays and the time that a preparation needs may move it
// away from the plan's own time.
func place(
	c *settings.Clinic, s settings.Step, v handlers.Visit, now time.Time,
) (due time.Time, why string) {
	zone := c.Zoned(v.Zone)
	own := s.Due(v.Start, zone) // the plan's time, before the window moves it
	due = c.Leaves(s, v.Start, zone, c.VisitTypes[v.Type].Prepares())
	switch {
	case own.IsZero(): // at booking
		own = now
		due = c.StepInWindow(s, now.Add(c.Together(v.Type)), zone)
		if !due.Before(v.Start) {
			due = c.StepInWindow(s, now, zone)
		}
	case s.Kind == kinds.Prepare:
		due = placePrepare(c, v, due, c.StepInWindow(s, own, zone), now)
	case due.Before(now): // it was booked after that: the plan's own time may still come
		due = c.StepInWindow(s, own, zone)
	}
	switch {
	case s.Kind == kinds.Prepare && !c.VisitTypes[v.Type].Prepares():
		return due, nothing
	case !v.Start.After(now):
		return due, "the visit lay in the past when it was booked"
	case due.Before(now):
		return due, "its time had passed when the visit was booked"
	case !due.Before(v.Start):
		return due, "no hour in which texts may leave is left before the visit"
	// It had to wait for the window, and would reach a patient who is getting ready.
	case s.HoursBefore > 0 && due.After(own) && v.Start.Sub(due) < settings.LeastBefore:
		return due, "the hours in which texts may leave begin too shortly before the visit"
	}
	return due, ""
}

// placePrepare returns when the text that says how to prepare leaves: at best at open, on a day on
// which the clinic is open, early enough that all can be followed; for a visit booked after that, at
// shut, the plan's own time. A time that would be early enough but has passed doesn't help: the
// plan's own time stays, since the later rules can still be followed then.
func placePrepare(
	c *settings.Clinic, v handlers.Visit, open, shut, now time.Time,
) time.Time {
	for _, due := range []time.Time{followable(c, v, open), followable(c, v, shut), open} {
		if !due.Before(now) {
			return due
		}
	}
	return shut
}

// followTime is the shortest notice that a patient gets of the first thing to stop, such as solid
// food: less, and they may have had it when they read the text.
const followTime = 2 * time.Hour

// followable returns when the text that says how to prepare must leave so that all of it can be
// followed. That is due itself, unless the first thing to stop comes less than followTime after it.
// Then it is the latest of these times that comes soon enough: the time of day of due, or the
// opening of the window, on that day or on an earlier one on which the clinic is open. It gives up
// after 14 days and returns due.
func followable(c *settings.Clinic, v handlers.Visit, due time.Time) time.Time {
	first := due.Add(followTime)
	for _, l := range leaveOffs(c, v, time.Time{}) {
		if l.At.Before(first) {
			first = l.At
		}
	}
	last := first.Add(-followTime) // the latest moment for the text
	minute := due.Hour()*60 + due.Minute()
	for day := range 14 {
		for _, m := range []int{minute, c.Reminders.Window.From} {
			t := settings.OnDay(due, -day, m)
			if !t.After(last) && !c.Holiday(t) && (day == 0 || c.Attended(t)) {
				return t
			}
		}
	}
	return due
}

// looks returns the row that checks on a visit, which [Reminders.Task] decides when it is due: was
// the patient told how to prepare, and did they say who drives them home? It is a copy of prepare,
// the row of the text that says and asks both.
//
//   - Ready is due after that text, when the patient has had an hour at least to answer.
//   - Unprepared is due at once, in place of Ready, where that text can't be sent any more.
//
// There is none for a visit in the past, or of a type with nothing to prepare and no ride home.
func looks(
	c *settings.Clinic, v handlers.Visit, prepare handlers.Outgoing, now time.Time,
) []handlers.Outgoing {
	o := prepare
	o.Unasked, o.Task, o.State, o.Why = false, true, handlers.Planned, ""
	switch {
	case !v.Start.After(now), !c.VisitTypes[v.Type].Prepares():
		return nil
	case prepare.State == handlers.Skipped:
		o.Kind, o.Due = kinds.Unprepared, now
	default:
		o.Kind, o.Due = kinds.Ready, c.RideDue(prepare.Due)
		if !o.Due.Before(v.Start) { // a check after the visit would find nothing to do
			o.Due = v.Start.Add(-time.Minute)
		}
	}
	o.ID = rowID(v, o.Kind)
	return []handlers.Outgoing{o}
}

// leaveOffs returns what must be stopped before a visit and from when: those rules that begin later
// than after. The zero time gives all of them.
func leaveOffs(c *settings.Clinic, v handlers.Visit, after time.Time) []settings.LeaveOff {
	return c.LeaveOffs([]string{v.Type}, []time.Time{v.Start}, after)
}

// Replan returns the rows to plan, and the ids of those to void, when a booking changes but the
// visit keeps its start and its number: another name, type, zone or language. before is the type
// that it had.
//
// The text that told of the booking isn't sent again. A row whose time has passed by now isn't
// voided either: its text has been sent, or is held up and will be worded from the visit as it then
// is. If the text that says how to prepare has had its time, staff get a task to tell the patient
// anew only if the type has changed, and with it what there is to prepare.
//
// A row to plan is among those to void as well: the store plans an id that it knows anew only if
// that row is void.
func Replan(
	c *settings.Clinic, v handlers.Visit, before string, now time.Time,
) (texts []handlers.Outgoing, void []string) {
	void = Rows(c, v)
	// stands keeps a row from being voided.
	stands := func(id string) {
		void = slices.DeleteFunc(void, func(other string) bool { return other == id })
	}
	for _, o := range Plan(c, v, now) {
		switch {
		case o.Kind == kinds.Unprepared && v.Type == before:
			stands(o.ID)
			stands(rowID(v, kinds.Ready)) // the look that was planned with the text
		case tellsOfBooking(c, o.Kind), o.State == handlers.Skipped:
			stands(o.ID)
		default:
			texts = append(texts, o)
		}
	}
	return texts, void
}

// LeaveOut skips, in place, the rows of a plan that tell what the patient knows: that the visit is
// booked, and how to prepare where staff would have to tell them at once. Both were said in the
// reply when the patient took the visit by text. why is the reason that the rows are given.
func LeaveOut(c *settings.Clinic, plan []handlers.Outgoing, why string) {
	for i, o := range plan {
		if tellsOfBooking(c, o.Kind) || o.Kind == kinds.Unprepared {
			plan[i].State, plan[i].Why = handlers.Skipped, why
		}
	}
}

// tellsOfBooking reports whether a reminder of this kind is sent when the visit is booked.
func tellsOfBooking(c *settings.Clinic, kind string) bool {
	s, _ := step(c.Reminders.Plan, kind)
	return s.When == "booking"
}

// step returns the plan's step of a kind; false if it has none.
func step(plan []settings.Step, kind string) (settings.Step, bool) {
	for _, s := range plan {
		if s.Kind == kind {
			return s, true
		}
	}
	return settings.Step{}, false
}

// Rows returns the ids of all rows that a visit can have by the clinic's present plan, whether they
// exist or not: those to void when the visit moves or is called off.
func Rows(c *settings.Clinic, v handlers.Visit) []string {
	var out []string
	for _, s := range c.Reminders.Plan {
		out = append(out, rowID(v, s.Kind))
	}
	return append(out, rowID(v, kinds.Ready), rowID(v, kinds.Unprepared))
}

// rowID returns the id of a visit's row, the same each time, so that planning it again changes
// nothing. Start, number and count of moves are part of it: a visit that moves, even away and back,
// or goes to another number gets new rows. Only the last four digits are used, since ids are
// logged.
func rowID(v handlers.Visit, kind string) string {
	return fmt.Sprintf(
		"visit:%s:%d:%s:%d:%s", v.ID, v.Start.Unix(), v.Phone.Last4(), v.Moves, kind,
	)
}
