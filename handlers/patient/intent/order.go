package intent

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// inTime says what is to be done about a text that is answered: the first that fits.
func (k known) inTime(i Intent) Intent {
	switch kind := i.Kind; {
	case InDanger(i.Said):
		return i.as(Danger)
	case kind == kinds.OptOut || kind == kinds.Stop:
		return k.optOut(i)
	case kind == kinds.Start:
		return k.optIn(i)
	case kind == kinds.Basic:
		return i.as(Basic)
	case kind == kinds.Detail:
		return i.as(Detail)
	case kind == kinds.Clinical:
		return i.as(Clinical)
	case k.State.Urgent() != nil:
		return i.as(Paused)
	case k.State.Consent.Out &&
		kind != kinds.Courtesy && kind != kinds.Greeting && kind != kinds.Help:
		return i.as(Unreachable)
	case i.Talk.Person(k.Now):
		return k.toPerson(i)
	case kind == kinds.Help:
		return i.as(Help)
	}
	for _, answers := range []func(Intent) (Intent, bool){
		k.picks, k.answersOffer, k.answersRide, k.regrets,
	} {
		var does bool
		if i, does = answers(i); does {
			return i
		}
	}
	return k.byItself(i)
}

// byItself says what is to be done about a text that answers no open question.
func (k known) byItself(i Intent) Intent {
	asks := strings.Contains(k.Words.Body, "?")
	switch kind := i.Kind; {
	case aboutVisit(kind):
		i = k.changeVisit(i, kind)
		i.Besides = besides(i.Said)
		return i
	case i.Said.Asks != "":
		return k.askBack(i, i.Said.Asks)
	case kind == "" && i.Said.Bare == screen.No:
		return k.nothingAsked(i)
	case kind == kinds.Person:
		return i.as(AskPerson)
	case k.Words.Body == "" && k.Text.Media > 0:
		return i.as(Picture)
	case kind == kinds.Greeting && asks, kind == kinds.Waiting:
		return i.as(StillOwed)
	case kind == kinds.Greeting:
		return i.as(Hello)
	case kind == kinds.Courtesy || k.Words.Body == "":
		return i.as(Courtesy)
	case kind == kinds.Repeat && k.Base.Entry(i.Last) != nil:
		return i.as(Repeat)
	case kind == kinds.Lost:
		return i.as(Lost)
	case kind == kinds.Chat && !Waiting(k.State): // else it may belong to what they wait for
		return i.as(Chat)
	case kind == kinds.Glad:
		return i.as(Glad)
	case kind == kinds.Angry:
		return i.as(Angry)
	}
	return i.as(Ask)
}

// inRetrospect says what is to be done about a fetched text that reads as danger or comes too late
// for an answer: what it says plainly is done, everything else is a person's, and nothing is said
// but the words in danger.
func (k known) inRetrospect(i Intent) Intent {
	consented := k.since(k.State.Consent.At)
	switch kind := i.Kind; {
	case InDanger(i.Said):
		return i.as(Danger)
	case (kind == kinds.OptOut || kind == kinds.Stop) && !k.optedInSince():
		return k.optOut(i)
	case kind == kinds.Start && !consented:
		return k.optIn(i)
	case kind == kinds.Basic && !consented:
		return i.as(Basic)
	case kind == kinds.Detail && !consented:
		return i.as(Detail)
	case kind == kinds.Clinical:
		return i.as(Clinical)
	case k.State.Urgent() != nil:
		i.Kind = kinds.Handoff
		return i.as(JoinAlarm)
	case kind == kinds.Courtesy && (k.State.Consent.Out || i.Overtaken):
		return i.as(Courtesy)
	case k.State.Consent.Out:
		return i.as(Unreachable)
	case i.Overtaken:
		return i.as(ForPerson)
	}
	for _, answers := range []func(Intent) (Intent, bool){k.picksLate, k.answersRide} {
		var does bool
		if i, does = answers(i); does {
			i.Quiet = true
			return i
		}
	}
	return k.byItselfLate(i)
}

// byItselfLate says what is to be done about a late text that answers no open question of a number
// or of the ride home.
func (k known) byItselfLate(i Intent) Intent {
	kind, v := i.Kind, i.Said
	switch {
	case i.Talk.Person(k.Now):
		return k.toPerson(i)
	case kind == kinds.Courtesy && (v.Asks == "" || !k.open()):
		return i.as(Courtesy)
	case len(k.offers) > 0, k.ended(v.Bare) != nil && v.Offer != "":
		return i.as(LateOffer)
	}
	if i, does := k.regrets(i); does {
		return i
	}
	switch {
	case kind == kinds.Glad:
		return i.as(Glad)
	case kind == kinds.Chat && !Waiting(k.State):
		return i.as(Chat)
	case aboutVisit(kind):
		return k.changeVisitLate(i, kind)
	}
	return i.as(ForPerson)
}

// toPerson says what is to be done about a text while a person talks with the patient: the bot is
// silent, but what it plainly says of a visit is done.
func (k known) toPerson(i Intent) Intent {
	if len(k.offers) > 0 || i.Said.Offer != "" { // who is to say whom they answer?
		return i.as(OfferToPerson)
	}
	i.Quiet = true
	if i, does := k.answersRide(i); does {
		return i
	}
	if i.Kind == kinds.Confirm {
		if meant := k.meant(i.Said, kinds.Confirm); len(meant) > 0 && k.ofOneDay(meant) {
			return i.about(ChangeVisit, kinds.Confirm, meant...)
		}
	}
	if c := k.State.Concern(); c != nil && c.TakenBy != "" {
		return i.as(JoinConcern)
	}
	return i.as(ToPerson)
}
