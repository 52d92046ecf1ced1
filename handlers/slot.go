package handlers

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/knowledge"
)

// Wish is a place on the waitlist: who would come earlier, or at all, when a slot of that type becomes free. A number has one a type.
type Wish struct {
	Phone  Phone         `json:"phone"`
	Type   string        `json:"type"`
	From   time.Time     `json:"from,omitzero"`    // no slot before then
	Notice time.Duration `json:"notice,omitempty"` // that they need; the clinic's own holds besides
	Visit  string        `json:"visit,omitempty"`  // the visit of theirs that it is to come before, and takes the place of
	Start  time.Time     `json:"start,omitzero"`   // of that visit when they came on the list: what staff book in its place has another id
	Name   string        `json:"name,omitempty"`
	Lang   string        `json:"lang,omitempty"`
	Zone   string        `json:"zone,omitempty"`
	At     time.Time     `json:"at"` // since when: the first on the list is asked first
	By     string        `json:"by"`
}

// NewWish puts a number on the waitlist of a type, to come before the soonest visit of that type that it has.
func NewWish(s State, kind, by string, now time.Time) Wish {
	w := Wish{Phone: s.Phone, Type: kind, At: now, By: by}
	for _, v := range s.Visits {
		if !v.Open(now) {
			continue
		}
		if w.Name == "" {
			w.Name, w.Lang, w.Zone = v.Name, v.Lang, v.Zone
		}
		if v.Type == kind && w.Visit == "" {
			w.Visit, w.Start, w.Name, w.Lang, w.Zone = v.ID, v.Start, v.Name, v.Lang, v.Zone
		}
	}
	return w
}

// Before is the visit that the wish is to come before, as it stands; false if the state holds none.
func (w Wish) Before(s State) (Visit, bool) {
	for _, v := range s.Visits {
		if w.Visit != "" && v.ID == w.Visit {
			return v, true
		}
	}
	for _, v := range s.Visits {
		if w.Visit != "" && v.Type == w.Type && v.Start.Equal(w.Start) {
			return v, true
		}
	}
	return Visit{}, false
}

// Over says whether a wish has ended: the visit that it was to come before has been by then, or isn't the number's any more. A state forgets a visit
// some time after its start, so one that it doesn't hold lies behind.
func (w Wish) Over(s State, now time.Time) bool {
	v, ok := w.Before(s)
	return w.Visit != "" && !(ok && v.Start.After(now))
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

	// Version is that of the slot as it was read: a change is written only if nobody else changed it since. "" is a slot that wasn't there.
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
	Told  time.Time `json:"told,omitzero"`   // of lapsed and gone: when the text that says so began to leave
}

// Stands says whether a number can still say yes to the offer.
func (o Offer) Stands() bool { return o.State == OfferAsked || o.State == OfferOpen }

// end is the row of the text that says that the offer is over.
func (o Offer) end() string { return o.Row + ":end" }

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

// The kinds of the texts about a slot.
const (
	KindOffer  = replies.Offer
	KindGone   = replies.OfferGone
	KindLapsed = replies.OfferLapsed
)

// takenVisit is how the id of a visit begins that a patient took by text.
const takenVisit = "taken:"

// TakenVisit is the id of the visit that comes of a slot.
func TakenVisit(s Slot) string { return takenVisit + s.ID }

// ByText says whether a visit was booked by its patient's YES to an offer.
func (v Visit) ByText() bool { return strings.HasPrefix(v.ID, takenVisit) }

// Freed is the slot that a visit leaves when it is called off or moves; none if the clinic doesn't offer slots, or it is too near.
func Freed(c *knowledge.Clinic, v Visit, why string, now time.Time) []Slot {
	w := c.Waitlist
	if next := now.Add(w.After()); !w.On || v.Start.Add(-w.Notice()).Before(next) {
		return nil
	}
	return []Slot{{
		ID: fmt.Sprintf("slot:%s:%d:%d", v.ID, v.Start.Unix(), v.Moves), Type: v.Type, Start: v.Start, From: v.Phone, Why: why, At: now,
		State: SlotOpen, Next: now.Add(w.After()),
	}}
}

// Named is a slot for staff: "Tue Dec 1 at 2:30 PM, consult".
func (s *Slot) Named(c *knowledge.Clinic) string {
	return knowledge.When(s.Start.In(c.Location()), "en") + ", " + s.Type
}
