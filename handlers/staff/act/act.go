// Package act says what an act of the clinic's staff is, and has what every act works with.
//
// A typed line, a button and a form come to the same [Act]. Each room of acts lists its own as rows
// ([Row]), by which they are parsed, explained and permitted. An act is carried out with a [Kit], for
// somebody ([Asked]), and what it finds wrong or unclear is an error that the door answers:
// [UsageError], [AskError], [SeveralError].
package act

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Act is one thing that staff ask for, with all that it needs: a typed line, a button and a form
// come to the same value. Acts are JSON in buttons and forms, which Slack keeps, so none holds a
// patient's number, name or words there: see [Who].
type Act interface {
	// Name is the act's name in the table, one word.
	Name() string
	// Do carries the act out. A UsageError is shown to whoever asked.
	Do(ctx context.Context, k *Kit, a Asked) (answer.Answer, error)
}

// Asked is an act, with who asks for it and where.
type Asked struct {
	ID       string // the event's id
	User     string
	FromDesk bool   // in one of the desk's channels, or in a place that only its members have
	Thread   string // of the card that was pressed, if one was
	Once     bool   // as in Effects: it came from the carrier
	Act      Act
}

// About is an act that concerns patients.
type About interface{ About() Who }

// OnCase is an act about a case at the desk.
type OnCase interface{ CaseID() string }

// Choosable is an act that a button can hold for each of several patients.
type Choosable interface {
	// For returns the act about somebody; nil if it holds what mustn't stand in a button.
	For(who Who) Act
}

// Filled is an act that a form completes.
type Filled interface {
	// Fill returns the act with a form's values, or what is wrong with them, by field.
	Fill(k *Kit, values map[string]string) (Act, map[string]string)
}

// Limited is an act that takes a right of its own, besides that of the desk.
type Limited interface{ Right() string }

// Held is an act that is done once its minute has passed.
type Held interface {
	Act
	// Finish does the act as things are then, once for the pending act's id. It returns what is to
	// be said of it where it was asked for; done is false if it came to nothing.
	Finish(ctx context.Context, k *Kit, p handlers.Pending) (says string, done bool, err error)
}

// Follows is an act on one that isn't done yet, whose id it tells.
type Follows interface{ Pending() string }

// Leave does nothing: it is the other answer to a question.
type Leave struct{}

func (Leave) Name() string { return "leave" }

func (Leave) Do(context.Context, *Kit, Asked) (answer.Answer, error) {
	return answer.Say("Left as it is."), nil
}

// LeaveIt is the button that leaves things as they are.
func LeaveIt() answer.Button { return answer.Button{Text: "Leave it", Do: Encode(Leave{})} }

// Encode returns an act as a button's value or a form's metadata carry it.
func Encode(a Act) string {
	data, err := json.Marshal(a)
	if err != nil { // an act holds text, numbers and times
		panic("staff: an act that is no JSON: " + err.Error())
	}
	return a.Name() + " " + string(data)
}

// Read reads what Encode wrote of an act of one type.
func Read[A Act](s string) (a A, err error) {
	name, data, _ := strings.Cut(s, " ")
	if name != a.Name() {
		return a, ErrUnknown
	}
	return a, json.Unmarshal([]byte(data), &a)
}

// ErrUnknown is the error of what is no encoded act.
var ErrUnknown = errors.New("staff: no act that this version knows")

// ErrNoCase is the error of a reply or a press whose thread has no case in the store: its card was
// posted a moment ago and the thread isn't stored yet, or the case is so old that the store has
// dropped it. Slack repeats the event, by when a new case is there.
var ErrNoCase = errors.New("staff: no case of that thread is known")
