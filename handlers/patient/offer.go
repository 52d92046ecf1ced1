package patient

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/waitlist"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// answerKeep is how long after an offer's end a yes is still taken for a late answer to it.
const answerKeep = 24 * time.Hour

// crossing is how soon after the text that an offer is over a yes was written without it: that text answers it. Nobody reads and writes so fast.
const crossing = 10 * time.Second

// offers are the slots of which the number still holds an offer that was made.
func (t *turn) offers() (out []*handlers.Slot) {
	for i := range t.state.Offers {
		s := &t.state.Offers[i]
		one := s.To(t.state.Phone)
		if t.since(one.At) {
			continue
		}
		if s.State == handlers.SlotOpen && one.State == handlers.OfferOpen && t.now.Before(one.Until) {
			out = append(out, s)
		}
	}
	return out
}

// missed is the last slot whose offer ended before they answered, if a yes now can only mean that one.
func (t *turn) missed() (last *handlers.Slot) {
	for i := range t.state.Offers {
		s := &t.state.Offers[i]
		one := s.To(t.state.Phone)
		over := one.State == handlers.OfferGone || one.State == handlers.OfferLapsed || one.State == handlers.OfferOpen
		if !over || one.Heard || t.since(one.At) {
			continue
		}
		if t.now.Sub(one.Until) > answerKeep || t.askedSince(one.At) {
			continue
		}
		if last == nil || one.At.After(last.To(t.state.Phone).At) {
			last = s
		}
	}
	return last
}

// askedSince says whether a reminder has asked for a confirmation after that time, so that a yes may mean the visit.
func (t *turn) askedSince(at time.Time) bool {
	if t.verdict.Bare != "" {
		if open, _ := t.answered(); len(open) == 0 {
			return false
		}
	}
	c := t.h.Base.Clinic
	for _, v := range t.ahead() {
		if v.Awaits(t.now) && c.Asked(v.Start, v.Zone, t.now) && !c.Asked(v.Start, v.Zone, at) {
			return true
		}
	}
	return false
}

// offered takes an answer to an offer. What isn't plainly one is asked back or goes on as any other text: an offer traps nobody.
func (t *turn) offered() bool {
	open, kind := t.offers(), t.verdict.Kind
	if len(open) == 0 {
		if t.verdict.Offer != screen.Take || t.letter() {
			return false
		}
		return t.tooLate(t.missed())
	}
	if answer, _ := t.h.Base.Ride(t.text.Body); answer != "" && (t.verdict.Offer == "" || t.verdict.Offer == screen.Perhaps) && len(t.asked()) > 0 {
		return false // who drives them home was asked as well
	}
	s := open[0]
	sure := len(open) == 1 && !t.askedSince(s.To(t.state.Phone).At) && !strings.Contains(t.text.Body, "?")
	said := t.verdict.Offer
	t.inItsLanguage(s)
	switch {
	case kind == kinds.Confirm && t.letter() && len(t.ahead()) > 0: // C is what reminders ask for, never an offer
		t.aboutVisit(kind)
		t.askOffer(s)
	case said == screen.Take && sure:
		t.take(s)
	case said == screen.Leave && sure:
		t.leave(s)
	case said == "" && kind == kinds.Decline && len(t.ahead()) == 0:
		t.leave(s)
	case said == screen.Leave, kind == kinds.Decline:
		t.whichOne(screen.Leave, kinds.Decline, open)
	case said == screen.Take && (len(open) > 1 || t.askedSince(s.To(t.state.Phone).At)):
		t.whichOne(screen.Take, kinds.Confirm, open)
	case said == screen.Take, said == screen.Perhaps, kind == kinds.Confirm:
		t.e.Reply.Kind = kinds.Choices
		t.askOffer(s)
	case kind == kinds.Reschedule && len(t.ahead()) == 0:
		t.handOff("Was offered " + s.Named(t.h.Base.Clinic) + " and asks for another time.")
	default:
		return false
	}
	return true
}

// inItsLanguage has a bare NO answered in the offer's language: it is a word of both.
func (t *turn) inItsLanguage(s *handlers.Slot) {
	if t.verdict.Bare == "" || t.verdict.Lang != "" {
		return
	}
	t.lang = knowledge.Language(s.To(t.state.Phone).Lang)
	t.talk.Lang, t.e.Reply.Lang = t.lang, t.lang
}

// letter says whether the text is the answer that reminders ask for.
func (t *turn) letter() bool {
	body := strings.ToLower(strings.Trim(t.text.Body, " .!"))
	return body == "c" || strings.HasPrefix(body, "c ") || strings.Contains(body, "confirm")
}

func (t *turn) askOffer(s *handlers.Slot) {
	t.say(replies.OfferAsk, knowledge.Fill{"when": t.slotWhen(s)})
}

// whichOne asks whether an offer is meant or a visit; the number settles it.
func (t *turn) whichOne(answer, kind string, open []*handlers.Slot) {
	var list []string
	t.talk.Choices = nil
	add := func(choice, name, when string) {
		line, err := t.h.Base.Reply(name, t.lang, knowledge.Fill{"when": when})
		if err != nil {
			t.err = err
		}
		t.talk.Choices = append(t.talk.Choices, choice)
		list = append(list, fmt.Sprintf("%d %s", len(list)+1, line))
	}
	for _, s := range open[:min(most-1, len(open))] {
		add(answer+" "+s.ID, replies.ThisOffer, t.slotWhen(s))
	}
	for _, v := range t.meant(kind) {
		if len(list) < most {
			add(kind+" "+v.ID, replies.ThisVisit, t.when(v))
		}
	}
	t.e.Reply.Kind = kinds.Choices
	t.say(replies.OfferWhich, knowledge.Fill{"list": strings.Join(list, ", ")})
}

// pickOffer settles a choice that names an offer.
func (t *turn) pickOffer(answer, id string) bool {
	for _, s := range t.offers() {
		if s.ID != id {
			continue
		}
		if answer == screen.Leave || t.verdict.Kind == kinds.Decline {
			t.leave(s)
		} else {
			t.take(s)
		}
		return true
	}
	if answer != screen.Take || !t.tooLate(t.missed()) {
		t.courtesy() // it is over, and nothing else was meant
	}
	return true
}

// take gives the patient the slot. It is theirs only if nobody else has changed it since it was read: then this is decided anew.
func (t *turn) take(s *handlers.Slot) {
	offer := s.To(t.state.Phone)
	v := handlers.Visit{
		ID: waitlist.TakenVisit(*s), Name: offer.Name, Phone: t.state.Phone, Start: s.Start, Type: s.Type, Zone: offer.Zone, Lang: offer.Lang,
		State: handlers.Confirmed,
	}
	var old *handlers.Visit
	for _, a := range t.ahead() {
		if a.ID == offer.Visit {
			old = &a
		}
	}
	swap, prepare, err := t.h.Visits.Swap(t.state, v, old, t.lang)
	if err != nil {
		t.err = err
		return
	}
	fill := knowledge.Fill{"first": knowledge.Greet(v.Name), "when": t.when(v), "prepare": prepare}
	say, instead := replies.OfferTaken, ""
	if old != nil {
		say, instead, fill["old"] = replies.OfferSwapped, t.staffWhen(*old), t.when(*old)
		why := t.state.Phone.String() + " took an earlier time instead"
		t.e.Slots = append(t.e.Slots, waitlist.Freed(t.h.Base.Clinic, *old, why, t.now)...)
	}
	t.e.Add(swap)
	t.e.Unwish = append(t.e.Unwish, handlers.Wish{Phone: t.state.Phone, Type: s.Type})
	o := t.offering(s)
	o.Take(o.To(t.state.Phone), instead)
	t.e.Add(o.Done())
	t.e.Reply.Kind = kinds.Confirm
	t.say(say, fill)
}

// leave passes the slot on.
func (t *turn) leave(s *handlers.Slot) {
	o := t.offering(s)
	o.Decline(o.To(t.state.Phone), "said NO.")
	t.e.Add(o.Done())
	t.e.Reply.Kind = kinds.Decline
	t.say(replies.OfferLeft, t.slotFill(s))
}

// release passes on what was offered to who must not be waited for any more: they opted out, or may be in danger.
func (t *turn) release(how string) {
	for i := range t.state.Offers {
		if s := &t.state.Offers[i]; s.State == handlers.SlotOpen && s.To(t.state.Phone).Stands() {
			o := t.offering(s)
			o.Decline(o.To(t.state.Phone), how)
			t.e.Add(o.Done())
		}
	}
}

// tooLate answers a yes to an offer that is over, once: in a reply, or by the text that says so if that is on its way.
func (t *turn) tooLate(s *handlers.Slot) bool {
	if s == nil {
		return false
	}
	t.inItsLanguage(s)
	if s.Free() && t.now.Before(s.Start.Add(-t.h.Base.Clinic.Waitlist.Notice())) {
		t.take(s)
		return true
	}
	t.e.Reply.Kind = kinds.Courtesy
	if t.now.Sub(s.To(t.state.Phone).EndSent) > crossing {
		o := t.offering(s)
		o.To(t.state.Phone).Heard = true
		t.e.Add(o.Done())
		t.say(replies.OfferLate, t.slotFill(s))
	}
	if s.State == handlers.SlotOver {
		t.e.Reply.Kind = kinds.Handoff
		t.tell(handlers.DeskChannel, kinds.Handoff, "Says yes to "+s.Named(t.h.Base.Clinic)+" after the offer had ended; was told that it isn't free any more. If it still is: call them.", true)
	}
	return true
}

// offering begins a change of a slot; what was read of it is left as it is.
func (t *turn) offering(s *handlers.Slot) *waitlist.Offering {
	one := *s
	one.Offers = append([]handlers.Offer(nil), s.Offers...)
	return &waitlist.Offering{Slot: one, Clinic: t.h.Base.Clinic, Now: t.now}
}

func (t *turn) slotFill(s *handlers.Slot) knowledge.Fill {
	return knowledge.Fill{"first": knowledge.Greet(s.To(t.state.Phone).Name), "when": t.slotWhen(s)}
}

// slotWhen is the slot's time where the patient is.
func (t *turn) slotWhen(s *handlers.Slot) string {
	return knowledge.When(s.Start.In(t.h.Base.Clinic.Zoned(s.To(t.state.Phone).Zone)), t.lang)
}
