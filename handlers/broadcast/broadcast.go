// Package broadcast texts everybody who has a visit in a span of time: a storm closes the clinic.
//
// One member of staff asks for it and sees who would be texted ([Handler.Plan], [Handler.Ask]),
// another agrees ([Handler.Agree]), and for a minute anybody may take it back ([Handler.Drop]).
// Then each number gets a row in the ledger, which passes the gate as every text does ([Handler.Step],
// [Handler.Compose]). All of it is one case at the desk, whose card shows how far it is.
//
// Such a text is about the patient's own visit on that very day, so no cap holds it back. An
// opt-out always does, and so does everything else by which a text would be wrong; staff then get a
// card to call. See [Handler.Compose] for the hours.
package broadcast

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Undo is how long a broadcast that a second person has agreed to can be taken back.
const Undo = time.Minute

const (
	// agreeWithin is how long a second person has to agree. A storm that was asked about in the
	// morning must not be confirmed at night by mistake.
	agreeWithin = 2 * time.Hour
	// lookEvery is the pause between two looks at what has become of the texts.
	lookEvery = 4 * time.Second
	// receipts is how long after the last text has left receipts are waited for.
	receipts = 20 * time.Minute
)

// Handler handles broadcasts. All fields are needed. It holds no state of its own, so its methods
// may be called concurrently.
type Handler struct {
	Base   *knowledge.Base
	Store  handlers.Store
	Visits Visits
	Rows   Rows
	Books  Books
	Gate   *gate.Texter // says which numbers aren't texted, and which words
	Now    func() time.Time
	Log    *slog.Logger
}

// Visits reads the visits of all numbers.
type Visits interface {
	// Visits returns the visits that start in [from, to), soonest first.
	Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error)
}

// Rows reads the ledger of texts.
type Rows interface {
	// RowsOf reads rows by their ids, without those that have expired.
	RowsOf(ctx context.Context, ids []string) ([]handlers.Outgoing, error)
}

// Books takes visits off.
type Books interface {
	// CallOff takes a visit off without offering its time to anybody. id names the event. ok is
	// false if it has changed since it was seen.
	CallOff(ctx context.Context, id string, seen handlers.Visit) (ok bool, err error)
}
