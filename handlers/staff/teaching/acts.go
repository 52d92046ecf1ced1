// Package teaching are the acts of staff on what the bot answers: what it would, what it can't, what
// it should learn and has learnt.
package teaching

import "github.com/beacon-clinic/beacon/handlers/staff/act"

// Acts returns the acts of this room, those that are typed in the order of the help.
func Acts() []act.Row {
	return []act.Row{
		act.Typed[Ask](
			"ask QUESTION", "what the bot would answer; nothing is sent", parseAsk,
		).Anywhere(),
		act.Typed[Propose](
			"propose [ENTRY]", "write what the bot should learn, in a form", parsePropose,
		),
		act.Bare[Gaps]("gaps", "what patients ask and nothing answers, the most frequent first"),
		act.Bare[Digest]("digest", "what the bot learnt this week, and what waits"),
		act.Typed[Teach](
			"teach ENTRY WORDING",
			"propose a wording of an entry, without anything that names a patient",
			parseTeach,
		),
		act.Typed[Publish](
			"publish CODE", "see what a proposal would change, and have the bot learn it",
			parsePublish,
		),
		act.Typed[Forget](
			"forget CODE|WORDING", "take back what was proposed or published", parseForget,
		),
		act.Bare[Taught]("taught", "what was proposed and published, and isn't in the files yet"),
	}
}
