package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// State is what is known of a number at one moment.
type State struct {
	Phone        Phone
	Conversation Conversation
	Consent      Consent
	Visits       []Visit // that start after now less a day, soonest first
	Cases        []Case  // open ones
	Texted       bool    // was ever sent an unasked text
	Reach        Reach
	Offers       []Slot // that were offered to the number lately
	Version      string // the store's mark of this state; "" if it wasn't read from there
}

// Urgent is the open case of a number that may be in danger, which locks answers and reminders; nil if there is none. A concern is no such case.
func (s State) Urgent() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Channel == UrgentChannel && !c.Concern() {
			return c
		}
	}
	return nil
}

// Effects are what an event changes; the Store writes them in one atomic step.
type Effects struct {
	Reply        Reply
	Conversation *Conversation
	Consent      *Consent
	Visits       []Visit  // booked, moved or answered
	Gone         []string // visits that aren't this number's any more
	Cases        []Case
	Posts        []Post
	Texts        []Outgoing // planned, or (State Skipped) kept to say why they aren't; one whose id was there before is left as it is
	Void         []Voided   // rows that won't leave, if they are still planned
	Retry        []Outgoing // failed rows that staff have sent again
	Dismiss      []Outgoing // failed rows that staff have seen to
	By           string     // the one who retries or dismisses
	Reach        *Reach
	Slots        []Slot // freed, or changed: nothing is written if another has changed one of them since it was read
	Wishes       []Wish // put on the waitlist
	Unwish       []Wish // taken off it
}

// Voided is a row of the ledger that won't leave, and why.
type Voided struct{ Row, Why string }

// Voids returns rows that won't leave for one reason.
func Voids(why string, rows ...string) (out []Voided) {
	for _, row := range rows {
		out = append(out, Voided{row, why})
	}
	return out
}

// Add adds what another step of the same event changes. Where only one can stand, the later one does.
func (e *Effects) Add(more Effects) {
	if more.Reply.Kind != "" {
		e.Reply = more.Reply
	}
	if more.Conversation != nil {
		e.Conversation = more.Conversation
	}
	if more.Consent != nil {
		e.Consent = more.Consent
	}
	if more.Reach != nil {
		e.Reach = more.Reach
	}
	if more.By != "" {
		e.By = more.By
	}
	e.Visits = append(e.Visits, more.Visits...)
	e.Gone = append(e.Gone, more.Gone...)
	e.Cases = append(e.Cases, more.Cases...)
	e.Posts = append(e.Posts, more.Posts...)
	e.Texts = append(e.Texts, more.Texts...)
	e.Void = append(e.Void, more.Void...)
	e.Retry = append(e.Retry, more.Retry...)
	e.Dismiss = append(e.Dismiss, more.Dismiss...)
	e.Slots = append(e.Slots, more.Slots...)
	e.Wishes = append(e.Wishes, more.Wishes...)
	e.Unwish = append(e.Unwish, more.Unwish...)
}

// ErrConflict says that a turn was tried over and over while others wrote the same number.
var ErrConflict = errors.New("store: the same number was written by others again and again")

// ErrAway says that the store doesn't answer. What was asked of it may have been done.
var ErrAway = errors.New("store: away")

// Store keeps what outlives a restart.
type Store interface {
	// Turn reads the state of a number, lets decide answer it, and writes the effects atomically under the event's id. decide may be
	// called more than once, so it changes nothing itself. If the id was there before, Turn returns the first time's reply, again true.
	// The zero Phone is the desk itself: its state is the open cases that belong to no number.
	Turn(ctx context.Context, id string, p Phone, decide func(State) (Effects, error)) (r Reply, again bool, err error)
	// Peek reads the state of a number.
	Peek(ctx context.Context, p Phone) (State, error)
}

// Lease is how long a claim lasts; a send that begins renews it. It is longer than any one step takes, and short enough that
// what a killed process held goes out within the half minute.
const Lease = 20 * time.Second

// Refusal is a carrier's answer that a text was not taken.
type Refusal struct {
	Code  int           // the carrier's code, 0 if it gave none
	Retry bool          // it may be taken later
	After time.Duration // not before then, if the carrier said so
	Why   string

	Mend    string // what the clinic must mend in its own set-up first, for staff; "": nothing
	NoTexts bool   // the number takes no texts and never will
}

func (r *Refusal) Error() string { return "carrier refused: " + r.Reason() }

// Reason is why, with the carrier's code, as staff read it.
func (r *Refusal) Reason() string { return reason(r.Why, r.Code) }

func reason(why string, code int) string {
	if code == 0 {
		return why
	}
	return fmt.Sprintf("%s (%d)", why, code)
}

// Meter counts. It is never nil; a test's counts nothing.
type Meter interface {
	Answered(kind string, took time.Duration)
	Sent(kind, outcome string, late time.Duration)
	Posted(outcome string)
	Taken(kind string, after time.Duration)
	// Panicked counts the panics that were recovered, by what was handled: text, post, slot …
	Panicked(what string)
}
