package patient

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/waitlist"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// most is how many choices a text offers.
const most = 3

// aboutVisit does what the patient says of a visit, when it is plain which one.
func (t *turn) aboutVisit(kind string) {
	meant := t.meant(kind)
	named, names := t.namedVisits(meant)
	if kind == kinds.Reschedule { // the time that it names may be the one that is wanted
		names = len(named) == 1
	}
	switch {
	case names && len(named) > 0:
		meant = named
	case names && len(meant) > 0 && kind != kinds.Late && kind != kinds.Reschedule:
		t.askBack(kind) // it names a time at which there is no visit
		return
	}
	switch {
	case len(meant) == 0 && (t.verdict.Bare != "" || t.chosen() == 1):
		t.nothingAsked()
	case len(meant) == 0 && kind == kinds.Late:
		t.handOff("Writes of being late, but has no visit soon.")
	case len(meant) == 0:
		t.e.Reply.Kind = kinds.Handoff
		t.say(replies.NoVisit, knowledge.Fill{"by": t.by()})
		t.tell(handlers.DeskChannel, kinds.Handoff, "Writes about a visit ("+kind+"), but none is booked for this number.", true)
	case len(meant) == 1, kind == kinds.Confirm && len(t.oneDay(meant)) == len(meant):
		t.answerVisit(kind, meant...) // one text asks of all visits of a day
	default:
		t.which(kind, meant[:min(most, len(meant))])
	}
}

// meant are the visits that an answer can mean. A confirmation means those that a reminder has asked about, or, unasked, any that stand: it does no
// harm. A NO and nothing else means only what was asked, and so does a YES after a text about a free time, or to a person.
func (t *turn) meant(kind string) []handlers.Visit {
	ahead := t.ahead()
	if t.verdict.Bare != "" || t.chosen() == 1 {
		if open, slot := t.answered(); len(open) > 0 || slot || t.verdict.Bare != screen.Yes || t.talk.Person(t.now) {
			return open
		}
	}
	var asked []handlers.Visit
	for _, v := range ahead {
		if v.Awaits(t.now) && t.h.Base.Clinic.Asked(v.Start, v.Zone, t.wrote()) {
			asked = append(asked, v)
		}
	}
	switch near := t.near(); {
	case kind == kinds.Confirm && len(asked) > 0:
		return asked
	case kind == kinds.Late:
		return near[:min(1, len(near))]
	}
	return ahead
}

// regrets brings a yes after a visit was given up to a person: its time may be another's by now. False if the text is no yes,
// none was given up, or another visit stands that it can be about.
func (t *turn) regrets() bool {
	if len(t.ahead()) > 0 {
		return false
	}
	for _, v := range t.state.Visits {
		if v.State != handlers.Declined || !v.Start.After(t.now) {
			continue
		}
		if yes := t.read.In(screen.Context{Visit: true}); yes.Kind != kinds.Confirm && yes.Bare != screen.Yes && t.chosen() != 1 {
			return false
		}
		t.e.Reply.Kind = kinds.Handoff
		t.say(replies.Holding, knowledge.Fill{"by": t.by()})
		t.tell(handlers.DeskChannel, kinds.Handoff, "Writes yes after they gave up "+t.staffWhen(v)+": may have changed their mind. Nothing was changed.", true)
		return true
	}
	return false
}

// lateFor is how long after its start a visit is still meant by who is late.
const lateFor = time.Hour

// near are the visits that one can be late for: those of the next day, and those that have just begun.
func (t *turn) near() []handlers.Visit {
	var out []handlers.Visit
	for _, v := range t.state.Visits {
		if in := v.Start.Sub(t.now); v.Stands() && in > -lateFor && in < 24*time.Hour {
			out = append(out, v)
		}
	}
	return out
}

// which asks which visit is meant; the number settles it.
func (t *turn) which(kind string, visits []handlers.Visit) {
	var list []string
	t.talk.Choices = nil
	for i, v := range visits {
		list = append(list, fmt.Sprintf("%d %s", i+1, t.when(v)))
		t.talk.Choices = append(t.talk.Choices, kind+" "+v.ID)
	}
	t.e.Reply.Kind = kinds.Choices
	t.say(replies.WhichVisit, knowledge.Fill{"list": strings.Join(list, ", ")})
}

// answerVisit changes the visits, of one day, and tells the desk. All but a confirmation is of one visit.
func (t *turn) answerVisit(kind string, visits ...handlers.Visit) {
	v := visits[0]
	t.talk.Choices = nil
	fill := knowledge.Fill{"first": knowledge.Greet(v.Name), "when": t.whens(visits)}
	title, open := "", true
	say, state := "", ""
	switch kind {
	case kinds.Confirm:
		state, say, open = handlers.Confirmed, replies.Confirmed, false
		title = "Confirmed " + t.staffWhen(visits...) + "."
	case kinds.Decline:
		t.e.Slots = append(t.e.Slots, waitlist.Freed(t.h.Base.Clinic, v, t.state.Phone.String()+" can't come", t.now)...)
		state, say = handlers.Declined, replies.Declined
		title = "Can't come " + t.staffWhen(v) + "."
		if !t.late {
			title += " They were told that a person will write about another time."
		}
	case kinds.Reschedule:
		state, say = handlers.Reschedule, replies.Reschedule
		title = "Asks for another time instead of " + t.staffWhen(v) + ". The visit stands until you move it."
	case kinds.Late:
		say = replies.Late
		title = "Late for " + t.staffWhen(v) + t.minutes() + "."
		if t.verdict.Rule == "late/arrived" {
			say, title = replies.Arrived, "Is here for "+t.staffWhen(v)+", or at the door."
		}
	}
	t.e.Reply.Kind = kind
	for _, v := range visits {
		if state != "" {
			v.State = state
		}
		t.e.Visits = append(t.e.Visits, v)
	}
	t.say(say, fill)
	t.tell(handlers.DeskChannel, kind, title, open)
}

func (t *turn) minutes() string {
	if t.verdict.Minutes == 0 {
		return ""
	}
	return fmt.Sprintf(", by %d minutes", t.verdict.Minutes)
}

func (t *turn) when(v handlers.Visit) string {
	return knowledge.When(v.Start.In(t.h.Base.Clinic.Zoned(v.Zone)), t.lang)
}

// whens are the times of visits of one day, where the patient is.
func (t *turn) whens(visits []handlers.Visit) string {
	var starts []time.Time
	for _, v := range visits {
		starts = append(starts, v.Start.In(t.h.Base.Clinic.Zoned(visits[0].Zone)))
	}
	return knowledge.Whens(starts, t.lang)
}

// staffWhen are the visits' times where the clinic is, in the desk's language.
func (t *turn) staffWhen(visits ...handlers.Visit) string {
	var starts []time.Time
	for _, v := range visits {
		starts = append(starts, v.Start.In(t.h.Base.Clinic.Location()))
	}
	return knowledge.Whens(starts, "en")
}

func num(n int) string { return fmt.Sprint(n) }
