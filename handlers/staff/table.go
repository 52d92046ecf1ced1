package staff

import "slices"

// The rows' desk: whether an act is only given from the desk.
const anywhere, atDesk = false, true

// table returns every act, those that are typed in the order of the help. It is a func since help,
// one of its rows, reads it.
func table() []row {
	return slices.Concat(
		[]row{{"help", "what you can do here", anywhere, bare[Help], as[Help]}},
		caseActs(), visitActs(), patientActs(), callActs(), textActs(), knowledgeActs(),
		[]row{{
			"status", "what waits, and whether Redis, Twilio and Slack answer", anywhere,
			bare[Status], as[Status],
		}, {
			"audit [LAST4|PHONE] [@USER] [DAY]", "who did and saw what, in the last week or on a day",
			atDesk, parseAudit, as[History],
		}},
	)
}

// caseActs are the acts on what waits at the desk.
func caseActs() []row {
	return []row{
		{
			"waiting", "what waits, since when and for whom, oldest first", atDesk,
			bare[Waiting], as[Waiting],
		},
		{
			"snooze LAST4|PHONE [3pm | tomorrow 9 | in 2 hours]",
			"be reminded of a patient's card then, and have nobody told again before", atDesk,
			parseSnooze, as[Snooze],
		},
		{
			"assign LAST4|PHONE @COLLEAGUE|me", "give a patient's card to a colleague", atDesk,
			parseAssign, as[Assign],
		},
		{usage: "case", desk: atDesk, decode: as[OnCase]},
	}
}

// visitActs are the acts on visits and on the waitlist for them.
func visitActs() []row {
	const list = "waitlist add WHO TYPE [from DATE] [notice 24h] | list | remove WHO [TYPE]"
	return []row{
		{"today [DAY]", "a day's visits, and who has confirmed", atDesk, parseToday, as[Today]},
		{
			"find NAME|LAST4|DAY", "patients by name or digits, or the visits of a day", atDesk,
			parseFind, as[Find],
		},
		{
			"book WHO WHEN [TYPE] [en|es] [NAME]",
			"book a visit; a new patient needs number, type and name; without arguments a form opens",
			atDesk, parseBook, as[Book],
		},
		{usage: "book_it", desk: atDesk, decode: as[BookIt]},
		{
			"move WHO [WHEN to] WHEN", "move a visit: move ana fri 9; they are texted the new time",
			atDesk, parseMove, as[Move],
		},
		{
			"off WHO [WHEN]", "take a visit off; its time is offered to the waitlist", atDesk,
			parseOff, as[Off],
		},
		{
			"visit WHO [WHEN]", "a visit, with all that can be done about it", atDesk, parseVisit,
			as[OpenVisit],
		},
		{usage: "undo", desk: atDesk, decode: as[Undo]},
		{usage: "leave", desk: atDesk, decode: as[Leave]},
		{"arrived WHO", "a patient is here", atDesk, parseArrived, as[Arrived]},
		{"noshow WHO", "a patient didn't come", atDesk, parseNoShow, as[NoShow]},
		{"late WHO [MINUTES]", "a patient comes late", atDesk, parseLate, as[Late]},
		{
			"link PHONE|none FEED CODE [= NAME]",
			"say whose visits are that a feed gives under a name or code without a number",
			atDesk, parseLink, as[Link],
		},
		{list, "who is texted when a time becomes free", atDesk, parseWaitlist, as[WaitlistList]},
		{usage: "waitlist_add", desk: atDesk, decode: as[WaitlistAdd]},
		{usage: "waitlist_remove", desk: atDesk, decode: as[WaitlistRemove]},
	}
}

// patientActs are the acts that reach a patient, or show what is known of one.
func patientActs() []row {
	return []row{
		{
			"say WHO TEXT|!TEMPLATE", "text a patient; the conversation is yours until you hand it back",
			atDesk, parseSay, as[Say],
		},
		{usage: "write", desk: atDesk, decode: as[Write]},
		{"templates", "the texts that can be sent by name", atDesk, bare[Templates], as[Templates]},
		{
			"transcript WHO", "the whole conversation with a patient, as a file for you",
			atDesk, parseTranscript, as[Transcript],
		},
		{usage: "send_draft", desk: atDesk, decode: as[SendDraft]},
		{usage: "drop_draft", desk: atDesk, decode: as[DropDraft]},
		{usage: "correct", desk: atDesk, decode: as[Correct]},
		{
			"consent WHO [given HOW]",
			"whether a number may be texted: who said so, when, in which words; or record that " +
				"they consented, at intake say",
			atDesk, parseConsent, as[Consent],
		},
		{
			"why WHO", "why a number got each text and offer, or didn't; and what is planned",
			atDesk, parseWhy, as[Why],
		},
	}
}

// callActs are the acts that reach a patient by phone, or show what a member of staff alone sees.
func callActs() []row {
	return []row{
		{
			"call LAST4|PHONE", "ring your phone, then the patient's; neither sees the other's",
			atDesk, parseCall, as[Call],
		},
		{
			"me [PHONE|off]", "which phone is yours, to call patients from",
			atDesk, parseMe, as[Me],
		},
		{
			"number LAST4|PHONE", "a patient's whole number, for you alone",
			atDesk, parseNumber, as[ShowNumber],
		},
		{usage: "words", desk: atDesk, decode: as[ShowWords]},
	}
}

// textActs are the acts on texts that failed, and on those to many.
func textActs() []row {
	return []row{
		{
			"failed", "texts that failed and that nobody has seen to", atDesk,
			bare[Failed], as[Failed],
		},
		{
			"broadcast [DAY]", "text everybody with a visit on a day: a storm closes the clinic; " +
				"a second person must agree",
			atDesk, parseBroadcast, as[Broadcast],
		},
		{usage: "broadcast_agree", desk: atDesk, decode: as[AgreeTo]},
		{usage: "broadcast_drop", desk: atDesk, decode: as[Withdraw]},
		{usage: "broadcast_missed", desk: atDesk, decode: as[Unreached]},
		{"retry CODE|all", "send a failed text again", atDesk, parseRetry, as[Retry]},
		{"dismiss CODE|all", "take a failed text off the list", atDesk, parseDismiss, as[Dismiss]},
	}
}
