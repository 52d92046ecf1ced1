package act

import (
	"context"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Kit is what every act works with. All fields are needed.
type Kit struct {
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

// Calls knows the phones of staff.
type Calls interface {
	// OwnPhone returns the phone of a member of staff; one with their id alone if none is known.
	OwnPhone(ctx context.Context, user string) (handlers.OwnPhone, error)
	// SetOwnPhone stores it. One without a number is forgotten.
	SetOwnPhone(ctx context.Context, o handlers.OwnPhone) error
}

// Broadcasts texts everybody who has a visit on a day: see package broadcast.
type Broadcasts interface {
	// Plan returns whom a broadcast would be for, and what each would be texted.
	Plan(ctx context.Context, b handlers.Broadcast) ([]broadcast.Recipient, error)
	// Faults returns what is wrong with staff's own words, by language.
	Faults(b handlers.Broadcast) map[string]string
	// Words returns what it says, a line a language.
	Words(b handlers.Broadcast) []string
	// Ask brings it to the desk, for a second person to agree to.
	Ask(
		ctx context.Context, event, user string, b handlers.Broadcast, plan []broadcast.Recipient,
	) error
	// Agree has it sent, and Drop doesn't; each returns why not, "" if so.
	Agree(ctx context.Context, event, id, user string) (why string, err error)
	Drop(ctx context.Context, event, id, user string) (why string, err error)
	// Unreached returns the rows of those who must be called.
	Unreached(ctx context.Context, c handlers.Case) ([]handlers.Outgoing, error)
}

// Pending keeps the acts of staff that aren't done yet.
type Pending interface {
	// Pending reads one by its id; ok is false if it is done, taken back or forgotten.
	Pending(ctx context.Context, id string) (p handlers.Pending, ok bool, err error)
	// TakeBack keeps one from being done; it returns handlers.TakenBack, or TooLate.
	TakeBack(ctx context.Context, id string) (string, error)
	// ClaimPending takes up to n of those that are due, each until the lease ends.
	ClaimPending(
		ctx context.Context, now time.Time, n int, lease time.Duration,
	) ([]handlers.Pending, error)
	// SettlePending ends one, or has it tried again then.
	SettlePending(ctx context.Context, p handlers.Pending, again time.Time) error
}

// Figures reads what was counted.
type Figures interface {
	// Figures returns what was counted on some days, in their order.
	Figures(ctx context.Context, days []string) ([]figures.Day, error)
}

// Card returns the case with an id, or without one that of a thread; false if there is none.
func (k *Kit) Card(ctx context.Context, id, thread string) (handlers.Case, bool, error) {
	switch {
	case id != "":
		return k.Cases.Case(ctx, id)
	case thread != "":
		return k.Cases.CaseIn(ctx, thread)
	}
	return handlers.Case{}, false, nil
}

// Keep returns how long a person has a conversation after they took it or last wrote in it. Then
// the bot answers again: a patient must not be left without an answer because somebody forgot to
// hand it back.
func (k *Kit) Keep() time.Duration {
	return time.Duration(k.Base.Clinic.Desk.PersonHours * float64(time.Hour))
}
