package waitlist

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// look is how soon after an offer was planned it is looked whether its text has left, and how
	// often again.
	look = time.Second
	// patience is how long a text may take to leave: then the next one is asked instead.
	patience = 5 * time.Minute
)

// step is what happens to a slot now: its offers move on, the next in line are asked, or it is
// over.
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

// stand moves on the offers that are open. It returns how many stay open, and when to look again.
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
		// its text waits, or may have left
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
