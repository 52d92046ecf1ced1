package waitlist

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Compose words a text about a slot when it is sent, from the slot as it stands, or says why it
// isn't sent. Such a text is never put off: the next in line is asked instead.
func (h *Handler) Compose(s handlers.State, o handlers.Outgoing, now time.Time) handlers.Composed {
	skip := func(why string) handlers.Composed { return handlers.Composed{Skip: why} }
	slot, offer := find(s, o)
	zone := h.Base.Clinic.Zoned(o.Zone)
	switch {
	case offer == nil:
		return skip("the offer isn't known any more")
	case s.Urgent() != nil:
		return skip("the patient may be in danger")
	case h.Base.Clinic.InWindow(now, zone).After(now):
		return skip("it is outside the hours for what nobody asked for")
	}
	if o.Kind == KindOffer {
		if why := h.stale(s, slot, offer, now); why != "" {
			return handlers.Composed{Skip: why, Late: true}
		}
	}
	body, err := h.word(s, slot, offer, o.Kind, zone)
	if err != nil {
		return skip(err.Error())
	}
	return handlers.Composed{Body: body}
}

func find(s handlers.State, o handlers.Outgoing) (*handlers.Slot, *handlers.Offer) {
	for i := range s.Offers {
		if slot := &s.Offers[i]; slot.ID == o.Slot {
			return slot, slot.To(o.To)
		}
	}
	return nil, nil
}

// stale says why an offer no longer makes sense; "" if it does.
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

// word words a text about a slot, with the name if it fits one segment. The first text to a number
// says how to opt out.
func (h *Handler) word(
	s handlers.State, slot *handlers.Slot, offer *handlers.Offer, kind string, zone *time.Location,
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
	var body string
	for _, try := range []struct{ name, stop string }{{name, stop}, {"", stop}} {
		body, err = h.Base.Reply(kind, lang, knowledge.Fill{
			"first": knowledge.Greet(try.name),
			"when":  knowledge.When(slot.Start.In(zone), lang),
			"until": knowledge.Time(offer.Until.In(zone)),
		})
		body = strings.TrimSpace(body + " " + try.stop)
		if n, _ := knowledge.Segments(body); err != nil || n == 1 {
			return body, err
		}
	}
	return body, nil
}
