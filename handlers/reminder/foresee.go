package reminder

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Foreseen is what a planned row comes to if nobody does anything until then.
type Foreseen struct {
	ID    string // the row's
	At    time.Time
	Kind  string
	Visit handlers.Visit
	Body  string // the exact words; "" if it isn't sent
	Task  string // of a check on a visit: what staff are told
	Why   string // why it isn't sent
	With  string // the ids of other rows whose news its words include, one per line
}

// mostForeseen bounds how often rows are looked at, so that one that is put off for ever ends.
const mostForeseen = 2000

// Foresee plays what comes of a number's planned rows until a time, in the order in which it comes:
// each is decided by the rules and words by which it will be sent, from the state that the ones
// before it leave. had is when the number was sent unasked texts. It changes nothing.
func (rs *Reminders) Foresee(
	s handlers.State, rows []handlers.Outgoing, had []time.Time, now, until time.Time,
) (out []Foreseen) {
	f := future{rs: rs, s: s, had: slices.Clone(had), rows: slices.Clone(rows)}
	f.s.Visits = slices.Clone(s.Visits)
	for range mostForeseen {
		// Of those of one moment what isn't unasked is claimed first; beyond that it is left to chance
		// which comes first.
		slices.SortStableFunc(f.rows, func(a, b handlers.Outgoing) int {
			if a.Due.Equal(b.Due) && a.Unasked != b.Unasked {
				return map[bool]int{true: 1, false: -1}[a.Unasked]
			}
			return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
		})
		if len(f.rows) == 0 || f.rows[0].Due.After(until) {
			break
		}
		o := f.rows[0]
		f.rows = f.rows[1:]
		if o.Due.Before(now) {
			o.Due = now
		}
		if one, told := f.come(o); told {
			one.ID, one.At, one.Kind = o.ID, o.Due, o.Kind
			one.Visit, _ = find(f.s.Visits, o.Visit)
			out = append(out, one)
		}
	}
	return out
}

// future is a number as it will be.
type future struct {
	rs   *Reminders
	s    handlers.State
	had  []time.Time
	rows []handlers.Outgoing // those still to come
}

// come has a row come due. told is false if it is put off, or a check finds nothing to tell.
func (f *future) come(o handlers.Outgoing) (out Foreseen, told bool) {
	at := o.Due
	if o.Task {
		e, _ := f.rs.Task(f.s, o, at)
		f.store(e.Visits)
		for _, p := range e.Posts { // a note in a thread that is open
			out.Task = p.Text
		}
		for _, c := range e.Cases {
			out.Task = c.Title
		}
		return out, out.Task != ""
	}
	w := account{rs: f.rs, s: f.s, had: f.had, now: at}
	_, own := f.rs.rules(f.s, o, at)
	for _, r := range slices.Concat(f.rs.consent(f.s), own, w.sending(o, at)) {
		if r.no == "" {
			continue
		}
		if next := f.next(r, o); next.After(at) {
			o.Due = next
			f.rows = append(f.rows, o)
			return out, false
		}
		out.Why = r.no
		return out, true
	}
	c := f.rs.Compose(f.s, o, at)
	if out.Why = c.Skip; out.Why == "" {
		out.Why = f.rs.Gate.Unfit(c.Body)
	}
	if out.Why == "" {
		out.Body, out.With = c.Body, c.With
		f.sent(c, at)
	}
	return out, true
}

// next returns until when a rule puts a row off, as the gate would; the zero time if it gives the
// row up.
func (f *future) next(r rule, o handlers.Outgoing) (at time.Time) {
	c := f.rs.Base.Clinic
	zone := c.Zoned(o.Zone)
	switch r.name {
	case "window":
		at = c.InWindow(o.Due, zone)
	case "caps":
		at = settings.OnDay(o.Due.In(zone), 1, c.Reminders.Window.From)
		if free := c.InWindow(f.free(o), zone); free.After(o.Due) && free.Before(at) {
			at = free
		}
	}
	if o.Due.Before(o.Start) && !at.Before(o.Start) || o.Stale(at) { // it would come too late
		return time.Time{}
	}
	return at
}

// free returns when the week's cap lets out a row that it alone holds back now, as the gate finds it;
// the zero time if it is another that does.
func (f *future) free(o handlers.Outgoing) (at time.Time) {
	o.Share = share(f.rs.Base.Clinic, f.s, o, o.Due)
	caps := f.rs.Gate.Caps(f.s, o, o.Due)
	day, week := caps.KeepDay, []time.Time(nil)
	for _, had := range f.had {
		if had.After(caps.Week) {
			week = append(week, had)
		}
		if !had.Before(caps.Day) {
			day++
		}
	}
	slices.SortFunc(week, time.Time.Compare)
	over := len(week) - caps.PerWeek
	if over < 0 || caps.PerWeek == 0 || caps.PerDay > 0 && day >= caps.PerDay {
		return at
	}
	return week[over].Add(gate.Week)
}

// sent notes what a text leaves behind: it counts against the caps, it takes the place of those
// whose news it tells, and its visits know what they were told.
func (f *future) sent(c handlers.Composed, at time.Time) {
	f.had, f.s.Texted = append(f.had, at), true
	with := strings.Split(c.With, "\n")
	f.rows = slices.DeleteFunc(f.rows, func(o handlers.Outgoing) bool {
		return slices.Contains(with, o.ID)
	})
	f.store(gate.Note(f.s.Visits, c.Says, at))
}

// store puts visits as they have become in the place of what they were.
func (f *future) store(visits []handlers.Visit) {
	for _, v := range visits {
		for i := range f.s.Visits {
			if f.s.Visits[i].ID == v.ID {
				f.s.Visits[i] = v
			}
		}
	}
}
