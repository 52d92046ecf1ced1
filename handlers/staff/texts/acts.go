// Package texts are the acts of staff on texts that the bot sends: those that failed, and those to
// all who have a visit on a day.
package texts

import "github.com/beacon-clinic/beacon/handlers/staff/act"

// Acts returns the acts of this room, those that are typed in the order of the help.
func Acts() []act.Row {
	return []act.Row{
		act.Bare[Failed]("failed", "texts that failed and that nobody has seen to"),
		act.Typed[Broadcast](
			"broadcast [DAY]",
			"text everybody with a visit on a day: a storm closes the clinic; "+
				"a second person must agree",
			parseBroadcast,
		),
		act.Untyped[AgreeTo](),
		act.Untyped[Withdraw](),
		act.Untyped[Unreached](),
		act.Typed[Retry]("retry CODE|all", "send a failed text again", parseRetry),
		act.Typed[Dismiss]("dismiss CODE|all", "take a failed text off the list", parseDismiss),
	}
}
