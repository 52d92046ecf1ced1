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
	toPerson(b, "", passedOn(b.text, in))
}

// passedOn tells staff why they get the text; "" where the thread says so already.
func passedOn(t handlers.Text, in intent.Intent) string {
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
		return gist(t, in)
	}
	atDesk := func(c handlers.Case) bool { return c.Channel == handlers.DeskChannel }
	if slices.ContainsFunc(in.State.Cases, atDesk) {
		return ""
	}
	return "Writes on, after a person texted them."
}

// gist tells staff what a text seems to be about. Of a visit or consent it says that nothing was
// changed: they must do it.
func gist(t handlers.Text, in intent.Intent) string {
	v := in.Said
	switch v.Kind {
	case kinds.Person:
		return "Asks for a person."
	case kinds.OptOut, kinds.Stop, kinds.Start, kinds.Basic, kinds.Detail:
		return "Writes about their consent (" + v.Kind +
			"), which they changed since. Nothing was changed."
	case kinds.Confirm, kinds.Decline, kinds.Reschedule, kinds.Late:
		return "Writes about a visit (" + v.Kind + "). Nothing was changed."
	}
	switch {
	case strings.TrimSpace(t.Body) == "" && t.Media == 0:
		return "Sent a text whose words the carrier doesn't show."
	case v.Asks != "":
		return "May mean: " + v.Asks + ". Nothing was changed."
	case v.Sure > 0:
		return veil.Veiled("Asks about "+v.Entries[0].ID+".", "Asks something.")
	case t.Media > 0:
		return "Sent a picture."
	}
	return "Writes what the bot has no sure answer to."
}

// joinConcern adds the text to the thread of a concern in which a person talks with the patient.
func joinConcern(b *builder, in intent.Intent) {
	b.e.Reply.Kind = kinds.Handoff
	if !in.Said.Concern { // else concern adds it
		b.tellUrgent(kinds.Concern)
	}
}
