package gate

import (
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	// sendTime is how long after its begin a send must have ended. It is well within Lease, so that
	// whoever claims the row next finds the text in the carrier's list if it was taken.
	sendTime = 12 * time.Second
	// leastTime is how much of sendTime must be left to make the request. With less it would
	// probably time out, and leave an unknown outcome.
	leastTime = 2 * time.Second
	// missed is by how much a text may leave later than the moment that the pace gave it. Later
	// than that, it takes another moment, until it has missed mostMissed of them.
	missed     = 50 * time.Millisecond
	mostMissed = 5
	// mostBegins is how often a send is begun again while others change the number or the pace.
	mostBegins = 50
)

// send stores that a send begins, hands the row to the carrier and settles it by the outcome. It
// reports whether the carrier took the text. row is kept as the ledger has it, so that a panic on
// the way finds what is known (see carry).
func (t *Texter) send(
	ctx context.Context, s handlers.State, row *handlers.Outgoing, now time.Time,
) (bool, error) {
	o, began, err := t.begin(ctx, s, *row, now)
	if err != nil || began.IsZero() {
		return false, err
	}
	*row = o
	switch why, err := t.agree(ctx, o, "leaves", (*waitlist.Offering).Sending); {
	case err != nil: // the lease runs out, and then the row is looked up
		return false, err
	case why != "":
		o.Tries = 0 // no request was made, so there is nothing to look up
		return false, t.refuse(ctx, o, handlers.Skipped, why)
	}
	left := sendTime - t.Now().Sub(began)
	if left < leastTime { // the store was slow
		o.Tries = 0
		return false, t.settle(ctx, o, handlers.Planned, "", t.Now().Add(time.Second))
	}
	sending, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	send := t.Carrier.Send
	if o.Voice {
		send = t.Carrier.Call
	}
	sid, err := send(sending, o)
	var no *handlers.Refusal
	switch {
	case err == nil:
		o.SID = sid
		*row = o
		return true, errors.Join(t.done(ctx, o, now), t.shown(ctx, s, o))
	case !errors.As(err, &no):
		t.Log.Warn("text: outcome unknown", "id", o.ID, "to", o.To, "err", err)
		return false, t.again(ctx, o, now, unknown, 0)
	}
	o.Tries = 0 // a refused text is known not to have left
	if _, err := t.agree(ctx, o, "refused", (*waitlist.Offering).Unsent); err != nil {
		return false, err
	}
	return false, t.refused(ctx, o, no, now)
}

// begin stores that a send begins, and waits for the moment that the pace gives it. If the number's
// state has changed, or a row that it was to include has left by itself, it decides again and words
// the row anew. It returns the row as it is to be sent, and when its lease began; a zero time if
// there is nothing to send now, in which case the row is settled.
func (t *Texter) begin(
	ctx context.Context, s handlers.State, o handlers.Outgoing, now time.Time,
) (handlers.Outgoing, time.Time, error) {
	o.Tries++
	if o.First.IsZero() {
		o.First = now
	}
	misses := 0
	for range mostBegins {
		began := t.Now()
		b, err := t.Ledger.Begin(ctx, o, s, t.Caps(s, o, began), t.Pace(), Lease)
		if err != nil {
			return o, time.Time{}, err
		}
		switch b.Answer {
		case Ready:
			if t.await(b.At) || o.Alarm {
				return o, began, nil
			}
			// It missed its moment. Sent now, it would fall into a second that is full already, so
			// it takes another moment.
			if misses++; misses == mostMissed {
				// This process is too slow to keep any: better one text above the pace than none.
				return o, began, nil
			}
		case Capped:
			return o, time.Time{}, t.capped(ctx, o, b, now)
		case Paced: // its due time stays, so it keeps its place in the queue
			o.Tries = 0
			return o, time.Time{}, t.settle(ctx, o, handlers.Planned, "", o.Due)
		case Apart, Stale:
			if b.Answer == Apart {
				// It may include only what is left of With.
				o.Apart, o.With = true, b.With
			} else if s, err = t.Store.Peek(ctx, o.To); err != nil {
				return o, time.Time{}, err
			}
			c := t.decide(s, o, now)
			unbegun := o // nothing was stored, so a row that is withheld now has no try
			unbegun.Tries = 0
			if settled, err := t.withhold(ctx, unbegun, c); settled {
				return o, time.Time{}, err
			}
			o = worded(o, c)
		default: // Lost: whoever has the row settles it
			return o, time.Time{}, nil
		}
	}
	// Others changed the number each time. Let them come to an end.
	o.Tries = 0
	return o, time.Time{}, t.settle(ctx, o, handlers.Planned, "", now.Add(time.Second))
}

// await sleeps until the moment that the pace gave to a text. It returns false if the text would
// leave more than missed after it. Without a pace, or where time doesn't pass by itself, any moment
// is good.
func (t *Texter) await(at time.Time) bool {
	if t.Sleep == nil || t.Clinic.Pace.PerSecond == 0 {
		return true
	}
	if wait := at.Sub(t.Now()); wait > 0 {
		t.Sleep(wait)
	}
	return t.Now().Sub(at) <= missed
}

// capped puts a text that a cap holds back off until the cap lets it out, or to the next day's
// window if that comes first, in case what is kept for others was given up. Compose then says
// whether it still makes sense. If the visit comes first, the text is skipped. First is reset: no
// send has begun.
func (t *Texter) capped(ctx context.Context, o handlers.Outgoing, b Begun, now time.Time) error {
	o.Tries, o.First = 0, time.Time{}
	why := "this number's texts of the " + b.Cap + " are used, or kept for what matters more"
	zone := t.Clinic.Zoned(o.Zone)
	next := settings.OnDay(now.In(zone), 1, t.Clinic.Reminders.Window.From)
	if free := t.Clinic.InWindow(b.At, zone); b.At.After(now) && free.Before(next) {
		next = free
	}
	if o.Start.IsZero() || !inTime(o, next) || o.Stale(next) {
		return t.refuse(ctx, o, handlers.Skipped, why)
	}
	return t.putOff(ctx, o, why, next)
}

// agree tells the slot that a text is about, if any, that the text is about to be sent, or that the
// carrier refused it. It does so in a turn of the number, so that this comes either before or after
// the patient's answer and any other change of the slot. why is why the text must not be sent, ""
// if it may. The claim's token in the event id makes each try an event of its own.
func (t *Texter) agree(
	ctx context.Context, o handlers.Outgoing, what string,
	tell func(*waitlist.Offering, *handlers.Offer, string) string,
) (why string, err error) {
	if o.Slot == "" {
		return "", nil
	}
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		for _, slot := range s.Offers {
			if slot.ID == o.Slot {
				of := waitlist.Offering{Slot: slot, Clinic: t.Clinic, Now: t.Now()}
				note := tell(&of, of.To(o.To), o.Kind)
				e = of.Done()
				e.Reply.Note = note
			}
		}
		return e, nil
	}
	did, _, err := t.Store.Turn(ctx, o.Event(what)+":"+o.Token, o.To, decide)
	return did.Note, err
}

// refused acts on a carrier's refusal: the row is held up, retried or failed, and what the code
// says of the number is stored. An opt-out is stored first, so that the card can say CALL. That no
// text reaches the number is stored last: if it were first and the process died in between, the
// next try would skip the text for it, and no card would tell the desk.
func (t *Texter) refused(
	ctx context.Context, o handlers.Outgoing, no *handlers.Refusal, now time.Time,
) error {
	// first and then are the two steps, in the order for an opt-out.
	first := func() error { return t.heed(ctx, o, now, no.Code, no.NoTexts, no.Why) }
	then := func() error {
		switch {
		case no.Mend != "" && !o.Alarm:
			return t.hold(ctx, o, no, now)
		case no.Retry:
			return t.again(ctx, o, now, no.Reason(), no.After)
		}
		return t.refuse(ctx, o, handlers.Failed, no.Reason())
	}
	if no.NoTexts {
		first, then = then, first
	}
	if no.Mend != "" && o.Channel != "" {
		// SMS isn't closed: the next try leaves as one, at once.
		t.shutChannel(o, no.Reason(), no.Mend)
		o.Channel = ""
		return t.settle(ctx, o, handlers.Planned, no.Reason()+"; it leaves as an SMS", now)
	}
	if no.Mend != "" {
		if err := t.out(ctx, met(o, no, now)); err != nil {
			return err
		}
	}
	if o.Alarm && (no.Mend != "" || no.After > alarmMost) {
		// It is tried on, but may not get through for hours. Somebody must act now.
		if err := t.unheard(ctx, o, no.Reason(), now); err != nil {
			return err
		}
	}
	if err := first(); err != nil {
		return err
	}
	return then()
}

// shutChannel logs that the clinic's set-up closes a channel besides SMS. It is no outage: what
// would have gone there leaves as an SMS.
func (t *Texter) shutChannel(o handlers.Outgoing, why, mend string) {
	t.Log.Error("the clinic's set-up at the carrier closes a channel: answers leave as SMS",
		"channel", o.Channel, "id", o.ID, "why", why, "mend", mend)
}
