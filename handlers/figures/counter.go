package figures

import (
	"slices"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Counter says what events count for, by a clinic's days and hours. It is pure.
type Counter struct{ Clinic *settings.Clinic }

// Turn returns what an event counts for whose effects were decided from a state.
func (c Counter) Turn(s handlers.State, e handlers.Effects, now time.Time) []Tally {
	t := tallies{day: c.day(now)}
	t.text(s, e)
	for _, is := range e.Cases {
		was := find(s.Cases, is.ID)
		if was != nil && was.TakenBy == "" && is.TakenBy != "" {
			t.add(Person+strconv.Itoa(c.waited(*was, now)), 1)
		}
		if is.Channel == handlers.UrgentChannel {
			t.danger(was, is)
		}
	}
	if e.Consent != nil && e.Consent.Out && !s.Consent.Out {
		t.add(OptedOut, 1)
	}
	for _, is := range e.Visits {
		was, _ := s.Known(is.ID)
		t.visit(was, is, c.Clinic.Location())
	}
	for _, id := range e.Gone { // it is another number's now, in whose turn it is a new one
		was, _ := s.Known(id)
		t.visit(was, handlers.Visit{}, c.Clinic.Location())
	}
	return t.all
}

// Row returns what a row of the ledger counts for that has come to a state.
func (c Counter) Row(o handlers.Outgoing, state string, now time.Time) []Tally {
	t := tallies{day: c.day(now)}
	switch {
	case o.Task || o.Alarm || o.Voice: // nothing that a patient reads
	case state == handlers.Sent:
		n, _ := knowledge.Segments(o.Body)
		t.add(Texts, 1)
		t.add(Segments, n)
	case state == handlers.Delivered:
		t.add(Delivered, 1)
	case state == handlers.Failed:
		t.add(Failed, 1)
	}
	return t.all
}

// day returns the clinic's date.
func (c Counter) day(t time.Time) string { return t.In(c.Clinic.Location()).Format(time.DateOnly) }

// waited returns how many minutes a case has waited for a person. Danger waits at any hour; of all
// else the time counts only from when the clinic is open.
func (c Counter) waited(of handlers.Case, now time.Time) int {
	from := of.Began()
	if of.Channel != handlers.UrgentChannel && !c.Clinic.Open(from) {
		from = c.Clinic.Opens(from)
	}
	return max(0, int(now.Sub(from).Round(time.Minute)/time.Minute))
}

// find returns the case of an id; nil if there is none.
func find(cases []handlers.Case, id string) *handlers.Case {
	i := slices.IndexFunc(cases, func(c handlers.Case) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &cases[i]
}

// tallies gathers what an event counts for.
type tallies struct {
	day string // of what counts for the day of the event
	all []Tally
}

// add counts n more of a name on the event's day.
func (t *tallies) add(name string, n int) { t.all = append(t.all, Tally{t.day, name, n}) }

// read are the kinds of the texts that are a patient's and want something.
var read = [...]string{
	kinds.Crisis, kinds.Emergency, kinds.Concern, kinds.Clinical, kinds.OptOut, kinds.Help,
	kinds.Start, kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late, kinds.Answer,
	kinds.Choices, kinds.Courtesy, kinds.Handoff,
}

// toPerson are those that always go to a person.
var toPerson = [...]string{
	kinds.Crisis, kinds.Emergency, kinds.Concern, kinds.Clinical, kinds.Handoff,
}

// text counts the patient's text that the event is, if it is one, and its answer. A text that
// opens a case, or makes one more urgent, goes to a person, even if it is answered as well.
func (t *tallies) text(s handlers.State, e handlers.Effects) {
	if !slices.Contains(read[:], e.Reply.Kind) {
		return
	}
	t.add(Kind+e.Reply.Kind, 1)
	opens := func(c handlers.Case) bool { return c.Open && find(s.Cases, c.ID) == nil }
	switch {
	case slices.Contains(toPerson[:], e.Reply.Kind) || slices.ContainsFunc(e.Cases, opens):
		t.add(HandedOver, 1)
	case len(e.Reply.Bodies) > 0:
		t.add(Answered, 1)
	}
	inLedger := func(o handlers.Outgoing) bool { return o.Kind == gate.KindReply }
	if len(e.Reply.Bodies) == 0 || slices.ContainsFunc(e.Texts, inLedger) {
		return // what leaves by the ledger is counted there
	}
	segments := 0
	for _, body := range e.Reply.Bodies {
		n, _ := knowledge.Segments(body)
		segments += n
	}
	t.add(Texts, len(e.Reply.Bodies))
	t.add(Segments, segments)
}

// danger counts how a case in the urgent channel begins, goes on and ends; was is nil if it is new.
func (t *tallies) danger(was *handlers.Case, is handlers.Case) {
	if was == nil || !was.Open || was.Channel != handlers.UrgentChannel {
		switch {
		case is.Open && is.Concern():
			t.add(Concerns, 1)
		case is.Open:
			t.add(Alarms, 1)
		}
		return
	}
	switch {
	case was.Concern() && !is.Concern():
		t.add(Raised, 1)
		t.add(Alarms, 1)
	case was.Concern() && !is.Open:
		t.add(ConcernsRead, 1)
	case was.Concern():
	default:
		t.when(AlarmsPaged, was.Pages == 0 && is.Pages > 0 && is.TakenBy == "")
		t.when(AlarmsTaken, was.TakenBy == "" && is.TakenBy != "")
		t.when(AlarmsEnded, !is.Open)
	}
}

// when counts one more of a name on the event's day if something is so.
func (t *tallies) when(name string, so bool) {
	if so {
		t.add(name, 1)
	}
}

// visit counts a visit's change for the visit's own day.
func (t *tallies) visit(was, is handlers.Visit, zone *time.Location) {
	before, after := standing(was), standing(is)
	if was.State == handlers.Confirmed && is.Over() && was.Start.Equal(is.Start) {
		after[Confirmed] = 1 // whether they came takes the place of that they would
	}
	moved := is.ID == "" || !handlers.SameDay(was.Start, is.Start, zone)
	for _, name := range [...]string{Visits, Confirmed, Arrived, Missed, Declined} {
		switch n := after[name] - before[name]; {
		case moved:
			t.on(was.Start.In(zone), name, -before[name])
			t.on(is.Start.In(zone), name, after[name])
		default:
			t.on(is.Start.In(zone), name, n)
		}
	}
}

// on counts n more of a name on a day, nothing if n is 0.
func (t *tallies) on(day time.Time, name string, n int) {
	if n != 0 {
		t.all = append(t.all, Tally{day.Format(time.DateOnly), name, n})
	}
}

// standing returns what a visit as it stands counts for.
func standing(v handlers.Visit) map[string]int {
	out := map[string]int{}
	switch {
	case v.ID == "":
		return out
	case v.Stands() || v.State == handlers.Missed:
		out[Visits] = 1
	}
	switch v.State {
	case handlers.Confirmed:
		out[Confirmed] = 1
	case handlers.Arrived:
		out[Arrived] = 1
	case handlers.Missed:
		out[Missed] = 1
	case handlers.Declined:
		out[Declined] = 1
	}
	return out
}
