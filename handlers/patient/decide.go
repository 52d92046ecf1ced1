package patient

import (
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// mostSaid is how many of our replies are remembered, to recognise them if they come back.
const mostSaid = 4

// decide reads a text into an intent and carries that out. Every text goes through it. It changes
// nothing itself; the builder it returns holds the reply and the effects. words is the text read by
// itself; rows are the texts that the number was sent, or nil if they can't matter or aren't known.
func (h *Handler) decide(
	s handlers.State, text handlers.Text, words knowledge.Reading, rows []handlers.Record,
) *builder {
	now := h.Now()
	in := intent.Read(intent.Input{
		Base: h.Base, State: s, Text: text, Words: words, Rows: rows, Now: now,
	})
	b := h.build(now, text, in)
	switch {
	case in.Act == intent.Silent:
	case in.Act == intent.Echo:
		echo(b, in)
	case text.Sender != "": // nothing else is kept of a sender that is no number
		carryOut(b, in)
	default:
		b.reply(in)
	}
	b.e.WriteBacks = handlers.WriteBacks(s, b.e, h.Base.Clinic.WritesBack, b.wrote(), now)
	return b
}

// reply carries out what a number's text means, and what every text brings with it: limits, and
// what is remembered of the conversation.
func (b *builder) reply(in intent.Intent) {
	// The number was marked as one that no SMS reaches, but a landline doesn't text. A text on
	// another channel (WhatsApp, RCS) says nothing of SMS.
	if in.State.Reach.NoTexts && b.text.Channel == "" {
		b.e.Reach = &handlers.Reach{At: b.now}
	}
	keepOptOut(b, in) // first, so that a card which the text opens says CALL
	carryOut(b, in)
	concern(b, in)
	b.keepPromise()
	b.e.Add(desk.Consented(in.State, b.e, "text:"+b.text.ID, b.now))
	asked(b, in)
	// Whatever an action said, a late text gets no answer but the words in danger.
	if in.Late && !intent.InDanger(in.Said) {
		b.e.Reply.Bodies = nil
	}
	limit(b, in)
	b.talk.Said = slices.Concat(b.e.Reply.Bodies, b.talk.Said)
	b.talk.Said = b.talk.Said[:min(len(b.talk.Said), mostSaid)]
	if !in.Overtaken { // else the next text follows what was said since
		b.remember()
		b.e.Conversation = &b.talk
	}
}

// carryOut does what the intent calls for. An act stands here or in one of the three functions
// below; one that is forgotten goes to a person: see smallTalk.
func carryOut(b *builder, in intent.Intent) {
	switch in.Act {
	case intent.Danger:
		danger(b, in)
	case intent.JoinAlarm:
		joinAlarm(b, in)
	case intent.Paused:
		paused(b, in)
	case intent.Clinical:
		clinical(b)
	case intent.OptOut:
		optOut(b, in)
	case intent.OptIn:
		optIn(b, in)
	case intent.Basic, intent.Detail:
		discretion(b, in, in.Act == intent.Basic)
	case intent.JoinConcern:
		joinConcern(b, in)
	case intent.Unreachable, intent.ToPerson, intent.OfferToPerson,
		intent.ForPerson, intent.LatePick, intent.LateOffer:
		passOn(b, in)
	case intent.AskPerson:
		askPerson(b)
	case intent.StillOwed:
		stillOwed(b, in)
	case intent.Ride:
		ride(b, in)
	case intent.WhichRide:
		whichRide(b, in)
	case intent.Mixed:
		mixed(b, in)
	case intent.Ask:
		fromEntries(b, in)
	case intent.Repeat:
		repeat(b, in)
	case intent.PickEntry:
		pickEntry(b, in)
	case intent.PickUnclear:
		handOff(b, in, "Says yes to a question with several answers.")
	case intent.KeepTexts:
		keepTexts(b)
	default:
		if !ofOffer(b, in) && !ofVisit(b, in) {
			smallTalk(b, in)
		}
	}
}

// ofOffer does what answers the offer of a slot; false if nothing does. in.Slots[0] is the slot
// that is meant; only OfferWhich may have two.
func ofOffer(b *builder, in intent.Intent) bool {
	switch in.Act {
	case intent.OfferTake:
		takeOffer(b, in)
	case intent.OfferLeave:
		leaveOffer(b, in)
	case intent.OfferOver:
		offerOver(b, in)
	case intent.OfferAsk:
		b.e.Reply.Kind = kinds.Choices
		askOffer(b, in.Slots[0])
	case intent.OfferWhich:
		whichOne(b, in)
	case intent.OfferElse:
		title := "Was offered " + in.Slots[0].Named(b.base.Clinic) + " and asks for another time."
		handOff(b, in, title)
	default:
		return false
	}
	return true
}

// ofVisit does what the text says of a visit, and what it says besides; false if it says nothing.
func ofVisit(b *builder, in intent.Intent) bool {
	switch in.Act {
	case intent.AskBack:
		askBack(b, in) // answers what is asked besides itself
		return true
	case intent.ChangeVisit:
		changeVisit(b, in)
	case intent.WhichVisit, intent.NoneMeant:
		askBack(b, in)
	case intent.KeepVisit:
		keepVisit(b, in)
	case intent.NoVisit:
		toPerson(b, replies.NoVisit,
			"Writes about a visit ("+in.Change+"), but none is booked for this number.")
	case intent.LateForNone:
		handOff(b, in, "Writes of being late, but has no visit soon.")
	case intent.VisitStands:
		visitStands(b, in)
	case intent.NothingAsked:
		nothingAsked(b, in)
	case intent.Regrets:
		toPerson(b, replies.Holding, "Writes yes after they gave up "+b.staffWhen(in.Visits[0])+
			": may have changed their mind. Nothing was changed.")
	default:
		return false
	}
	// The text may ask a question as well, and a C to a reminder leaves an open offer unanswered.
	besides(b, in)
	if in.Offered != nil {
		askOffer(b, in.Offered)
	}
	return true
}

// smallTalk answers what neither asks nor changes anything.
func smallTalk(b *builder, in intent.Intent) {
	switch in.Act {
	case intent.NextVisit, intent.AllVisits:
		myVisits(b, in)
	case intent.Help:
		help(b)
	case intent.Hello:
		hello(b)
	case intent.Courtesy:
		courtesy(b)
	case intent.Chat:
		chat(b, in)
	case intent.Glad:
		glad(b, in)
	case intent.Angry:
		toPerson(b, replies.Sorry, "Complains.")
	case intent.Lost:
		lost(b, in)
	case intent.Picture:
		toPerson(b, replies.Picture, "Sent a picture.")
	default: // no action carries it out: a person gets it, so that it isn't lost
		handOff(b, in, "Calls for "+string(in.Act)+", which the bot can't do.")
	}
}
