// Package patient answers a patient's text: danger first, then consent, then the visit, then the
// question; what has no sure answer goes to a person. Package intent says what a text means; decide
// carries that out, one action a file.
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

// Handler receives the texts.
type Handler struct {
	Base  *knowledge.Base
	Store handlers.Store
	Gate  *gate.Texter
	// Poster tells people past the store of a patient in danger whom it can't take now.
	Poster  *desk.Poster
	Visits  *visits.Books
	History History

	Live  bool // what awaits the clinic's review goes to a person
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger

	unstored unstored
	memory   memory
}

// History reads the ledger of texts.
type History interface {
	// Records returns the rows of a number's texts: what was asked last gives a bare YES or NO its
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
