package desk

import (
	"time"
)

// What comes of a text that is caught up on.
const (
	CaughtDanger   = "danger"   // it reads as danger: the urgent channel has it
	CaughtAnswered = "answered" // an answer of the bot's lies in the ledger
	CaughtPerson   = "person"   // it waits for a person
	CaughtDone     = "done"     // what it says is done, or nothing is to be said to it
)

// Caught counts the texts of one outage that were fetched from the carrier's list.
type Caught struct {
	Outage       string    // which; the store names it
	Since, Until time.Time // when the first and the last of them were written

	Danger, Answered, Person, Done int
}

// Fetched is how many they are.
func (c Caught) Fetched() int { return c.Danger + c.Answered + c.Person + c.Done }

// Add counts a text that was written at a time; what came of it is one of the above.
func (c *Caught) Add(what string, at time.Time) {
	if c.Fetched() == 0 || at.Before(c.Since) {
		c.Since = at
	}
	if at.After(c.Until) {
		c.Until = at
	}
	switch what {
	case CaughtDanger:
		c.Danger++
	case CaughtAnswered:
		c.Answered++
	case CaughtPerson:
		c.Person++
	default:
		c.Done++
	}
}
