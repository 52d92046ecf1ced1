// Package visits keeps the clinic's appointments: it decides what a booking, a move or a
// cancellation changes, for the visit itself, its reminders and the slot that becomes free.
//
// [Books.Book] adds a visit or changes it; a changed start moves it. [Books.Swap] books a slot that
// a patient took by text; when staff later book the same visit under the clinic's own id, Book
// merges the two. [Books.TakeOff] takes a visit off for staff, [Books.Import] brings in a whole
// file, and [Books.Follow] keeps the visits as a feed has them. None of them texts the patient: what
// a booking tells them is planned as reminders. [Writer] writes what patients answer to the systems
// that their visits come from.
package visits

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Finder reads visits from the store.
type Finder interface {
	// Visit reads a visit by its id; ok is false if there is none.
	Visit(ctx context.Context, id string) (v handlers.Visit, ok bool, err error)
	// Visits returns the visits that start in [from, to), soonest first.
	Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error)
}

// Books are the clinic's appointments. Its methods may be called concurrently: each writes through
// [handlers.Store.Turn].
type Books struct {
	Base     *knowledge.Base
	Store    handlers.Store
	Visits   Finder
	Feeds    Feeds
	Waitlist *waitlist.Handler // is told of each booking, which may fill a slot that is on offer
	Now      func() time.Time
}
