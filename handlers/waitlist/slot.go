package waitlist

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// The kinds of the texts about a slot.
const (
	KindOffer  = replies.Offer
	KindGone   = replies.OfferGone
	KindLapsed = replies.OfferLapsed
)

// takenVisit is how the id of a visit begins that a patient took by text.
const takenVisit = "taken:"

// TakenVisit is the id of the visit that comes of a slot.
func TakenVisit(s handlers.Slot) string { return takenVisit + s.ID }

// ByText says whether a visit was booked by its patient's YES to an offer.
func ByText(v handlers.Visit) bool { return strings.HasPrefix(v.ID, takenVisit) }

// Freed is the slot that a visit leaves when it is called off or moves; none if the clinic doesn't
// offer slots, or it starts too soon.
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
