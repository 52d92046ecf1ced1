package waitlist

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// look is the pause until a slot is looked at again while the text of one of its offers waits
	// to be sent, so that the next in line is asked soon if it can't be.
	look = time.Second
	// patience is how long the text of an offer may take to be sent. Then the next in line is asked
	// instead: a slot is worth little if it waits for one phone.
	patience = 5 * time.Minute
)

// step returns what happens to a slot that is due: its offers move on, the next in line are asked,
// or it is over. When nothing more can happen before a time, the slot is due again then.
func (h *Handler) step(ctx context.Context, s handlers.Slot) (handlers.Effects, error) {
	o := h.offering(s)
	if o.State != handlers.SlotOpen {
		return o.Done(), nil
	}
	last := o.Start.Add(-h.Base.Clinic.Waitlist.Notice()) // when it has come too near
	if !o.Now.Before(last) {
		o.Stop("it has come too near to offer it", "bot", handlers.Phone{})
		return o.Done(), nil
	}
	standing, next, err := h.stand(ctx, o)
	if err != nil {
		return handlers.Effects{}, err
	}
	if standing < h.Base.Clinic.Waitlist.AtOnce {
		asked, later, err := h.askNext(ctx, o, h.Base.Clinic.Waitlist.AtOnce-standing, last)
		if err != nil {
			return handlers.Effects{}, err
		}
		if asked > 0 {
			later = sooner(later, o.Now.Add(look))
		}
		standing, next = standing+asked, sooner(next, later)
	}
	if standing == 0 && next.IsZero() {
		why := "nobody took it who waits for one like it"
		if len(o.Offers) == 0 {
			why = "nobody waits for one like it"
		}
		o.Stop(why, "bot", handlers.Phone{})
		return o.Done(), nil
	}
	o.Next = sooner(next, last)
	return o.Done(), nil
}

// stand moves on the offers that stand, by what has become of their texts and by the clock. It
// returns how many still stand, and when to look again.
func (h *Handler) stand(ctx context.Context, o *Offering) (n int, next time.Time, err error) {
	for i := range o.Offers {
		one := &o.Offers[i]
		if !one.Stands() {
			continue
		}
		row, err := h.Register.Row(ctx, one.Row)
		if err != nil {
			return 0, next, err
		}
		// waits: the text isn't known to have been sent. A Planned row with tries is being sent, or
		// the outcome is unknown and the gate will look it up.
		waits := one.State == handlers.OfferAsked || row.State == handlers.Planned && row.Tries > 0
		switch again := one.At.Add(patience); {
		case row.State == handlers.Skipped, row.State == handlers.Failed,
			row.State == handlers.Void:
			o.skip(one, row.Why)
			continue
		case row.State == handlers.Sent, row.State == handlers.Delivered:
			one.State, waits = handlers.OfferOpen, false
		case waits && !o.Now.Before(again):
			o.skip(one, "the text didn't leave in time")
			continue
		}
		if !o.Now.Before(one.Until) {
			o.lapse(one)
			continue
		}
		n++
		next = sooner(next, one.Until)
		if waits {
			next = sooner(next, o.Now.Add(look))
		}
	}
	return n, next, nil
}
