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

// Handler is the desk's people.
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

// Cases are the matters at the desk.
type Cases interface {
	// CaseIn reads the case of a thread, Case one by its id; ok is false if there is none.
	CaseIn(ctx context.Context, thread string) (c handlers.Case, ok bool, err error)
	Case(ctx context.Context, id string) (c handlers.Case, ok bool, err error)
	// Untaken are the alarms that nobody has; a call may tell of several, and then takes them all.
	Untaken(ctx context.Context) ([]handlers.Case, error)
	// OpenCases counts the cases that wait.
	OpenCases(ctx context.Context) (int64, error)
}

// Texts are the rows of the ledger of texts that staff look at.
type Texts interface {
	// Failed are the rows that failed and that nobody has seen to; FailedTexts counts them.
	Failed(ctx context.Context) ([]handlers.Record, error)
	FailedTexts(ctx context.Context) (int64, error)
	// Waiting counts the rows that wait to leave.
	Waiting(ctx context.Context) (int64, error)
}

// Patients is what staff look up of patients.
type Patients interface {
	// Visits are those that start in [from, to), soonest first.
	Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error)
	// Numbers are those that end in four digits.
	Numbers(ctx context.Context, last4 string) ([]handlers.Phone, error)
	// Consents is the ledger of a number's consent, oldest first.
	Consents(ctx context.Context, p handlers.Phone) ([]handlers.Consent, error)
}

// School keeps what staff teach the bot; every process learns it within seconds.
type School interface {
	Teach(ctx context.Context, t knowledge.Taught) error
	Forget(ctx context.Context, ask string) (bool, error)
	Taught(ctx context.Context) ([]knowledge.Taught, error)
}

// Asker says what the bot would answer.
type Asker interface {
	Ask(s handlers.State, body string) (handlers.Reply, error)
}

// Health is the state of what Beacon stands on.
type Health interface {
	// Away says of Redis, Twilio and Slack, by name, why it can't be used; nil if it can.
	Away(ctx context.Context) map[string]error
}

// Meter counts what staff have taken.
type Meter interface {
	// Taken counts a case that somebody took, by its kind, and how long after it came.
	Taken(kind string, after time.Duration)
}

// keep is how long a person has a conversation after their last word.
func (h *Handler) keep() time.Duration {
	return time.Duration(h.Base.Clinic.Desk.PersonHours * float64(time.Hour))
}
