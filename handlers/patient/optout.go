package patient

import (
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// optOut records an opt-out at once and for all texts. The carrier answers a bare keyword itself;
// we answer an opt-out in other words, once. After that we are silent: the gate passes no more.
func optOut(b *builder, in intent.Intent) {
	if !in.State.Consent.Out {
		b.optedOut(in)
	}
	// No text may offer them a slot any more, so a slot that waits for their answer goes on.
	b.e.Add(waitlist.Release(in.State, b.base.Clinic, b.now, "has opted out of texts."))
	if len(in.Visits) > 0 { // the text also confirms a visit
		b.confirm(in.Visits)
	}
	if in.Kind == kinds.OptOut && b.text.OptOut == "" {
		b.say(replies.OptedOut, nil)
	}
	b.tellOptOut(in)
}

// tellOptOut gives staff the task to call a patient who has opted out with a visit ahead: they may
// have meant the visit, and nothing reminds them of it any more.
func (b *builder) tellOptOut(in intent.Intent) {
	if len(in.Ahead) == 0 {
		return
	}
	var title string
	kind := kinds.Stop
	switch keyword, when := in.Words.Keyword, b.staffWhen(in.Ahead...); {
	case len(handlers.Patients(in.Ahead)) > 1: // one of them may want to be reminded all the same
		title = "Opted out, on a phone that several patients share: no text reminds of " + when +
			" any more. Call them: who is to be reminded, and where?"
	case keyword == "cancel" || keyword == "end": // stop all texts at the carrier
		title = "Opted out with a visit ahead on " + when +
			"; may have meant the visit. Call them."
	case in.Kind == kinds.OptOut: // words of their own may mean more than texts
		kind, title = kinds.OptOut, "Opted out in their own words, with a visit ahead on "+when+
			". Call them about the visit."
	case in.State.Consent.Out: // the desk was told when they did
		return
	default:
		title = "Opted out of texts, so no text reminds them of " + when +
			". Call them: do they come, and was it meant? Only they can undo it, with START."
	}
	last := in.Ahead[len(in.Ahead)-1]
	b.bring(handlers.Case{
		Channel: handlers.DeskChannel, Kind: kind, Title: title, Open: true,
		Matter: handlers.MatterOptOut, Visit: onlyOne(in.Ahead), Until: last.Start,
	})
}

// keepOptOut records an opt-out that a text contains besides anything else, even danger. The
// webhook's reply to it still leaves: the gate goes by the consent from before the text.
func keepOptOut(b *builder, in intent.Intent) {
	for _, kind := range []string{kinds.OptOut, kinds.Stop} {
		if slices.Contains(in.Said.Also, kind) {
			b.optedOut(in)
			if !intent.InDanger(in.Said) && in.Act != intent.OptOut { // else they say so themselves
				b.tellOptOut(in)
			}
		}
	}
}

// optedOut records the opt-out. The wish for discreet reminders is kept for when they opt in again.
func (b *builder) optedOut(in intent.Intent) {
	b.consents(in, true)
}
