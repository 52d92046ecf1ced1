package patient

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// rideSaid settles what an answer to that question means while it is open. What only looks like something else ("i don't have anyone") gives way
// to what was asked, and the desk hears of it either way; in more than a few words it is heard as it stands.
func (t *turn) rideSaid() {
	if len(t.asked()) == 0 {
		return
	}
	answer, whole := t.h.Base.Ride(t.text.Body)
	words := len(strings.Fields(t.text.Body))
	if answer == "" || danger(t.verdict) && (t.verdict.Named() || words > fewWords) {
		return
	}
	if likely := !t.verdict.Named(); whole || likely {
		switch t.verdict.Kind {
		case kinds.Crisis, kinds.Emergency, kinds.Clinical, kinds.Help, kinds.Start:
			t.verdict.Kind, t.verdict.Rule = "", ""
		}
		t.verdict.Concern = t.verdict.Concern && !whole // "nobody" is no cry for help to who was asked who drives
	}
	if whole && words < 3 { // too short to be a sign of the language
		t.verdict.Lang = ""
	}
}

// asked are the visits ahead whose patient was asked who drives them home, and hasn't said.
func (t *turn) asked() (out []handlers.Visit) {
	for _, v := range t.ahead() {
		if v.AsksRide(t.now) && !t.since(v.Asked) {
			out = append(out, v)
		}
	}
	return out
}

// ride takes the answer to who drives the patient home, while that question is open. Whatever else the text says goes its own way: the question
// traps nobody. silent: a person talks with the patient, so only the desk hears of it.
func (t *turn) ride(silent bool) bool {
	asked := t.asked()
	if len(asked) == 0 {
		return false
	}
	answer, whole := t.h.Base.Ride(t.text.Body)
	switch kind := t.verdict.Kind; {
	case answer == "":
		return false
	case !whole && (kind == kinds.Decline || kind == kinds.Reschedule || kind == kinds.Late || kind == kinds.Person):
		return false // it says more than who drives
	}
	// "ride is arranged" only sounds like a yes to the visit; more words than that may well say one.
	says := t.verdict.Named() || len(strings.Fields(t.text.Body)) > fewWords
	also := !whole && t.verdict.Kind == kinds.Confirm && says
	asked = t.oneDay(asked)
	say, title, open := replies.RideArranged, "The ride home is arranged: ", false
	for _, v := range asked {
		if v.Ride = handlers.RideArranged; answer == screen.RideHelp {
			v.Ride = handlers.RideHelp
		}
		t.e.Visits = append(t.e.Visits, v)
	}
	if answer == screen.RideHelp {
		say, title, open = replies.RideHelp, "Needs help with the ride home: ", true
	}
	t.e.Reply.Kind = kinds.Answer
	if !silent {
		t.say(say, knowledge.Fill{"first": knowledge.Greet(asked[0].Name), "when": t.whens(asked), "by": t.by()})
	}
	if also { // "yes, my wife drives me" confirms as well: who has a driver comes
		t.confirmAlso()
	}
	for _, c := range t.state.Cases { // staff have the task already: it joins that thread
		open = open || c.Kind == kinds.Ride || c.Kind == kinds.Unprepared
	}
	t.tell(handlers.DeskChannel, answer, title+t.staffWhen(asked[0])+".", open)
	return true
}

// confirmAlso confirms the visits that await it, without words of its own.
func (t *turn) confirmAlso() {
	for i, v := range t.e.Visits {
		if v.Awaits(t.now) {
			t.e.Visits[i].State = handlers.Confirmed
		}
	}
}

// oneDay are those of the visits that fall on the day of the first.
func (t *turn) oneDay(visits []handlers.Visit) (out []handlers.Visit) {
	for _, v := range visits {
		if handlers.SameDay(v.Start, visits[0].Start, t.h.Base.Clinic.Zoned(visits[0].Zone)) {
			out = append(out, v)
		}
	}
	return out
}
