// Package visits keeps the clinic's books: it decides what a booking changes.
//
// [Books.Book] puts a visit in or changes it: a changed start moves it, and one that staff book in
// place of a visit that its patient took by text adopts that visit. [Books.TakeOff] takes a visit
// off, [Books.Swap] books what a patient took by text, and [Books.Import] brings in a whole file.
package visits

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Finder finds visits.
type Finder interface {
	// Visit reads a visit by its id; ok is false if there is none.
	Visit(ctx context.Context, id string) (v handlers.Visit, ok bool, err error)
}

// Books are the clinic's appointments.
type Books struct {
	Base     *knowledge.Base
	Store    handlers.Store
	Visits   Finder
	Waitlist *waitlist.Handler // hears of a visit that fills a slot on offer
	Now      func() time.Time
}
