// Package schedule are the acts of staff on visits and on the waitlist for them: a day, a visit, what
// becomes of it. What a patient would feel is held for a minute, in which it can be undone.
package schedule

import "github.com/beacon-clinic/beacon/handlers/staff/act"

// Acts returns the acts of this room, those that are typed in the order of the help.
func Acts() []act.Row {
	const list = "waitlist add WHO TYPE [from DATE] [notice 24h] | list | remove WHO [TYPE]"
	return []act.Row{
		act.Typed[Today]("today [DAY]", "a day's visits, and who has confirmed", parseToday),
		act.Typed[Find](
			"find NAME|LAST4|DAY", "patients by name or digits, or the visits of a day", parseFind,
		),
		act.Typed[Book](
			"book WHO WHEN [TYPE] [en|es] [NAME]",
			"book a visit; a new patient needs number, type and name; without arguments a form opens",
			parseBook,
		),
		act.Untyped[BookIt](),
		act.Typed[Move](
			"move WHO [WHEN to] WHEN",
			"move a visit: move ana fri 9; they are texted the new time",
			parseMove,
		),
		act.Typed[Off](
			"off WHO [WHEN]", "take a visit off; its time is offered to the waitlist", parseOff,
		),
		act.Typed[OpenVisit](
			"visit WHO [WHEN]", "a visit, with all that can be done about it", parseVisit,
		),
		act.Untyped[Undo](),
		act.Typed[Arrived]("arrived WHO", "a patient is here", parseArrived),
		act.Typed[NoShow]("noshow WHO", "a patient didn't come", parseNoShow),
		act.Typed[Late]("late WHO [MINUTES]", "a patient comes late", parseLate),
		act.Typed[Link](
			"link PHONE|none FEED CODE [= NAME]",
			"say whose visits are that a feed gives under a name or code without a number",
			parseLink,
		),
		act.Typed[WaitlistList](list, "who is texted when a time becomes free", parseWaitlist),
		act.Untyped[WaitlistAdd](),
		act.Untyped[WaitlistRemove](),
	}
}
