package staff

import (
	"slices"

	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/cases"
	"github.com/beacon-clinic/beacon/handlers/staff/contact"
	"github.com/beacon-clinic/beacon/handlers/staff/home"
	"github.com/beacon-clinic/beacon/handlers/staff/schedule"
	"github.com/beacon-clinic/beacon/handlers/staff/teaching"
	"github.com/beacon-clinic/beacon/handlers/staff/texts"
)

// table returns every act, those that are typed in the order of the help. It is a func since help,
// one of its rows, reads it.
func table() []act.Row {
	return slices.Concat(
		[]act.Row{act.Bare[Help]("help", "what you can do here").Anywhere(), act.Untyped[act.Leave]()},
		cases.Acts(), schedule.Acts(), contact.Acts(), texts.Acts(), teaching.Acts(),
		[]act.Row{
			act.Bare[home.Status](
				"status", "what waits, and whether Redis, Twilio and Slack answer",
			).Anywhere(),
			act.Typed[History](
				"audit [WHO] [@USER] [DAY]",
				"who did and saw what, in the last week or on a day", parseAudit,
			),
		},
	)
}
