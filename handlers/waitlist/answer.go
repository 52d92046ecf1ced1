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
	// crossing is how soon after the text that ends an offer a yes can't be an answer to it: nobody
	// reads and writes so fast. The two crossed on their way, and the text has told the patient all
	// there is to tell.
	crossing = 10 * time.Second
)

// Open returns the slots that a number can say yes or no to: an offer was sent to it and hasn't
// ended. wrote is when the patient wrote their text if it came late, from the carrier's list, else
// zero: an offer that was made after they wrote can't be what they mean.
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

// Ended returns the slot of the number's last offer that ended before the patient answered, so that
// a late yes can be told that it is late; nil if there is none, or if the yes may mean something
// else. asked reports whether the patient was asked something else since a time. wrote is as in
// [Open], which has to be asked first: an offer that is still open may be returned as well.
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

// later reports whether something happened after a text was written. wrote is zero for a text that
// came at once: nothing can have happened after it.
func later(at, wrote time.Time) bool { return !wrote.IsZero() && at.After(wrote) }

// StillFree reports whether a patient who answers after the end of their offer can have the slot
// all the same: nobody else is being asked, and it isn't too near yet.
func StillFree(s *handlers.Slot, c *settings.Clinic, now time.Time) bool {
	return s.Free() && now.Before(s.Start.Add(-c.Waitlist.Notice()))
}

// Swap books a visit v, in place of old if that isn't nil, and returns the words, in a language,
// that say how to prepare for it. It is package visits' part, passed in since that imports this
// package.
type Swap func(
	s handlers.State, v handlers.Visit, old *handlers.Visit, lang string,
) (e handlers.Effects, prepare string, err error)

// Taken is the result of a YES to an offer.
type Taken struct {
	Visit   handlers.Visit
	Old     *handlers.Visit // the visit that it replaces; nil if there is none
	Prepare string          // how to prepare, in words; "" if there is nothing to do
}

// Take returns the effects of giving a number the slot that it was offered: the visit is booked,
// the time of the one that it replaces becomes a slot itself, and the number is off the waitlist
// for that type. The store writes them only if nobody has changed the slot since it was read; of
// two patients who say YES at once, the second one's text is decided again. The error is swap's.
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
	instead := "" // the old visit's time, for the desk, which has to take it out of its calendar
	if t.Old != nil {
		instead = knowledge.DeskClock(c, now).When(t.Old.Start, "en")
		e.Slots = Freed(c, *t.Old, s.Phone.String()+" took an earlier time instead", now)
	}
	e.Add(booked)
	e.Unwish = append(e.Unwish, handlers.Wish{Phone: s.Phone, Type: slot.Type})
	o.Take(offer, instead)
	e.Add(o.Done())
	return t, e, nil
}

// Leave returns the effects of a number's NO to an offer: the next in line is asked at once.
func Leave(
	s handlers.State, slot *handlers.Slot, c *settings.Clinic, now time.Time,
) handlers.Effects {
	o := answering(slot, c, now)
	o.Decline(o.To(s.Phone), "said NO.")
	return o.Done()
}

// Release returns the effects of ending every offer to a number that must not be waited for any
// more, since it has opted out, say. how is what the desk's note says after the number: "has opted
// out of texts."
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

// TooLate records that a late yes to an ended offer is being answered, so that the text that ends
// the offer isn't sent as well. say is false, and nothing is recorded, if that text crossed the yes
// on its way: it is the answer already.
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

// answering begins a change of a slot on a copy. What was read must stay as it is, since the same
// text may be decided again from it.
func answering(s *handlers.Slot, c *settings.Clinic, now time.Time) *Offering {
	one := *s
	one.Offers = slices.Clone(s.Offers)
	return &Offering{Slot: one, Clinic: c, Now: now}
}
