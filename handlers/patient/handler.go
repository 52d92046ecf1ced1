// Package patient answers a patient's text: danger first, then consent, then the visit, then the
// question. What has no sure answer goes to a person.
//
// [Handler.Receive] takes a text from its webhook, [Handler.CatchUp] one from the carrier's list.
// Package intent says what the text means; decide carries that out, with one file per action. A
// text of danger goes through straight.go, which answers it and tells people even without the
// store; [Handler.Restore] stores it later.
//
// An action only fills the builder that it is given: the reply, and the effects that the store
// writes with it in one step. It sends nothing and keeps nothing, since the store decides a text
// again if somebody else wrote the number meanwhile.
package patient

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Handler answers the texts of patients. Its fields are set before the first text; after that it is
// safe for concurrent use, as webhooks call it in parallel.
type Handler struct {
	Base  *knowledge.Base
	Store handlers.Store
	// Gate rules on every reply (an opted-out number gets none), and sends the fixed words without
	// the ledger while the store is away.
	Gate *gate.Texter
	// Poster tells people of a patient in danger without the store, should it be away.
	Poster  *desk.Poster
	Visits  *visits.Books // books the slot that a patient takes
	History History
	// Refusals are what TellRefused shows.
	Refusals Refusals

	// Live says that entries which await the clinic's review go to a person instead of being sent.
	Live  bool
	Now   func() time.Time // the clock; a test turns it
	Meter Meter
	Log   *slog.Logger

	unstored unstored // texts of danger that the store hasn't taken
	memory   memory   // who wrote them
	shown    shown    // of what wasn't answered
}

// History reads the ledger of texts.
type History interface {
	// TurnWithRecords is the store's Turn with the rows of the number's texts, read in the same
	// step. The last question gives a bare YES or NO its meaning, and a text of ours that comes
	// back is known by them.
	TurnWithRecords(
		ctx context.Context, id string, p handlers.Phone,
		decide func(handlers.State, []handlers.Record) (handlers.Effects, error),
	) (r handlers.Reply, again bool, err error)
}

// Meter counts what became of texts that came in.
type Meter interface {
	// Answered counts a text by the kind of its reply, and how long deciding and storing it took.
	// A text that comes again isn't counted again.
	Answered(kind string, took time.Duration)
	// Replied counts the segments of an answer, and Unanswered a text that isn't answered for what an
	// answer would cost, by budget.RefusedReach and so on.
	Replied(segments int)
	Unanswered(why string)
	// Replayed counts a text that came again long after it was answered.
	Replayed()
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}

// Refusals reads which texts weren't answered for what an answer would cost.
type Refusals interface {
	// Refused returns the last stretch in which there were such texts; zero if there was none
	// lately.
	Refused(ctx context.Context) (budget.Stretch, error)
}
