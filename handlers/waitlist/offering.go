package waitlist

import (
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Offering is a change of a slot at one moment: the slot as it will be, and the texts, notes and
// cards that come of the change. Its methods change the slot in memory alone; [Offering.Done]
// returns the effects to store. The store writes them only if nobody else has changed the slot.
type Offering struct {
	handlers.Slot
	Clinic *settings.Clinic
	Now    time.Time
	e      handlers.Effects // gathered so far
}

// Done returns the effects, the changed slot among them. Call it once, last. A slot that isn't open
// is never looked at again.
func (o *Offering) Done() handlers.Effects {
	if o.State != handlers.SlotOpen {
		o.Next = time.Time{}
	}
	o.e.Slots = append(o.e.Slots, o.Slot)
	return o.e
}

// ask offers the slot to somebody on the waitlist, until a time. The first offer puts the slot's
// card on the desk.
func (o *Offering) ask(w handlers.Wish, until time.Time) {
	offer := handlers.Offer{
		To: w.Phone, Row: fmt.Sprintf("offer:%s:%d", o.ID, len(o.Offers)+1),
		Name: w.Name, Lang: w.Lang, Zone: w.Zone, Visit: w.Visit,
		At: o.Now, Until: until, State: handlers.OfferAsked,
	}
	o.Offers = append(o.Offers, offer)
	if !o.Shown {
		o.Shown = true
		o.card()
	}
	o.note("bot", fmt.Sprintf("Offered to %s until %s.", w.Phone, o.time(until)))
	// The row has no Start: with one, a cap would put the offer off to another day.
	o.e.Texts = append(o.e.Texts, handlers.Outgoing{
		ID: offer.Row, To: w.Phone, Kind: KindOffer, Slot: o.ID, Zone: w.Zone, Due: o.Now,
		Unasked: true,
	})
}

// skip ends an offer whose text couldn't be sent.
func (o *Offering) skip(offer *handlers.Offer, why string) {
	offer.State, offer.Why = handlers.OfferSkipped, why
	o.void("the offer is over", offer.Row)
	o.note("bot", fmt.Sprintf("%s couldn't be asked: %s.", offer.To, why))
}

// lapse ends an offer that wasn't answered in time, and texts the patient so.
func (o *Offering) lapse(offer *handlers.Offer) {
	o.close(offer, handlers.OfferLapsed, KindLapsed)
	o.note("bot", fmt.Sprintf("%s hasn't answered.", offer.To))
}

// Decline ends an offer that the patient refused or must not be waited for, and has the next in
// line asked at once. how says what they did, after their number: "said NO."
func (o *Offering) Decline(offer *handlers.Offer, how string) {
	offer.State, offer.Why = handlers.OfferLeft, how
	o.Next = o.Now
	o.void("the offer is over", offer.Row)
	o.note("bot", fmt.Sprintf("%s %s", offer.To, how))
}

// Take gives the slot to the patient of an offer, and texts the others who were asked that it is
// gone. old is the time of the visit that the slot replaces, as staff read it; "" if there is none.
// Booking the visit is the caller's part; see the function [Take].
func (o *Offering) Take(offer *handlers.Offer, old string) {
	offer.State, o.State = handlers.OfferTaken, handlers.SlotTaken
	o.End = fmt.Sprintf("%s took it by text", offer.To)
	task := "Put it in your calendar"
	if old != "" {
		task += ", and take their visit of " + old + " out: this one takes its place"
	}
	o.note(
		"bot", fmt.Sprintf("%s said YES: it's theirs, and they were told so. %s.", offer.To, task),
	)
	o.rest()
	o.card()
}

// Stop ends the offering for a reason, and texts those who were asked that the slot is gone, except
// for one number that knows (it has been booked there; the zero Phone is none). by is who ended it,
// for the note: a staff member or "bot". A slot that the desk was never shown ends silently.
func (o *Offering) Stop(why, by string, knows handlers.Phone) {
	o.State, o.End = handlers.SlotOver, why
	if offer := o.To(knows); offer != nil && offer.Stands() {
		o.close(offer, handlers.OfferGone, "")
	}
	o.rest()
	if o.Shown {
		o.note(by, why+".")
		o.card()
	}
}

// closeCard closes the slot's case at the desk.
func (o *Offering) closeCard(by string) {
	o.Slot.Done = true
	o.note(by, "closed this.")
	o.card()
}

// rest closes the offers that still stand.
func (o *Offering) rest() {
	for i := range o.Offers {
		if one := &o.Offers[i]; one.Stands() {
			o.close(one, handlers.OfferGone, KindGone)
		}
	}
}

// close ends an offer in a state. If its text was sent and tell isn't "", the patient gets a text
// of that kind. That text is a sequel, so the caps don't hold it back: a patient who waits to hear
// must not be left waiting. If the offer's own text is still waiting, it is voided instead.
func (o *Offering) close(offer *handlers.Offer, state, tell string) {
	asked := offer.State == handlers.OfferOpen
	offer.State, offer.Ended = state, o.Now
	o.void("the offer is over", offer.Row)
	if asked && tell != "" {
		o.e.Texts = append(o.e.Texts, handlers.Outgoing{
			ID: endRow(*offer), To: offer.To, Kind: tell, Slot: o.ID, Zone: offer.Zone,
			Due: o.Now, Unasked: true, Sequel: true,
		})
	}
}

// Sending records that a text about the slot is about to be sent: an offer counts as made from here
// on, before the carrier has it, since the patient may answer before we hear that it was sent. For
// a text that ends an offer it notes the time. It returns why the text must not be sent, "" if it
// may.
func (o *Offering) Sending(offer *handlers.Offer, kind string) (why string) {
	switch {
	case kind != KindOffer && (offer.Heard || offer.State == handlers.OfferTaken):
		return "they have answered since, and were told then"
	case kind != KindOffer:
		offer.EndSent = o.Now
	case o.State != handlers.SlotOpen || !offer.Stands():
		return "the slot isn't offered to them any more"
	default:
		offer.State = handlers.OfferOpen
	}
	return ""
}

// Unsent takes back what Sending recorded, since the carrier refused the text: the offer wasn't
// made, and if it has ended meanwhile, the text that would tell the patient so is voided. Its
// result is always "", as that of Sending for a text that may be sent.
func (o *Offering) Unsent(offer *handlers.Offer, kind string) (why string) {
	if kind != KindOffer {
		return ""
	}
	if offer.State == handlers.OfferOpen {
		offer.State = handlers.OfferAsked
	}
	o.void("the offer's text didn't leave", endRow(*offer))
	return ""
}

// void keeps a row from being sent, if it is still waiting.
func (o *Offering) void(why, row string) {
	o.e.Void = append(o.e.Void, handlers.Voids(why, row)...)
}

// note writes a line in the thread of the slot's card.
func (o *Offering) note(from, text string) {
	o.Notes++
	o.e.Posts = append(o.e.Posts, handlers.Post{
		ID: o.postID("note"), Case: o.ID, Do: desk.PostNote, From: from, Text: text, Due: o.Now,
	})
}

// card shows the slot at the desk as it stands, on a new card or an updated one.
func (o *Offering) card() {
	o.Notes++
	o.e.Cases = append(o.e.Cases, CaseOf(&o.Slot, o.Clinic))
	o.e.Posts = append(o.e.Posts, handlers.Post{
		ID: o.postID("card"), Case: o.ID, Do: desk.PostCard, Due: o.Now,
	})
}

// postID returns an id for the next post. Posts that fall due in the same moment are posted in the
// order of their ids, so the number, padded with zeros, keeps the thread in order.
func (o *Offering) postID(what string) string {
	return fmt.Sprintf("%s:%04d:%s", o.ID, o.Notes, what)
}

// time returns a time of day as staff read it, in the clinic's zone.
func (o *Offering) time(t time.Time) string { return knowledge.Time(t.In(o.Clinic.Location())) }

// CaseOf returns the slot's case at the desk, as the slot stands. Its id is the slot's. It belongs
// to no number, so a slot's thread reaches no patient.
func CaseOf(s *handlers.Slot, c *settings.Clinic) handlers.Case {
	out := handlers.Case{
		ID: s.ID, Channel: handlers.DeskChannel, At: s.At, Open: !s.Done, Kind: kinds.Slot,
		Title: s.Named(c) + " is free: " + s.Why + ". It is being offered to the waitlist.",
	}
	switch s.State {
	case handlers.SlotTaken:
		out.Kind, out.Title = kinds.SlotTaken, s.Named(c)+": "+s.End+"."
	case handlers.SlotOver:
		out.Kind, out.Title = kinds.SlotOver, s.Named(c)+" is no longer offered: "+s.End+"."
	}
	return out
}

// refuse marks a staff message in the slot's thread as refused, with the reason.
func (o *Offering) refuse(message, why string) {
	o.e.Posts = append(o.e.Posts, handlers.Post{
		ID: message + ":refused", Case: o.ID, Do: desk.PostMark, Mark: message,
		State: desk.Refused, Why: why, Due: o.Now,
	})
}

// endRow returns the id of the row that tells the patient that an offer is over. It is the offer's
// row with a suffix, so one offer is ended by one text.
func endRow(o handlers.Offer) string { return o.Row + ":end" }
