package handlers

import (
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// Offering is a slot being changed at one moment: the slot as it will be, and what comes of it. End it with Done.
type Offering struct {
	Slot
	Clinic *knowledge.Clinic
	Now    time.Time
	e      Effects
}

// Done are the effects, the changed slot among them.
func (o *Offering) Done() Effects {
	if o.State != SlotOpen {
		o.Next = time.Time{}
	}
	o.e.Slots = append(o.e.Slots, o.Slot)
	return o.e
}

// Ask offers the slot to who waits for it, until a time.
func (o *Offering) Ask(w Wish, until time.Time) {
	offer := Offer{
		To: w.Phone, Row: fmt.Sprintf("offer:%s:%d", o.ID, len(o.Offers)+1), Name: w.Name, Lang: w.Lang, Zone: w.Zone, Visit: w.Visit,
		At: o.Now, Until: until, State: OfferAsked,
	}
	o.Offers = append(o.Offers, offer)
	if !o.Shown {
		o.Shown = true
		o.card()
	}
	o.note("bot", fmt.Sprintf("Offered to %s until %s.", w.Phone, o.time(until)))
	// The row has no start: an offer that can't leave now isn't put off to another day.
	o.e.Texts = append(o.e.Texts, Outgoing{ID: offer.Row, To: w.Phone, Kind: KindOffer, Slot: o.ID, Zone: w.Zone, Due: o.Now, Unasked: true})
}

// Skip ends an offer whose text couldn't be sent.
func (o *Offering) Skip(offer *Offer, why string) {
	offer.State, offer.Why = OfferSkipped, why
	o.e.Void, o.e.VoidWhy = append(o.e.Void, offer.Row), "the offer is over"
	o.note("bot", fmt.Sprintf("%s couldn't be asked: %s.", offer.To, why))
}

// Lapse ends an offer that nobody answered, and tells them so.
func (o *Offering) Lapse(offer *Offer) {
	o.close(offer, OfferLapsed, KindLapsed)
	o.note("bot", fmt.Sprintf("%s hasn't answered.", offer.To))
}

// Leave ends an offer that was refused, and has the next one asked at once.
func (o *Offering) Leave(offer *Offer, how string) {
	offer.State, offer.Why = OfferLeft, how
	o.Next = o.Now
	o.e.Void, o.e.VoidWhy = append(o.e.Void, offer.Row), "the offer is over"
	o.note("bot", fmt.Sprintf("%s %s", offer.To, how))
}

// Take gives the slot to a number, and tells who was asked besides that it is gone. old says of which visit of theirs it takes the place.
func (o *Offering) Take(offer *Offer, old string) {
	offer.State, o.State = OfferTaken, SlotTaken
	o.End = fmt.Sprintf("%s took it by text", offer.To)
	task := "Put it in your calendar"
	if old != "" {
		task += ", and take their visit of " + old + " out: this one takes its place"
	}
	o.note("bot", fmt.Sprintf("%s said YES: it's theirs, and they were told so. %s.", offer.To, task))
	o.rest()
	o.card()
}

// Stop ends the offering, and tells who was asked, but for one number that knows.
func (o *Offering) Stop(why, by string, knows Phone) {
	o.State, o.End = SlotOver, why
	if offer := o.To(knows); offer != nil && offer.Stands() {
		o.close(offer, OfferGone, "")
	}
	o.rest()
	if o.Shown {
		o.note(by, why+".")
		o.card()
	}
}

// Close takes the card off the desk.
func (o *Offering) Close(by string) {
	o.Slot.Done = true
	o.note(by, "closed this.")
	o.card()
}

// rest closes the offers that still stand.
func (o *Offering) rest() {
	for i := range o.Offers {
		if one := &o.Offers[i]; one.Stands() {
			o.close(one, OfferGone, KindGone)
		}
	}
}

// close ends an offer; who has had its text is told, once.
func (o *Offering) close(offer *Offer, state, tell string) {
	asked := offer.State == OfferOpen
	offer.State, offer.Ended = state, o.Now
	o.e.Void, o.e.VoidWhy = append(o.e.Void, offer.Row), "the offer is over"
	if asked && tell != "" {
		o.e.Texts = append(o.e.Texts, Outgoing{
			ID: offer.end(), To: offer.To, Kind: tell, Slot: o.ID, Zone: offer.Zone, Due: o.Now, Unasked: true, Sequel: true,
		})
	}
}

// Leaves has the slot know that a text about it begins to leave: from then on the offer counts as made, or they as told of its end. It says why a
// text must not leave.
func (o *Offering) Leaves(offer *Offer, kind string) (why string) {
	switch {
	case kind != KindOffer && (offer.Heard || offer.State == OfferTaken):
		return "they have answered since, and were told then"
	case kind != KindOffer:
		offer.Told = o.Now
	case o.State != SlotOpen || !offer.Stands():
		return "the slot isn't offered to them any more"
	default:
		offer.State = OfferOpen
	}
	return ""
}

// Refused has the slot know that the carrier didn't take a text about it: an offer isn't made then, and who never had it isn't told of its end.
func (o *Offering) Refused(offer *Offer, kind string) (why string) {
	if kind != KindOffer {
		return ""
	}
	if offer.State == OfferOpen {
		offer.State = OfferAsked
	}
	o.e.Void, o.e.VoidWhy = append(o.e.Void, offer.end()), "the offer's text didn't leave"
	return ""
}

// note writes a line in the thread of the slot's card.
func (o *Offering) note(from, text string) {
	o.Notes++
	o.e.Posts = append(o.e.Posts, Post{
		ID: o.postID("note"), Case: o.ID, Do: PostNote, From: from, Text: text, Due: o.Now,
	})
}

// card shows the slot at the desk as it stands.
func (o *Offering) card() {
	o.Notes++
	o.e.Cases = append(o.e.Cases, o.Case(o.Clinic))
	o.e.Posts = append(o.e.Posts, Post{ID: o.postID("card"), Case: o.ID, Do: PostCard, Due: o.Now})
}

// postID orders the posts of one moment as they were made.
func (o *Offering) postID(what string) string { return fmt.Sprintf("%s:%04d:%s", o.ID, o.Notes, what) }

func (o *Offering) time(t time.Time) string { return knowledge.Time(t.In(o.Clinic.Location())) }

// The kinds of a slot's case. It belongs to no number: what staff write in its thread reaches no patient.
const (
	CaseSlot      = "slot"
	CaseSlotTaken = "slot_taken"
	CaseSlotOver  = "slot_over"
)

// Case is the slot's case at the desk; its id is the slot's.
func (s *Slot) Case(c *knowledge.Clinic) Case {
	out := Case{ID: s.ID, Channel: DeskChannel, At: s.At, Open: !s.Done, Kind: CaseSlot, Title: s.Named(c) + " is free: " + s.Why + ". It is being offered to the waitlist."}
	switch s.State {
	case SlotTaken:
		out.Kind, out.Title = CaseSlotTaken, s.Named(c)+": "+s.End+"."
	case SlotOver:
		out.Kind, out.Title = CaseSlotOver, s.Named(c)+" is no longer offered: "+s.End+"."
	}
	return out
}

// Mark refuses a staff message that was written in the slot's thread.
func (o *Offering) Mark(message, why string) {
	o.e.Posts = append(o.e.Posts, Post{ID: message + ":refused", Case: o.ID, Do: PostMark, Mark: message, State: Refused, Why: why, Due: o.Now})
}
