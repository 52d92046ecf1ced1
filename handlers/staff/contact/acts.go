// Package contact are the acts of staff that reach a patient, by text or by phone, or that show what
// is known of one: words, number, consent, why.
package contact

import "github.com/beacon-clinic/beacon/handlers/staff/act"

// Acts returns the acts of this room, those that are typed in the order of the help.
func Acts() []act.Row {
	return []act.Row{
		act.Typed[Say](
			"say WHO TEXT|!TEMPLATE",
			"text a patient; the conversation is yours until you hand it back",
			parseSay,
		),
		act.Untyped[Write](),
		act.Bare[Templates]("templates", "the texts that can be sent by name"),
		act.Typed[Transcript](
			"transcript WHO", "the whole conversation with a patient, as a file for you",
			parseTranscript,
		),
		act.Typed[Consent](
			"consent WHO [given HOW]",
			"whether a number may be texted: who said so, when, in which words; or record that "+
				"they consented, at intake say",
			parseConsent,
		),
		act.Typed[Why](
			"why WHO", "why a number got each text and offer, or didn't; and what is planned",
			parseWhy,
		),
		act.Typed[Call](
			"call WHO", "ring your phone, then the patient's; neither sees the other's",
			parseCall,
		),
		act.Typed[Me]("me [PHONE|off]", "which phone is yours, to call patients from", parseMe),
		act.Typed[ShowNumber](
			"number WHO", "a patient's whole number, for you alone", parseNumber,
		),
		act.Untyped[ShowWords](),
	}
}
