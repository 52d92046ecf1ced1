package gate

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// KindReply is the kind of a row that answers a text which was fetched from the carrier's list: its
// webhook had failed, so the answer can't go back in the response.
const KindReply = "reply"

// What a text says of a visit, beyond when it is.
const (
	SaysPrepare = "prepare" // how to prepare
	AsksRide    = "ride"    // who drives the patient home?
	AsksComes   = "comes"   // does the patient come?
)

// Said returns a line of Outgoing.Says: what the text says (SaysPrepare …), of which visit.
func Said(what, visit string) string { return what + " " + visit }

// Note returns those of some visits of which a text says something (Outgoing.Says), each with what it
// says noted as of then.
func Note(visits []handlers.Visit, says string, at time.Time) (out []handlers.Visit) {
	said := strings.Split(says, "\n")
	for _, v := range visits {
		is := func(what string) bool { return slices.Contains(said, Said(what, v.ID)) }
		if !is(AsksRide) && !is(SaysPrepare) && !is(AsksComes) {
			continue
		}
		if is(AsksRide) {
			v.Asked = at
		}
		if is(SaysPrepare) {
			v.Prepared = at
		}
		if is(AsksComes) {
			v.AskedComes = at
		}
		out = append(out, v)
	}
	return out
}
