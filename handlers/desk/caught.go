package desk

import (
	"time"
)

// What can come of a text that was fetched from the carrier's list after its webhook had failed.
const (
	CaughtDanger   = "danger"   // it reads as danger: it is in the urgent channel
	CaughtAnswered = "answered" // the bot's answer is in the ledger
	CaughtPerson   = "person"   // it waits for a person
	CaughtDone     = "done"     // what it asked for is done, or it needs no answer
)

// Caught counts the texts of one outage that were fetched from the carrier's list, for the line
// that tells the desk of them.
type Caught struct {
	Outage       string    // the name that the store gave the outage
	Since, Until time.Time // when the first and the last of them were written

	Danger, Answered, Person, Done int
}

// Fetched returns how many texts were fetched.
func (c Caught) Fetched() int { return c.Danger + c.Answered + c.Person + c.Done }

// Add counts a text that was written at a time. what is one of CaughtDanger and the like; any other
// counts as CaughtDone.
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
