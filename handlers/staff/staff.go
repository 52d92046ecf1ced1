// Package staff does what the clinic's people do from their desk.
//
// [Handler.Command] runs a /clinic command: a row of its table names the method, which parses the
// line and calls the room that acts. [Handler.Reply] texts what staff write in a case's thread,
// [Handler.Press] does what a button says, and [Handler.OnCall] takes a case by phone.
package staff

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Handler carries out what the desk's staff do in Slack: commands, thread replies and buttons.
type Handler struct {
	Base      *knowledge.Base
	Store     handlers.Store
	Cases     Cases
	Texts     Texts
	Patients  Patients
	School    School
	Visits    *visits.Books
	Reminders *reminder.Reminders
	Waitlist  *waitlist.Handler
	Gate      *gate.Texter
	Bot       Asker
	Health    Health
	// Phone and Start read a number and a time as people write them. They are funcs since the room
	// that reads them is package main's, with the vendor's tables.
	Phone func(s string) (handlers.Phone, error)
	Start func(s string, zone *time.Location) (time.Time, error)
	Now   func() time.Time
	Meter Meter
	Log   *slog.Logger
}

// Cases reads the cases at the desk.
type Cases interface {
	// CaseIn reads the case of a thread, Case one by its id; ok is false if there is none.
	CaseIn(ctx context.Context, thread string) (c handlers.Case, ok bool, err error)
	Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error)
	// Untaken returns the alarms that nobody has. A call to the on-call phone may tell of several:
	// then pressing 1 takes them all.
	Untaken(ctx context.Context) ([]handlers.Case, error)
	// OpenCases counts the cases that wait.
	OpenCases(ctx context.Context) (int64, error)
}

// Texts reads the ledger of texts.
type Texts interface {
	// Failed returns the failed rows that staff haven't dismissed; FailedTexts counts them.
	Failed(ctx context.Context) ([]handlers.Record, error)
	FailedTexts(ctx context.Context) (int64, error)
	// Waiting counts the rows that wait to leave.
	Waiting(ctx context.Context) (int64, error)
}

// Patients reads what staff look up about patients.
type Patients interface {
	// Visits returns the visits that start in [from, to), soonest first.
	Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error)
	// Numbers returns the numbers that end in these four digits.
	Numbers(ctx context.Context, last4 string) ([]handlers.Phone, error)
	// Consents returns the history of a number's consent, oldest first.
	Consents(ctx context.Context, p handlers.Phone) ([]handlers.Consent, error)
}

// School keeps the wordings that staff teach the bot. Every process learns them within seconds.
type School interface {
	Teach(ctx context.Context, t knowledge.Taught) error
	// Forget drops a wording; false if it wasn't taught.
	Forget(ctx context.Context, ask string) (bool, error)
	Taught(ctx context.Context) ([]knowledge.Taught, error)
}

// Asker tries out a text.
type Asker interface {
	// Ask returns what the bot would answer. It changes and sends nothing.
	Ask(s handlers.State, body string) (handlers.Reply, error)
}

// Health tells the state of what Beacon depends on.
type Health interface {
	// Away returns for Redis, Twilio and Slack, by name, why each can't be used; nil if it can.
	Away(ctx context.Context) map[string]error
}

// Meter counts what staff have taken.
type Meter interface {
	// Taken counts a case that somebody took, by its kind, and how long after it came.
	Taken(kind string, after time.Duration)
}

// keep returns how long a person has a conversation after their last message in it.
func (h *Handler) keep() time.Duration {
	return time.Duration(h.Base.Clinic.Desk.PersonHours * float64(time.Hour))
}
