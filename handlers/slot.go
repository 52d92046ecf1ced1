package handlers

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Wish is a place on the waitlist: a number that would take a slot of a visit type when one becomes
// free, instead of its own later visit if it has one. A number has at most one per type.
type Wish struct {
	Phone  Phone         `json:"phone"`
	Type   string        `json:"type"`
	From   time.Time     `json:"from,omitzero"`    // no slot before then
	Notice time.Duration `json:"notice,omitempty"` // how long before a slot they must be asked
	// Visit is their visit that the slot must come before and would replace; "" if they have none.
	Visit string `json:"visit,omitempty"`
	// Start is when that visit started as they came on the list. A visit that staff book in its
	// place has another id and is recognised by its start.
	Start time.Time `json:"start,omitzero"`
	Name  string    `json:"name,omitempty"`
	Lang  string    `json:"lang,omitempty"`
	Zone  string    `json:"zone,omitempty"`
	At    time.Time `json:"at"` // since when they wait: the longest is asked first
	By    string    `json:"by"` // the staff member who put them on the list
}

// The states of a slot.
const (
	SlotOpen  = "open"  // it is offered, or about to be
	SlotTaken = "taken" // a patient said YES
	SlotOver  = "over"  // it is no longer offered; End says why
)

// Slot is a time that became free and is offered to numbers on the waitlist.
type Slot struct {
	ID     string    `json:"id"`
	Type   string    `json:"type"`
	Start  time.Time `json:"start"`
	From   Phone     `json:"from"` // whose it was; they aren't offered it
	Why    string    `json:"why"`  // how it became free
	At     time.Time `json:"at"`
	State  string    `json:"state"`
	End    string    `json:"end,omitempty"`
	Offers []Offer   `json:"offers,omitempty"` // in the order in which they were made
	Shown  bool      `json:"shown,omitempty"`  // the desk has a card of it
	Done   bool      `json:"done,omitempty"`   // the desk is done with it
	Notes  int       `json:"notes,omitempty"`  // how many notes are in its thread
	Panics int       `json:"panics,omitempty"` // how often looking at it panicked
	Next   time.Time `json:"next,omitzero"`    // when its next step is due; zero: never

	// Version is the store's version of the slot as it was read, for optimistic locking: a change
	// is written only if nobody else has changed the slot since. "" is a slot that isn't stored
	// yet.
	Version string `json:"-"`
}

// The states of an offer.
const (
	OfferAsked   = "asked"   // its text is planned
	OfferOpen    = "open"    // its text is being sent, or was: they can answer it
	OfferLeft    = "left"    // they said NO
	OfferLapsed  = "lapsed"  // they didn't answer in time
	OfferSkipped = "skipped" // its text couldn't be sent
	OfferTaken   = "taken"   // they have the slot
	OfferGone    = "gone"    // somebody else has it, or it is no longer offered
)

// Offer is a slot offered to one number.
type Offer struct {
	To    Phone     `json:"to"`
	Row   string    `json:"row"` // the row of its text in the ledger
	Name  string    `json:"name,omitempty"`
	Lang  string    `json:"lang,omitempty"`
	Zone  string    `json:"zone,omitempty"`
	Visit string    `json:"visit,omitempty"` // the visit that the slot would replace
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"` // why it was skipped, or what they did to leave it

	// The fields of an offer that lapsed or is gone.
	Ended   time.Time `json:"ended,omitzero"`
	Heard   bool      `json:"heard,omitempty"` // they answered too late, and the reply said so
	EndSent time.Time `json:"told,omitzero"`   // when the text that tells them was begun
}

// Stands reports whether the number can still say yes to the offer.
func (o Offer) Stands() bool { return o.State == OfferAsked || o.State == OfferOpen }

// To returns the last offer of the slot to a number; nil if it had none.
func (s *Slot) To(p Phone) *Offer {
	for i := len(s.Offers) - 1; i >= 0; i-- {
		if s.Offers[i].To == p {
			return &s.Offers[i]
		}
	}
	return nil
}

// Free reports whether the slot is open and no offer of it stands.
func (s *Slot) Free() bool {
	for _, o := range s.Offers {
		if o.Stands() {
			return false
		}
	}
	return s.State == SlotOpen
}

// Named returns what staff call the slot: "Tue Dec 1 at 2:30 PM, consult". The type is veiled: it
// says what the patient comes for.
func (s *Slot) Named(c *settings.Clinic) string {
	return knowledge.DeskClock(c, s.At).When(s.Start, "en") + veil.Veiled(", "+s.Type, "")
}
