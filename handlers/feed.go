package handlers

import (
	"slices"
	"time"
)

// Given is what a feed gave at one look: see visits.Books.Follow.
type Given struct {
	Feed string // its name in clinic.yaml
	// Visits are those that it has. Each needs External, which stays when the visit moves, and
	// State: Booked, Cancelled, Arrived or Missed. ID, Source and, if it is empty, Version are set
	// by whoever follows the feed. One without a Phone names its patient in Name alone, in full or
	// by a code: staff link it to a number once.
	Visits []Visit
	// Instead has, for a visit that was booked in place of another, as some systems move one, the
	// External of that other.
	Instead map[string]string
	// Whole says that the feed lists every visit that starts before Until: what it gave before and
	// has no more was taken off. Otherwise it lists what has changed.
	Whole bool
	Until time.Time
	// Sure says that what is missing is off at once, without a second look: somebody made the list.
	Sure bool
	// Consents are numbers of which the feed says that they consented to be texted.
	Consents []Phone
	// Unread are the External ids of what it has but couldn't be read, or what they begin with
	// before a "#": what was known of them stands. Faults say what is wrong with them, without a
	// name or a number.
	Unread []string
	Faults []string
}

// Feed is what is kept of a feed from one look to the next.
type Feed struct {
	Name  string    `json:"name"`
	First time.Time `json:"first,omitzero"` // the first look ever
	Tried time.Time `json:"tried,omitzero"` // the last look
	Well  time.Time `json:"well,omitzero"`  // the last look that came out well
	Why   string    `json:"why,omitempty"`  // why the last look failed; "" if it didn't
	Seen  string    `json:"seen,omitempty"` // how far the feed was read, in words of its own kind
	// Told is the case that tells the desk that the feed fails or is stale; "" while none does.
	Told string `json:"told,omitempty"`
	// Missing are ids of visits that the last look lacked. One that the next look lacks too is
	// taken off: a feed that leaves out a visit for a minute mustn't give its time away.
	Missing []string `json:"missing,omitempty"`
	// Shrunk is the case that asks a person whether Lacks, ids of visits, are off. While it is
	// open, the feed changes nothing.
	Shrunk string   `json:"shrunk,omitempty"`
	Lacks  []string `json:"lacks,omitempty"`
	// Unlinked is the case that lists who has no number, and Codes a hash of that list.
	Unlinked string `json:"unlinked,omitempty"`
	Codes    string `json:"codes,omitempty"`
	// Ahead are how many visits the feed has ahead, Untexted how many of them have no number, and
	// Faults what couldn't be read, as of the last good look.
	Ahead    int      `json:"ahead,omitempty"`
	Untexted int      `json:"untexted,omitempty"`
	Faults   []string `json:"faults,omitempty"`
}

// Unsettled reports whether the next look must read the whole feed, even if it hasn't changed
// since: something waits for being seen again, or for a person.
func (f Feed) Unsettled() bool {
	return len(f.Missing)+len(f.Lacks) > 0 || f.Shrunk != "" || f.Untexted > 0 || f.Why != ""
}

// Lately is when the feed was last known to be well: at the first look if it never was.
func (f Feed) Lately() time.Time {
	if f.Well.IsZero() {
		return f.First
	}
	return f.Well
}

// Lacked reports whether the last look lacked a visit too.
func (f Feed) Lacked(id string) bool { return slices.Contains(f.Missing, id) }

// Link says which patient a feed means by a code, or by a name without a number.
type Link struct {
	Feed  string    `json:"feed"`
	Code  string    `json:"code"`
	Phone Phone     `json:"phone"`
	Name  string    `json:"name"`
	By    string    `json:"by"` // who of the staff linked it
	At    time.Time `json:"at"`
}
