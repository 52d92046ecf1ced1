// Package patient answers a patient's text: danger first, then consent, then the visit, then the
// question. What has no sure answer goes to a person.
//
// [Handler.Receive] takes a text from its webhook, [Handler.CatchUp] one from the carrier's list.
// Package intent says what the text means; decide carries that out, with one file per action. A
// text of danger goes through straight.go, which answers it and tells people even without the
// store; [Handler.Restore] stores it later.
package patient

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Handler answers the texts of patients.
type Handler struct {
	Base  *knowledge.Base
	Store handlers.Store
	Gate  *gate.Texter
	// Poster tells people of a patient in danger without the store, should it be away.
	Poster  *desk.Poster
	Visits  *visits.Books
	History History

	Live  bool // entries that await the clinic's review go to a person instead of being sent
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger

	unstored unstored // texts of danger that the store hasn't taken
	memory   memory   // who wrote them
}

// History reads the ledger of texts.
type History interface {
	// Records returns the rows of a number's texts. The last question gives a bare YES or NO its
	// meaning.
	Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)
}

// Meter counts what became of texts that came in.
type Meter interface {
	// Answered counts a text by the kind of its reply, and how long that took.
	Answered(kind string, took time.Duration)
	// Panicked counts a panic that was recovered.
	Panicked(what string)
}
