package waitlist

import (
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	// answerKeep is how long after an offer's end a yes is still taken for a late answer to it.
	answerKeep = 24 * time.Hour
	// crossing is how soon after the text that an offer is over a yes was written without it: that
	// text answers it. Nobody reads and writes so fast.
	crossing = 10 * time.Second
)

// Open returns the slots of which a number holds an offer that is made and hasn't ended. wrote is
// when their text was written, zero if it came at once: they can't mean what was offered later.
func Open(s handlers.State, now, wrote time.Time) (out []*handlers.Slot) {
	for i := range s.Offers {
		slot := &s.Offers[i]
		offer := slot.To(s.Phone)
		open := slot.State == handlers.SlotOpen && offer.State == handlers.OfferOpen
		if open && now.Before(offer.Until) && !later(offer.At, wrote) {
			out = append(out, slot)
		}
	}
	return out
}

// Ended returns the last slot whose offer ended before the number answered, if a yes now can only
// mean that one; else nil. asked says whether they were asked something else since a time.
func Ended(
	s handlers.State, now, wrote time.Time, asked func(since time.Time) bool,
) (last *handlers.Slot) {
	for i := range s.Offers {
		slot := &s.Offers[i]
		offer := slot.To(s.Phone)
		switch offer.State {
		case handlers.OfferGone, handlers.OfferLapsed, handlers.OfferOpen:
		default:
			continue
		}
		if offer.Heard || later(offer.At, wrote) ||
			now.Sub(offer.Until) > answerKeep || asked(offer.At) {
			continue
		}
		if last == nil || offer.At.After(last.To(s.Phone).At) {
			last = slot
		}
	}
	return last
}

// later says whether something happened after a text was written; nothing did if it came at once.
func later(at, wrote time.Time) bool { return !wrote.IsZero() && at.After(wrote) }

// StillFree says whether a slot can be had by who answers after their offer's end: nobody else is
// asked, and it hasn't come too near.
func StillFree(s *handlers.Slot, c *settings.Clinic, now time.Time) bool {
	return s.Free() && now.Before(s.Start.Add(-c.Waitlist.Notice()))
}

// Swap books a visit, in place of another if old isn't nil, and says how to prepare for it.
type Swap func(
	s handlers.State, v handlers.Visit, old *handlers.Visit, lang string,
) (e handlers.Effects, prepare string, err error)

// Taken is what a YES to an offer comes to.
type Taken struct {
	Visit   handlers.Visit
	Old     *handlers.Visit // the visit that it takes the place of; nil if there is none
	Prepare string          // how to prepare, in words
}

// Take gives a number the slot that it was offered: the visit is booked, the one that it takes the
// place of is freed, and the number is off the waitlist. It is theirs only if nobody else has
// changed the slot since it was read: then the text is decided anew. The error is swap's.
func Take(
	s handlers.State, slot *handlers.Slot, c *settings.Clinic, now time.Time,
	swap Swap, lang string,
) (Taken, handlers.Effects, error) {
	o := answering(slot, c, now)
	offer := o.To(s.Phone)
	t := Taken{Visit: handlers.Visit{
		ID: TakenVisit(*slot), Name: offer.Name, Phone: s.Phone, Start: slot.Start,
		Type: slot.Type, Zone: offer.Zone, Lang: offer.Lang, State: handlers.Confirmed,
	}}
	for _, v := range s.Visits {
		if v.Open(now) && v.ID == offer.Visit {
			t.Old = &v
		}
	}
	booked, prepare, err := swap(s, t.Visit, t.Old, lang)
	if err != nil {
		return Taken{}, handlers.Effects{}, err
	}
	t.Prepare = prepare
	var e handlers.Effects
	instead := ""
	if t.Old != nil {
		instead = knowledge.Whens([]time.Time{t.Old.Start.In(c.Location())}, "en")
		e.Slots = Freed(c, *t.Old, s.Phone.String()+" took an earlier time instead", now)
	}
	e.Add(booked)
	e.Unwish = append(e.Unwish, handlers.Wish{Phone: s.Phone, Type: slot.Type})
	o.Take(offer, instead)
	e.Add(o.Done())
	return t, e, nil
}

// Leave passes a slot on whose offer a number refused.
func Leave(
	s handlers.State, slot *handlers.Slot, c *settings.Clinic, now time.Time,
) handlers.Effects {
	o := answering(slot, c, now)
	o.Decline(o.To(s.Phone), "said NO.")
	return o.Done()
}

// Release passes on all that was offered to a number that mustn't be waited for any more. how says
// why, after the number: "has opted out of texts."
func Release(
	s handlers.State, c *settings.Clinic, now time.Time, how string,
) (e handlers.Effects) {
	for i := range s.Offers {
		slot := &s.Offers[i]
		if slot.State == handlers.SlotOpen && slot.To(s.Phone).Stands() {
			o := answering(slot, c, now)
			o.Decline(o.To(s.Phone), how)
			e.Add(o.Done())
		}
	}
	return e
}

// TooLate records that a yes to an ended offer is answered now. say is false where the text that
// says so crossed it on its way: that one answers it.
func TooLate(
	s handlers.State, slot *handlers.Slot, c *settings.Clinic, now time.Time,
) (e handlers.Effects, say bool) {
	if now.Sub(slot.To(s.Phone).EndSent) <= crossing {
		return e, false
	}
	o := answering(slot, c, now)
	o.To(s.Phone).Heard = true
	return o.Done(), true
}

// answering begins a change of a slot; what was read of it is left as it is.
func answering(s *handlers.Slot, c *settings.Clinic, now time.Time) *Offering {
	one := *s
	one.Offers = slices.Clone(s.Offers)
	return &Offering{Slot: one, Clinic: c, Now: now}
}
