// Package audit has the entries of what staff do, and what they ask to see.
package audit

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Act is what a member of staff does, or asks to see. It is written down before it is done, and
// holds no words and no whole number.
type Act struct {
	Event string // the event's id: a repeated one is written down once
	User  string
	Do    string // "command why", "press take", "reply" …
	// About is whom or what it is about, as far as is known then. The store keeps of the phone its
	// keyed hash and last four digits.
	Phone handlers.Phone
	About string // the last four digits of a number, or a case's id
}

// Acted is an Act as it was written down.
type Acted struct {
	N      int64     `json:"n"` // counts all acts, from 1
	At     time.Time `json:"at"`
	Event  string    `json:"event"`
	User   string    `json:"user"`
	Do     string    `json:"do"`
	Number string    `json:"number,omitempty"` // the keyed hash of the number that it is about
	About  string    `json:"about,omitempty"`
	Prev   string    `json:"prev"` // the hash of the entry before this one
}
