// Package staff does what the clinic's people do from their desk: give a command, write in a thread, press a button.
package staff

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

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

// Meter counts what staff have taken.
type Meter interface {
	// Taken counts a case that somebody took, by its kind, and how long after it came.
	Taken(kind string, after time.Duration)
}

// ErrNoCase says that a card's case isn't known: it was posted this moment and is being written down, or is long over. Slack asks again.
var ErrNoCase = errors.New("staff: no case of that thread is known")

// Reply takes what a staff member wrote in a thread to the patient: it lies in the ledger when Reply returns. From then on a person has
// the conversation.
func (h *Handler) Reply(ctx context.Context, r handlers.ThreadReply) error {
	c, ok, err := h.Cases.CaseIn(ctx, r.Thread)
	if err != nil {
		return err
	}
	if !ok {
		if r.Case {
			return ErrNoCase
		}
		return nil // staff talking among themselves
	}
	switch {
	case c.Kind == kinds.Away: // a line that tells of an outage
		id := r.ID + ":refused"
		_, _, err := h.Store.Turn(ctx, id, handlers.Phone{}, func(handlers.State) (handlers.Effects, error) {
			return h.unsent(c, r, nobodys), nil
		})
		return err
	case c.Slot():
		return h.Waitlist.Refuse(ctx, c.ID, r.ID, nobodys)
	}
	_, _, err = h.Store.Turn(ctx, r.ID, c.Phone, func(s handlers.State) (handlers.Effects, error) {
		if c.Phone.IsZero() {
			return h.unsent(c, r, "Not sent: this thread reaches nobody's phone."), nil
		}
		return h.reply(s, c, r), nil
	})
	return err
}

// nobodys is why what staff write in a thread that is no number's isn't sent.
const nobodys = "Not sent: this thread reaches no patient. Text one with /clinic say."

// unsent marks what staff wrote as refused.
func (h *Handler) unsent(c handlers.Case, r handlers.ThreadReply, why string) handlers.Effects {
	return handlers.Effects{Posts: []handlers.Post{{
		ID: r.ID + ":refused", Case: c.ID, Do: desk.PostMark, Mark: r.ID,
		State: desk.Refused, Why: why, Due: h.Now(),
	}}}
}

func (h *Handler) reply(s handlers.State, c handlers.Case, r handlers.ThreadReply) handlers.Effects {
	now := h.Now()
	if s.Consent.Out {
		return h.unsent(c, r, "Not sent: this number has opted out of texts. Please call.")
	}
	talk := s.Conversation
	talk.Taken, talk.By, talk.Choices, talk.Stood = now.Add(h.keep()), r.User, nil, now
	e := handlers.Effects{
		Conversation: &talk,
		Texts:        []handlers.Outgoing{{ID: r.ID, To: c.Phone, Kind: "staff", Body: r.Text, Case: c.ID, Mark: r.ID, Due: now}},
	}
	for _, open := range s.Cases {
		if open.ID == c.ID && open.TakenBy != r.User {
			open.TakenBy = r.User
			e.Cases = append(e.Cases, open)
			e.Posts = append(e.Posts, handlers.Post{ID: r.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now})
		}
	}
	return e
}

// keep is how long a person has a conversation after their last word.
func (h *Handler) keep() time.Duration {
	return time.Duration(h.Base.Clinic.Desk.PersonHours * float64(time.Hour))
}

// Press does what a button says.
func (h *Handler) Press(ctx context.Context, p handlers.Press) error {
	c, ok, err := h.Cases.CaseIn(ctx, p.Thread)
	if err == nil && !ok {
		err = ErrNoCase
	}
	if err != nil {
		return err
	}
	if c.Slot() {
		return h.slotPress(ctx, c, p)
	}
	_, err = h.do(ctx, c, p)
	return err
}

// slotPress does what a button of a slot's card says.
func (h *Handler) slotPress(ctx context.Context, c handlers.Case, p handlers.Press) (err error) {
	did := false
	switch p.Action {
	case desk.ActionStop:
		did, err = h.Waitlist.Stop(ctx, c.ID, p.User)
	case desk.ActionDone:
		did, err = h.Waitlist.Close(ctx, c.ID, p.User)
	}
	if did {
		h.Log.Info("pressed", "action", p.Action, "user", p.User, "case", c.ID)
	}
	return err
}

// OnCall is the clinic's on-call phone, rung about a case, or about all that nobody has (caseID ""): 1 takes them. It returns what is said back.
func (h *Handler) OnCall(ctx context.Context, call, caseID, digits string) (string, error) {
	if digits != "1" {
		return "", nil
	}
	cases, err := h.Cases.Untaken(ctx)
	if caseID != "" {
		c, ok, err1 := h.Cases.Case(ctx, caseID)
		if err1 != nil || !ok {
			return "", err1
		}
		cases, err = []handlers.Case{c}, nil
	}
	say := replies.OnCallLate
	for _, c := range cases {
		taken, err1 := h.do(ctx, c, handlers.Press{
			ID: "call:" + call + ":" + c.ID, Action: desk.ActionTake, User: "on call",
		})
		err = errors.Join(err, err1)
		if taken {
			say = replies.OnCallTaken
		}
	}
	if err != nil {
		return "", err
	}
	return h.Base.Reply(say, "en", nil)
}

// do presses a button of a case that is open; false if there was nothing left to do.
func (h *Handler) do(ctx context.Context, c handlers.Case, p handlers.Press) (did bool, err error) {
	row, err := h.failedRow(ctx, c)
	if err != nil {
		return false, err
	}
	_, again, err := h.Store.Turn(ctx, p.ID, c.Phone, func(s handlers.State) (handlers.Effects, error) {
		did = false
		for _, open := range s.Cases {
			if open.ID == c.ID {
				e := h.press(s, open, row, p)
				did = len(e.Cases) > 0
				return e, nil
			}
		}
		return handlers.Effects{}, nil // it is closed already
	})
	if err != nil || again {
		return again, err
	}
	if did && (p.Action == desk.ActionTake || p.Action == desk.ActionRead || p.Action == desk.ActionDanger) {
		h.Meter.Taken(c.Kind, h.Now().Sub(c.Began()))
	}
	h.Log.Info("pressed", "action", p.Action, "user", p.User, "case", c.ID, "phone", c.Phone, "after", h.Now().Sub(c.Began()).String())
	return did, nil
}

func (h *Handler) press(s handlers.State, c handlers.Case, row handlers.Outgoing, p handlers.Press) handlers.Effects {
	now, talk, note := h.Now(), s.Conversation, ""
	if c.Row != "" && (p.Action == desk.ActionRetry || p.Action == desk.ActionDone) {
		return h.seenTo(s, row, p.Action, p.User, p.ID)
	}
	switch p.Action {
	case desk.ActionRead, desk.ActionDanger:
		return h.judge(s, c, p)
	case desk.ActionTake:
		if c.TakenBy != "" && c.Channel == handlers.UrgentChannel {
			return handlers.Effects{} // somebody was quicker
		}
		after := now.Sub(c.Began()).Round(time.Minute)
		c.TakenBy, c.TakenAt, note = p.User, now, fmt.Sprintf("has this, %d minutes after it came.", int(after.Minutes()))
		talk.Taken, talk.By = now.Add(h.keep()), p.User
	case desk.ActionHandBack:
		c.TakenBy, c.Open, note = "", false, "handed back to the bot."
		talk.Taken, talk.By = time.Time{}, ""
	case desk.ActionClear:
		c.Open, note = false, "cleared this: answers and reminders go on."
		talk.Taken, talk.By = time.Time{}, ""
	case desk.ActionDone:
		c.Open, note = false, "closed this."
		talk.Taken, talk.By = time.Time{}, ""
	case desk.ActionWaitlist:
		return h.Waitlist.AddPatient(s, c, p.User, p.ID)
	default:
		return handlers.Effects{}
	}
	e := handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{
			{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
			{ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User, Text: note, Due: now},
		},
	}
	if !c.Phone.IsZero() {
		e.Conversation = &talk
	}
	return e
}
