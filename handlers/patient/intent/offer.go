package intent

import (
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// answersOffer takes an answer to the offer of a free slot. What isn't plainly one is asked back or
// goes on as any other text: an offer traps nobody. A plain YES gives up the visit that the slot
// would replace, so it must be the only thing that a yes can mean: one offer, no reminder since
// that asked for a confirmation, and no question mark.
func (k known) answersOffer(i Intent) (Intent, bool) {
	said, kind, open := i.Said.Offer, i.Kind, k.offers
	if len(open) == 0 { // a yes may still answer an offer that has ended
		if said != screen.Take || k.letter() {
			return i, false
		}
		return k.tooLate(i, k.ended(i.Said.Bare))
	}
	if said == "" || said == screen.Perhaps {
		if answer, _ := k.Base.Ride(k.body()); answer != "" && len(k.asksRide()) > 0 {
			return i, false // who drives them home was asked as well
		}
	}
	first := open[0]
	if !k.whose.of(first.To(k.State.Phone).Name) {
		return i, false // it speaks of somebody else
	}
	reminded := k.askedAfter(first.To(k.State.Phone).At, i.Said.Bare)
	sure := len(open) == 1 && !reminded && !strings.Contains(k.Text.Body, "?")
	i = k.inItsLanguage(i, first)
	switch {
	case kind == kinds.Confirm && k.letter() && len(k.ahead) > 0:
		// C is what reminders ask for, never an offer.
		i = k.changeVisit(i, kind)
		i.Offered = first
		return i, true
	case said == screen.Take && sure:
		return i.of(OfferTake, first), true
	// With no visit ahead, "can't make it" can only be about the offer.
	case said == screen.Leave && sure, said == "" && kind == kinds.Decline && len(k.ahead) == 0:
		return i.of(OfferLeave, first), true
	case said == screen.Leave, kind == kinds.Decline:
		return k.whichOne(i, screen.Leave, kinds.Decline), true
	case said == screen.Take && (len(open) > 1 || reminded):
		return k.whichOne(i, screen.Take, kinds.Confirm), true
	case said == screen.Take, said == screen.Perhaps, kind == kinds.Confirm:
		return i.of(OfferAsk, first), true
	case kind == kinds.Reschedule && len(k.ahead) == 0:
		return i.of(OfferElse, first), true
	}
	return i, false
}

// whichOne asks whether an offer is meant or a visit. Of Most choices at least one is left to a
// visit.
func (k known) whichOne(i Intent, answer, kind string) Intent {
	i.Answer, i.Slots = answer, k.offers[:min(Most-1, len(k.offers))]
	meant := k.meant(i.Said, kind)
	return i.about(OfferWhich, kind, meant[:min(Most-len(i.Slots), len(meant))]...)
}

// tooLate takes a yes to an offer that has ended: the slot is theirs all the same if nobody else
// has it or is being asked. False if s is nil: there is no such offer.
func (k known) tooLate(i Intent, s *handlers.Slot) (Intent, bool) {
	if s == nil {
		return i, false
	}
	i = k.inItsLanguage(i, s)
	if waitlist.StillFree(s, k.Base.Clinic, k.Now) {
		return i.of(OfferTake, s), true
	}
	return i.of(OfferOver, s), true
}

// ended returns the slot whose offer ended before they answered, if a yes now can only mean that
// one; otherwise nil. bare is the text's Verdict.Bare, or "" to ask without looking at the text.
func (k known) ended(bare string) *handlers.Slot {
	return waitlist.Ended(k.State, k.Now, k.written(), func(offered time.Time) bool {
		return k.askedAfter(offered, bare)
	})
}

// askedAfter reports whether a reminder has asked for a confirmation after that time, so that a yes
// may mean the visit. A bare yes can only mean it while that question is open.
func (k known) askedAfter(at time.Time, bare string) bool {
	if bare != "" && !k.open() {
		return false
	}
	c := k.Base.Clinic
	for _, v := range k.ahead {
		asked := c.Asked(v.Type, v.Start, v.Zone, k.Now) && !c.Asked(v.Type, v.Start, v.Zone, at)
		if asked && v.Awaits(k.Now) {
			return true
		}
	}
	return false
}

// inItsLanguage has a bare NO answered in the offer's language: it is a word of both languages, so
// the text itself doesn't tell.
func (k known) inItsLanguage(i Intent, s *handlers.Slot) Intent {
	if i.Said.Bare != "" && i.Said.Lang == "" {
		i.Lang = language.Spoken(s.To(k.State.Phone).Lang)
		i.Talk.Lang = i.Lang
	}
	return i
}

// letter reports whether the text is the answer that reminders ask for: C, or the word confirm.
func (k known) letter() bool {
	body := strings.ToLower(strings.Trim(k.Text.Body, " .!"))
	return body == "c" || strings.HasPrefix(body, "c ") || strings.Contains(body, "confirm")
}
