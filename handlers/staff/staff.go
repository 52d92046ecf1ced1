// Package staff does what the clinic's staff ask for from their desk, or by phone.
//
// [Handler.Command] runs a /clinic command: a row of its table names the method, which parses the
// line and calls the package that acts. [Handler.Reply] texts what staff write in a case's thread,
// [Handler.Press] does what a button says, and [Handler.OnCall] takes a case by phone.
//
// Whoever writes to a patient, or takes their case, has the conversation: the bot stays silent for
// that number until they hand it back or have been silent for a while.
//
// All of it is idempotent by the event's id, since Slack and the carrier repeat what they have had
// no answer to. What is decided about a number is decided within its turn, from the state as it is
// then.
//
// Answers name a patient by the number's last four digits. A first name, the patient's words and
// what they come for are veiled in them ([veil.Veiled]), and shown only where they may be.
package staff

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Handler handles commands, thread replies, buttons and keys. All fields are needed. It holds no
// state of its own, so its methods may be called concurrently.
type Handler struct {
	Base      *knowledge.Base
	Store     handlers.Store
	Cases     Cases
	Texts     Texts
	Patients  Patients
	School    *learning.School
	Feeds     Links
	Visits    *visits.Books
	Reminders *reminder.Reminders // for why
	Waitlist  *waitlist.Handler
	Gate      *gate.Texter // says whether a failed text may be sent again
	Bot       Asker
	Health    Health // the process's own, set once its probes are known
	Audit     Audit
	Calls     Calls
	Pending   Pending
	Rights    Rights
	NoCalls   string // why Beacon can't call anybody; "" if it can
	// Phone reads a number as people write it; its error is shown to staff. It is a func because
	// the package that reads it belongs to package main, with its vendor's tables of numbers.
	Phone func(s string) (handlers.Phone, error)
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger

	Broadcasts Broadcasts
	Figures    Figures
	// Draw draws values as bars, as a PNG. It is a func since pictures are a vendor's.
	Draw func(values []int) ([]byte, error)
}

// Cases reads the cases at the desk.
type Cases interface {
	// CaseIn reads the case of a thread, open or closed; ok is false if there is none.
	CaseIn(ctx context.Context, thread string) (c handlers.Case, ok bool, err error)
	// Case reads a case by its id, likewise.
	Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error)
	// Draft reads what a member of staff wrote without sending it; ok is false if there is none.
	Draft(ctx context.Context, id string) (d handlers.Draft, ok bool, err error)
	// Untaken returns the open alarms that nobody has taken. A call to the on-call phone may tell
	// of several, and pressing 1 then takes them all.
	Untaken(ctx context.Context) ([]handlers.Case, error)
	// AllOpen returns the open cases, of all numbers and of none, oldest first, a thousand at most.
	AllOpen(ctx context.Context) ([]handlers.Case, error)
	// OpenCases counts the open cases.
	OpenCases(ctx context.Context) (int64, error)
}

// Texts reads the ledger of texts.
type Texts interface {
	// Failed returns the failed rows that staff haven't dismissed, the latest failure first.
	Failed(ctx context.Context) ([]handlers.Record, error)
	// FailedTexts counts them.
	FailedTexts(ctx context.Context) (int64, error)
	// Row reads a row; the zero row if there is none.
	Row(ctx context.Context, id string) (handlers.Outgoing, error)
	// Records returns a number's rows with their history.
	Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)
	// Waiting counts the rows that are planned, due or not.
	Waiting(ctx context.Context) (int64, error)
}

// Patients reads what staff look up about patients.
//
// Its errors are the store's: a number that isn't known has no visits and no history.
type Patients interface {
	// Visits returns the visits that start in [from, to), soonest first.
	Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error)
	// Numbers returns the numbers that end in these four digits.
	Numbers(ctx context.Context, last4 string) ([]handlers.Phone, error)
	// Consents returns the history of a number's consent, oldest first.
	Consents(ctx context.Context, p handlers.Phone) ([]handlers.Consent, error)
	// Ref returns what a number is called where it must not stand itself, and ByRef the number that
	// is called so; ok is false if it isn't known.
	Ref(ctx context.Context, p handlers.Phone) (string, error)
	ByRef(ctx context.Context, ref string) (p handlers.Phone, ok bool, err error)
	// Transcript returns what a number and we wrote to each other, oldest first.
	Transcript(ctx context.Context, p handlers.Phone) ([]handlers.Said, error)
}

// Links keeps which patients feeds mean by names or codes without a number.
type Links interface {
	// Link stores a link in place of the one that the code had. One without a number takes it back.
	Link(ctx context.Context, l handlers.Link) error
}

// Asker says what the bot would make of a text.
type Asker interface {
	// Ask returns what the bot would answer. It changes and sends nothing.
	Ask(s handlers.State, body string) (handlers.Reply, error)
}

// Health tells the state of what Beacon depends on.
type Health interface {
	// Away returns for Redis, Twilio and Slack, by name, why each can't be used; a nil error if it
	// can.
	Away(ctx context.Context) map[string]error
	// Bots returns what staff must know of bots that run on other words or in another version than
	// others; "" if there is nothing.
	Bots() string
}

// Audit keeps who of the staff did and saw what.
type Audit interface {
	// Record writes an act down, once for its event. After an error the act must not be done.
	Record(ctx context.Context, a audit.Act) error
	// Audit returns what was written down since a time, oldest first.
	Audit(ctx context.Context, since time.Time) ([]audit.Acted, error)
}

// Meter counts the cases that staff take.
type Meter interface {
	// Taken counts a case that somebody took, by its kind, and how long after it came.
	Taken(kind string, after time.Duration)
}

// keep returns how long a person has a conversation after they took it or last wrote in it. Then
// the bot answers again: a patient must not be left without an answer because somebody forgot to
// hand it back.
func (h *Handler) keep() time.Duration {
	return time.Duration(h.Base.Clinic.Desk.PersonHours * float64(time.Hour))
}
