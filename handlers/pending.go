package handlers

import "time"

// Pending is an act of staff that isn't done yet: it waits for their word that it is what they mean,
// or for the minute to pass in which they can take it back.
type Pending struct {
	ID   string `json:"id"` // names the event of doing it
	User string `json:"user"`
	// Thread is where they asked for it, "" if that wasn't in a thread: they are told there if
	// nothing could be done.
	Thread string `json:"thread,omitempty"`
	Phone  Phone  `json:"phone"`
	Act    string `json:"act"` // as package staff encodes it
	// Due is when it is done; zero as long as it waits for their word.
	Due   time.Time `json:"due,omitzero"`
	Tries int       `json:"-"` // how often it was claimed before
	Token string    `json:"-"` // proves the claim when it is settled
}

// What becomes of a pending act that is taken back.
const (
	TakenBack = "back" // it won't be done; a repeat is told the same
	TooLate   = "late" // it is done, being done, or forgotten
)
