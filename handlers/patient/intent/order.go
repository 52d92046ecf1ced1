package intent

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// inTime chooses the act for a text that is answered: the first that fits. The order is the rule:
// nothing may hide danger, consent is law, and clinical need goes to a nurse whoever talks with
// them. What an opted-out number writes is a person's, since no answer may be sent.
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
	case kind == kinds.Clinical && (i.Said.Named() || k.ownVisit() == ""):
		return i.as(Clinical) // "am i still on for today" only looks like a medicine
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
	if i, does := k.asksVisits(i); does {
		return i
	}
	// Each takes the text if it answers a question that is open; otherwise the next is tried.
	for _, answers := range []func(Intent) (Intent, bool){
		k.picks, k.picksByName, k.answersOffer, k.answersRide, k.regrets,
	} {
		var does bool
		if i, does = answers(i); does {
			return i
		}
	}
	return k.byItself(i)
}

// byItself chooses the act for a text that answers no open question.
func (k known) byItself(i Intent) Intent {
	asks := strings.Contains(k.Words.Body, "?")
	switch kind := i.Kind; {
	case k.whose.mixed && (k.whose.both || aboutVisit(kind)):
		return i.about(Mixed, kind)
	case k.notThem():
		return k.askBack(i, kinds.OptOut)
	case k.ownVisit() != "":
		return i.as(Ask)
	case aboutVisit(kind):
		i = k.changeVisit(i, kind)
		i.Besides = besides(i.Said)
		return i
	case i.Said.Asks != "":
		return k.askBack(i, i.Said.Asks)
	case kind == "" && i.Said.Bare == screen.No:
		return k.nothingAsked(i)
	case k.namesOnly() && k.open(): // to "Reply C", it says whose without what
		return k.askBack(i, kinds.Confirm)
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

// inRetrospect chooses the act for a fetched text that reads as danger or comes too late for an
// answer: what it says plainly is done, everything else is a person's, and nothing is said but the
// words in danger. What the patient said of consent since is the newer word, and stands.
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

// byItselfLate chooses the act for a late text that picks no choice and doesn't answer who drives
// the patient home.
func (k known) byItselfLate(i Intent) Intent {
	kind, v := i.Kind, i.Said
	if i.Talk.Person(k.Now) {
		return k.toPerson(i)
	}
	offered := len(k.offers) > 0 || k.ended(v.Bare) != nil && v.Offer != ""
	if !offered { // before courtesies: with no visit ahead, a yes reads as one
		if i, does := k.regrets(i); does {
			return i
		}
	}
	switch {
	case kind == kinds.Courtesy && (v.Asks == "" || !k.open()):
		return i.as(Courtesy)
	case offered:
		return i.as(LateOffer)
	case kind == kinds.Glad:
		return i.as(Glad)
	case kind == kinds.Chat && !Waiting(k.State):
		return i.as(Chat)
	case aboutVisit(kind):
		return k.changeVisitLate(i, kind)
	}
	return i.as(ForPerson)
}

// toPerson chooses the act for a text while a person talks with the patient: the bot is silent, but
// a confirmation and the answer about the ride home are recorded. Nothing is given up: "no" may be
// meant for the person.
func (k known) toPerson(i Intent) Intent {
	if len(k.offers) > 0 || i.Said.Offer != "" { // who is to say whom they answer?
		return i.as(OfferToPerson)
	}
	i.Quiet = true
	if i, does := k.answersRide(i); does {
		return i
	}
	if i.Kind == kinds.Confirm {
		if meant := k.meant(i.Said, kinds.Confirm); len(meant) > 0 && k.allOf(meant, i.Said) {
			return i.about(ChangeVisit, kinds.Confirm, meant...)
		}
	}
	if c := k.State.Concern(); c != nil && c.TakenBy != "" {
		return i.as(JoinConcern)
	}
	return i.as(ToPerson)
}
