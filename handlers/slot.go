package handlers

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Wish is a place on the waitlist: who would come earlier, or at all, when a slot of that type
// becomes free. A number has one a type.
type Wish struct {
	Phone  Phone         `json:"phone"`
	Type   string        `json:"type"`
	From   time.Time     `json:"from,omitzero"`    // no slot before then
	Notice time.Duration `json:"notice,omitempty"` // that they need; the clinic's own holds besides
	// the visit of theirs that it is to come before, and takes the place of
	Visit string `json:"visit,omitempty"`
	// of that visit when they came on the list: what staff book in its place has another id
	Start time.Time `json:"start,omitzero"`
	Name  string    `json:"name,omitempty"`
	Lang  string    `json:"lang,omitempty"`
	Zone  string    `json:"zone,omitempty"`
	At    time.Time `json:"at"` // since when: the first on the list is asked first
	By    string    `json:"by"`
}

// The states of a slot.
const (
	SlotOpen  = "open"  // it is offered, or about to be
	SlotTaken = "taken" // a patient said YES
	SlotOver  = "over"  // it is no longer offered; End says why
)

// Slot is a time that became free and is offered to who waits for one.
type Slot struct {
	ID     string    `json:"id"`
	Type   string    `json:"type"`
	Start  time.Time `json:"start"`
	From   Phone     `json:"from"` // whose it was: they aren't offered it
	Why    string    `json:"why"`  // how it became free
	At     time.Time `json:"at"`
	State  string    `json:"state"`
	End    string    `json:"end,omitempty"`
	Offers []Offer   `json:"offers,omitempty"` // in the order in which they were asked
	Shown  bool      `json:"shown,omitempty"`  // the desk has a card of it
	Done   bool      `json:"done,omitempty"`   // the desk is done with it
	Notes  int       `json:"notes,omitempty"`
	Panics int       `json:"panics,omitempty"` // how often it panicked as it was looked at
	Next   time.Time `json:"next,omitzero"`    // when it is looked at again; zero: never

	// Version is that of the slot as it was read: a change is written only if nobody else changed
	// it since. "" is a slot that wasn't there.
	Version string `json:"-"`
}

// The states of an offer.
const (
	OfferAsked   = "asked"   // its text waits to leave
	OfferOpen    = "open"    // its text has begun to leave: it is made
	OfferLeft    = "left"    // they said NO
	OfferLapsed  = "lapsed"  // they didn't answer in time
	OfferSkipped = "skipped" // its text couldn't be sent
	OfferTaken   = "taken"   // they have it
	OfferGone    = "gone"    // the slot went another way
)

// Offer is a slot offered to one number.
type Offer struct {
	To    Phone     `json:"to"`
	Row   string    `json:"row"` // of the ledger
	Name  string    `json:"name,omitempty"`
	Lang  string    `json:"lang,omitempty"`
	Zone  string    `json:"zone,omitempty"`
	Visit string    `json:"visit,omitempty"` // that it takes the place of
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"`   // of skipped; of left, what they did
	Ended time.Time `json:"ended,omitzero"`  // of lapsed and gone
	Heard bool      `json:"heard,omitempty"` // of lapsed and gone: their late answer was answered
	// of lapsed and gone: when the text that says so began to leave
	EndSent time.Time `json:"told,omitzero"`
}

// Stands says whether a number can still say yes to the offer.
func (o Offer) Stands() bool { return o.State == OfferAsked || o.State == OfferOpen }

// To is the offer of a slot that a number had last; nil if it had none.
func (s *Slot) To(p Phone) *Offer {
	for i := len(s.Offers) - 1; i >= 0; i-- {
		if s.Offers[i].To == p {
			return &s.Offers[i]
		}
	}
	return nil
}

// Free says whether the slot is on offer and nobody holds an offer that stands.
func (s *Slot) Free() bool {
	for _, o := range s.Offers {
		if o.Stands() {
			return false
		}
	}
	return s.State == SlotOpen
}

// Named is a slot for staff: "Tue Dec 1 at 2:30 PM, consult".
func (s *Slot) Named(c *settings.Clinic) string {
	return knowledge.When(s.Start.In(c.Location()), "en") + ", " + s.Type
}
