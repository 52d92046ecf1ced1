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

// Offering is a slot being changed at one moment: the slot as it will be, and what comes of the
// change. End it with [Offering.Done].
type Offering struct {
	handlers.Slot
	Clinic *settings.Clinic
	Now    time.Time
	e      handlers.Effects
}

// Done returns the effects, the changed slot among them.
func (o *Offering) Done() handlers.Effects {
	if o.State != handlers.SlotOpen {
		o.Next = time.Time{}
	}
	o.e.Slots = append(o.e.Slots, o.Slot)
	return o.e
}

// ask offers the slot to somebody on the waitlist, until a time.
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
	// The row has no start: an offer that can't leave now isn't put off to another day.
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

// lapse ends an offer that wasn't answered, and texts the patient so.
func (o *Offering) lapse(offer *handlers.Offer) {
	o.close(offer, handlers.OfferLapsed, KindLapsed)
	o.note("bot", fmt.Sprintf("%s hasn't answered.", offer.To))
}

// Decline ends an offer that was refused, and has the next one asked at once.
func (o *Offering) Decline(offer *handlers.Offer, how string) {
	offer.State, offer.Why = handlers.OfferLeft, how
	o.Next = o.Now
	o.void("the offer is over", offer.Row)
	o.note("bot", fmt.Sprintf("%s %s", offer.To, how))
}

// Take gives the slot to a number, and texts the others who were asked that it is gone. old is the
// time of the visit that it replaces; "" if none.
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

// Stop ends the offering, and texts those who were asked, except for one number that knows.
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

// closeCard takes the card off the desk.
func (o *Offering) closeCard(by string) {
	o.Slot.Done = true
	o.note(by, "closed this.")
	o.card()
}

// rest closes the offers that are still open.
func (o *Offering) rest() {
	for i := range o.Offers {
		if one := &o.Offers[i]; one.Stands() {
			o.close(one, handlers.OfferGone, KindGone)
		}
	}
}

// close ends an offer. If its text was sent, the patient is told, once.
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

// Sending records that a text about the slot is about to be sent: an offer counts as made from
// here on, and a closing text as told. It returns why the text must not be sent, "" if it may.
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

// Unsent records that the carrier refused a text about the slot: the offer wasn't made, and its
// closing text is voided.
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

// card shows the slot at the desk as it stands.
func (o *Offering) card() {
	o.Notes++
	o.e.Cases = append(o.e.Cases, CaseOf(&o.Slot, o.Clinic))
	o.e.Posts = append(o.e.Posts, handlers.Post{
		ID: o.postID("card"), Case: o.ID, Do: desk.PostCard, Due: o.Now,
	})
}

// postID orders the posts of one moment as they were made.
func (o *Offering) postID(what string) string {
	return fmt.Sprintf("%s:%04d:%s", o.ID, o.Notes, what)
}

func (o *Offering) time(t time.Time) string { return knowledge.Time(t.In(o.Clinic.Location())) }

// CaseOf is the slot's case at the desk; its id is the slot's.
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

// refuse marks a staff message in the slot's thread as refused.
func (o *Offering) refuse(message, why string) {
	o.e.Posts = append(o.e.Posts, handlers.Post{
		ID: message + ":refused", Case: o.ID, Do: desk.PostMark, Mark: message,
		State: desk.Refused, Why: why, Due: o.Now,
	})
}

// endRow is the row of the text that says that the offer is over.
func endRow(o handlers.Offer) string { return o.Row + ":end" }
