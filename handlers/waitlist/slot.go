package waitlist

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// The kinds of the texts about a slot; each is the name of its sentence in package replies.
const (
	KindOffer  = replies.Offer
	KindGone   = replies.OfferGone
	KindLapsed = replies.OfferLapsed
)

// takenVisit is how the id of a visit begins that a patient took by text. The clinic's own system
// doesn't know such a visit yet.
const takenVisit = "taken:"

// TakenVisit returns the id of the visit that is booked when a patient takes a slot. A slot is
// taken once, so the id is unique.
func TakenVisit(s handlers.Slot) string { return takenVisit + s.ID }

// ByText reports whether a visit was booked by its patient's YES to an offer.
func ByText(v handlers.Visit) bool { return strings.HasPrefix(v.ID, takenVisit) }

// Freed returns the slot that a visit leaves when it is called off or moves; none if the clinic
// doesn't offer slots, or the visit starts too soon for the clinic's notice. why is for staff: how
// the time became free. The first offer is made only after_minutes later, so that staff can correct
// a slip before anybody is asked. The id includes how often the visit has moved: a time that
// becomes free twice is two slots.
func Freed(c *settings.Clinic, v handlers.Visit, why string, now time.Time) []handlers.Slot {
	w := c.Waitlist
	if next := now.Add(w.After()); !w.On || v.Start.Add(-w.Notice()).Before(next) {
		return nil
	}
	return []handlers.Slot{{
		ID:   fmt.Sprintf("slot:%s:%d:%d", v.ID, v.Start.Unix(), v.Moves),
		Type: v.Type, Start: v.Start, From: v.Phone, Why: why, At: now,
		State: handlers.SlotOpen, Next: now.Add(w.After()),
	}}
}
