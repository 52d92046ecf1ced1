package waitlist

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Compose words a text about a slot (its Kind is KindOffer, KindGone or KindLapsed) when it is
// about to be sent, from the slot as it stands then, or says why it isn't sent. Such a text never
// waits for a better hour: an offer that can't be sent now is skipped, and the next in line is
// asked.
func (h *Handler) Compose(s handlers.State, o handlers.Outgoing, now time.Time) handlers.Composed {
	skip := func(why string) handlers.Composed { return handlers.Composed{Skip: why} }
	slot, offer := find(s, o)
	switch {
	case offer == nil:
		return skip("the offer isn't known any more")
	case s.Urgent() != nil:
		return skip("the patient may be in danger")
	case h.Base.Clinic.InWindow(now, h.Base.Clinic.Zoned(o.Zone)).After(now):
		return skip("it is outside the hours for what nobody asked for")
	}
	if o.Kind == KindOffer {
		if why := h.stale(s, slot, offer, now); why != "" {
			return handlers.Composed{Skip: why, Late: true}
		}
	}
	body, err := h.word(s, slot, offer, o.Kind, now)
	if err != nil {
		return skip(err.Error())
	}
	return handlers.Composed{Body: body}
}

// find returns the slot that a row is about, and the last offer of it to the row's number; nil if
// the state doesn't hold them any more.
func find(s handlers.State, o handlers.Outgoing) (*handlers.Slot, *handlers.Offer) {
	for i := range s.Offers {
		if slot := &s.Offers[i]; slot.ID == o.Slot {
			return slot, slot.To(o.To)
		}
	}
	return nil, nil
}

// stale returns why an offer that was planned must not be sent any more; "" if it may be. A second
// open offer would make a YES ambiguous.
func (h *Handler) stale(
	s handlers.State, slot *handlers.Slot, offer *handlers.Offer, now time.Time,
) string {
	switch {
	case slot.State != handlers.SlotOpen || !offer.Stands():
		return "the slot isn't offered to them any more"
	case !now.Before(offer.Until):
		return "the offer's time has passed"
	case s.Conversation.Person(now):
		return "a person talks with them"
	}
	for i := range s.Offers {
		other := &s.Offers[i]
		if other.ID != slot.ID && other.State == handlers.SlotOpen &&
			other.To(offer.To).State == handlers.OfferOpen {
			return "another offer stands"
		}
	}
	return ""
}

// word words a text about a slot, with the patient's first name if that costs no second segment.
// The first unasked text to a number says how to opt out. A patient who asked for discretion
// (Consent.Basic) gets no name, and a shorter offer.
func (h *Handler) word(
	s handlers.State, slot *handlers.Slot, offer *handlers.Offer, kind string, now time.Time,
) (string, error) {
	lang := language.Spoken(offer.Lang)
	stop, err := h.Base.Reply(replies.StopLine, lang, nil)
	if err != nil {
		return "", err
	}
	if s.Texted {
		stop = ""
	}
	name := offer.Name
	if s.Consent.Basic {
		name = ""
		if kind == KindOffer {
			kind = replies.OfferBasic
		}
	}
	clock := knowledge.VisitClock(h.Base.Clinic, slot.Type, offer.Zone, now)
	names := []string{h.Base.Greet(name), ""}
	if patients := s.Patients(); len(patients) > 1 && name != "" {
		// Of several with one phone they are told whom it is offered to, whatever it costs.
		if called := handlers.Called(h.Base, name, patients); called != "" {
			names = []string{" " + called}
		}
	}
	var ways []string
	for _, first := range names {
		body, err := h.Base.Reply(kind, lang, knowledge.Fill{
			"first": first,
			"when":  clock.When(slot.Start, lang),
			"until": clock.Time(offer.Until, lang),
		})
		if err != nil {
			return "", err
		}
		body = h.Base.Opening(s.Consent.Basic) + body
		ways = append(ways, strings.TrimSpace(body+" "+stop))
	}
	return ways[knowledge.Fitting(ways)], nil
}
