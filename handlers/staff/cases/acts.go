// Package cases are the acts of staff on what waits at the desk: the list, who has it and until when,
// what a card's buttons do, and what is written in its thread.
package cases

import "github.com/beacon-clinic/beacon/handlers/staff/act"

// Acts returns the acts of this room, those that are typed in the order of the help.
func Acts() []act.Row {
	return []act.Row{
		act.Bare[Waiting]("waiting", "what waits, since when and for whom, oldest first"),
		act.Typed[Snooze](
			"snooze WHO [3pm | tomorrow 9 | in 2 hours]",
			"be reminded of a patient's card then, and have nobody told again before",
			parseSnooze,
		),
		act.Typed[Assign](
			"assign WHO @COLLEAGUE|me", "give a patient's card to a colleague", parseAssign,
		),
		act.Untyped[SendDraft](),
		act.Untyped[DropDraft](),
		act.Untyped[Correct](),
	}
}
