package patient

import (
	"cmp"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// askBack asks the patient before a change is made that the text may not mean, or that may be about
// any of several visits. A visit that is given up goes to somebody else, so the patient's answer to
// the question must be plain: a number, or YES or NO and nothing else.
func askBack(b *builder, in intent.Intent) {
	switch in.Act {
	case intent.NoneMeant:
		handOff(b, in, "May be writing about a visit ("+in.Change+"), but none is meant for sure.")
	case intent.WhichVisit:
		b.e.Reply.Asks = in.Asks
		if len(handlers.Patients(in.Visits)) > 1 {
			whichPatient(b, in, replies.WhichPatient)
			return
		}
		whichVisit(b, in)
	default:
		askWhether(b, in)
	}
}

// askWhether asks whether the change is meant, after answering what the text asks besides.
func askWhether(b *builder, in intent.Intent) {
	// An opt-out is about no visit, so its choices are others.
	b.talk.Choices = []string{kinds.OptOut, intent.KeepText}
	fill := knowledge.Fill{}
	if len(in.Visits) > 0 {
		v, no := in.Visits[0], intent.Keep
		if in.Change == kinds.Confirm { // who isn't coming gives the visit up, they don't keep it
			no = kinds.Decline
		}
		b.talk.Choices = []string{intent.Choice(in.Change, v.ID), intent.Choice(no, v.ID)}
		fill = knowledge.Fill{"first": b.first(v.Name), "when": b.when(v)}
	}
	b.e.Reply.Asks = in.Change
	besides(b, in)
	b.e.Reply.Kind = kinds.Choices
	b.say(replies.AskPrefix+in.Change, fill)
}

// whichVisit asks which visit is meant. The patient answers with its number in the list, which is
// its place in Choices plus one.
func whichVisit(b *builder, in intent.Intent) {
	var names []string
	b.talk.Choices = nil
	for _, v := range in.Visits {
		names = append(names, b.when(v))
		b.talk.Choices = append(b.talk.Choices, intent.Choice(in.Change, v.ID))
	}
	b.choose(replies.WhichVisit, names)
}

// visitStands answers a YES or NO to which no question is open, by offering what it may mean. The
// patient answers with a number. A NO to the text that a visit is booked once gave up a visit two
// months ahead.
func visitStands(b *builder, in intent.Intent) {
	v := in.Visits[0]
	b.talk.Choices = []string{
		intent.Choice(kinds.Confirm, v.ID), intent.Choice(kinds.Decline, v.ID),
	}
	b.e.Reply.Kind = kinds.Choices
	b.say(replies.VisitStands, knowledge.Fill{"first": b.first(v.Name), "when": b.when(v)})
}

// nothingAsked hands such a YES or NO to a person: the patient has no visit ahead, or was asked
// back already.
func nothingAsked(b *builder, in intent.Intent) {
	word := strings.ToUpper(cmp.Or(in.Said.Bare, in.Words.Body))
	handOff(b, in, "Writes "+veil.Veiled(word, "an answer")+", and no question to them was open. Nothing was changed.")
}
