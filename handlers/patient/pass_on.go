package patient

import (
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// passOn hands a text to a person without a reply to the patient: a person has the conversation, no
// text may be sent, or the text comes too late for an automatic answer.
func passOn(b *builder, in intent.Intent) {
	toPerson(b, "", b.passedOn(in))
}

// passedOn tells staff why they get the text; "" where the thread says so already.
func (b *builder) passedOn(in intent.Intent) string {
	switch in.Act {
	case intent.Unreachable:
		return "Writes, but has opted out of texts. Call them."
	case intent.OfferToPerson:
		return "Writes after a free time was offered to them. It may be their answer: " +
			"nothing was done about it."
	case intent.LatePick:
		return "Picks " + num(in.Number) + " of what they were offered" +
			veil.Veiled(": "+in.Picked, "") + ". Nothing was changed."
	case intent.LateOffer:
		return "May be their answer to a free time that was offered to them. Nothing was changed."
	case intent.ForPerson:
		return b.gist(in)
	}
	atDesk := func(c handlers.Case) bool {
		return c.Channel == handlers.DeskChannel &&
			(c.Matter == "" || c.ID == in.State.Conversation.Case)
	}
	if slices.ContainsFunc(in.State.Cases, atDesk) {
		return ""
	}
	return "Writes on, after a person texted them."
}

// gist tells staff what a text seems to be about. Of a visit or consent it says that nothing was
// changed: they must do it.
func (b *builder) gist(in intent.Intent) string {
	t, v := b.text, in.Said
	switch v.Kind {
	case kinds.Person:
		return "Asks for a person."
	case kinds.OptOut, kinds.Stop, kinds.Start, kinds.Basic, kinds.Detail:
		return "Writes about their consent (" + matter(v.Kind) +
			"), which they changed since. Nothing was changed."
	case kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late:
		return "Writes about a visit (" + matter(v.Kind) + "). Nothing was changed."
	}
	switch {
	case strings.TrimSpace(t.Body) == "" && t.Media == 0:
		return "Sent a text whose words the carrier doesn't show."
	case v.Asks != "":
		return "May mean: " + v.Asks + ". Nothing was changed."
	case v.Sure > 0:
		return b.asks(v.Entries[0].ID)
	case t.Media > 0:
		return "Sent a picture."
	}
	return "Writes what the bot has no sure answer to."
}

// matter says in words what a text about consent or a visit is.
func matter(kind string) string {
	switch kind {
	case kinds.OptOut, kinds.Stop:
		return "no more texts"
	case kinds.Start:
		return "texts again"
	case kinds.Basic:
		return "more discreet texts"
	case kinds.Detail:
		return "full texts"
	case kinds.Confirm:
		return "that they come"
	case kinds.Decline:
		return "that they can't come"
	case kinds.Reschedule:
		return "another day"
	}
	return "that they are late"
}

// joinConcern adds the text to the thread of a concern in which a person talks with the patient.
func joinConcern(b *builder, in intent.Intent) {
	b.e.Reply.Kind = kinds.Handoff
	if !in.Said.Concern { // else concern adds it
		b.tellUrgent(kinds.Concern)
	}
}
