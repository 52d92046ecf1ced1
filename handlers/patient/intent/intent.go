// Package intent reads a patient's text, once, into all that package patient decides on: what is to
// be done, and what it is about. It is pure: it changes nothing, keeps nothing, sends nothing.
//
// Words mean nothing by themselves: a "2" may be a choice, an hour or a count, a "no" may give a
// visit up or decline an offer. [Read] therefore works in two steps. It first fits what the words
// say (knowledge.Reading) to what is known of the writer (verdict.go), then takes the first act in
// a fixed order that the result calls for (order.go): danger, consent, clinical need, whoever talks
// with them, open questions, and only then the text by itself. What is sure is done; what a text
// only looks like is asked back; what harms if it is misread goes to a person.
package intent

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// Input is what a text is read from. Read changes nothing of it.
type Input struct {
	Base  *knowledge.Base
	State handlers.State
	Text  handlers.Text
	Words knowledge.Reading // the text by itself, as Base.Read reads it
	// Rows are the texts that the number was sent, if they may give the text its meaning: a bare
	// YES or NO, a text that may quote one of ours, and every fetched text need them.
	Rows []handlers.Record
	Now  time.Time
}

// Intent is what a text means, from this patient at this moment. Nothing rewrites it afterwards.
type Intent struct {
	Act Act
	// Kind is the reply's kind unless the act gives it another; one of package kinds, or "".
	Kind string
	// Said is what the text says: after an open question, the carrier's word, and what was written
	// just before it.
	Said  screen.Verdict
	Words knowledge.Reading // what of the text is the patient's own
	Lang  string            // in which it is answered: en or es
	// Talk is the conversation with the text in it, as the reply finds it.
	Talk handlers.Conversation
	// State is what is known of the writer; of a sender that is no number, only their cases.
	State handlers.State

	Late      bool // it gets no answer from the bot any more
	Dated     bool // the desk is told when it was written: it is late, or fetched danger
	Overtaken bool // a text that was written later was handled before it
	TellDesk  bool // of Echo: the desk is to be told
	// Quiet says that the act is done without a word: a person talks with them, or the text comes
	// too late for an answer.
	Quiet bool

	// Patients are the names of those who share the phone; nil if it is one patient's.
	Patients []string
	Ahead    []handlers.Visit // visits that stand and haven't begun, soonest first
	About    []handlers.Visit // those of Ahead that a question can be about
	Change   string           // confirm, decline, reschedule or late; of AskBack, optout too
	Visits   []handlers.Visit // those that the act is about
	All      bool             // of WhichVisit and WhichRide: it may be all of Visits
	Slots    []*handlers.Slot // those that the act is about
	Answer   string           // of OfferWhich: screen.Take or screen.Leave
	Offered  *handlers.Slot   // an open offer that the reply names besides
	RideHome RideHome
	Picked   string // the choice that was picked
	Number   int    // the number that it was picked by

	Asks     string        // the act that is asked back, for the reply
	Last     string        // the entry that was answered a moment ago; "" if none was
	Question Question      // of Ask and Repeat
	Besides  *screen.Entry // an entry that the text asks for beside what it does
}

// RideHome is the answer to who drives the patient home.
type RideHome struct {
	Answer   string           // screen.RideArranged or screen.RideHelp
	Visits   []handlers.Visit // those it is about, of one day
	Confirms bool             // it says as well that they come
}

// Question is what a text asks, for which words of the clinic are to be found. Whether an entry may
// be sent is up to package patient.
type Question struct {
	Entries []screen.Entry // likeliest first
	Sure    int            // how many of them are sure enough to be answered
	Choices int            // how many are near ties
	Picks   bool           // a few words choose Entries[0] from what was offered
	// Back is set if the text is likely about one of their visits. It then says how the patient is
	// asked whether that is to be changed: its act is AskBack, WhichVisit or NoneMeant.
	Back *Intent
}

// as returns the intent with an act.
func (i Intent) as(a Act) Intent {
	i.Act = a
	return i
}

// about returns the intent with an act on visits. change is "" if the act changes none.
func (i Intent) about(a Act, change string, visits ...handlers.Visit) Intent {
	i.Act, i.Change, i.Visits = a, change, visits
	return i
}

// of returns the intent with an act on an offered slot.
func (i Intent) of(a Act, s *handlers.Slot) Intent {
	i.Act, i.Slots = a, []*handlers.Slot{s}
	return i
}
