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
	// sendTime is how long after its begin a send has ended, whatever came in between: well within
	// the lease that begins there, so that nobody looks for it too early. If less than leastTime of
	// it is left, the request isn't made: its outcome would more likely than not be unknown.
	sendTime  = 12 * time.Second
	leastTime = 2 * time.Second
	// missed is by how much a text may leave later than the pace said, and mostMissed how often its
	// send is begun to get that right.
	missed     = 50 * time.Millisecond
	mostMissed = 5
	// mostBegins is how often a send is begun anew while others write the same number.
	mostBegins = 50
)

// send hands a row to the carrier, having stored that the send begins. row is kept as the ledger
// has it, whatever happens.
func (t *Texter) send(
	ctx context.Context, s handlers.State, row *handlers.Outgoing, now time.Time,
) (bool, error) {
	o, began, err := t.begin(ctx, s, *row, now)
	if err != nil || began.IsZero() {
		return false, err
	}
	*row = o
	switch why, err := t.agree(ctx, o, "leaves", (*waitlist.Offering).Sending); {
	case err != nil:
		return false, err
	case why != "":
		o.Tries = 0
		return false, t.refuse(ctx, o, handlers.Skipped, why)
	}
	left := sendTime - t.Now().Sub(began)
	if left < leastTime {
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
		return true, t.done(ctx, o, now)
	case !errors.As(err, &no):
		t.Log.Warn("text: outcome unknown", "id", o.ID, "to", o.To, "err", err)
		return false, t.again(ctx, o, now, "outcome unknown", 0)
	}
	o.Tries = 0
	if _, err := t.agree(ctx, o, "refused", (*waitlist.Offering).Unsent); err != nil {
		return false, err
	}
	return false, t.refused(ctx, o, no, now)
}

// begin stores that a send begins, and waits for its moment. It returns the row as it is sent, and
// since when its lease runs; a zero time if there is nothing to send now.
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
		b, err := t.Ledger.Begin(ctx, o, s, t.Caps(o, began), t.Pace(), Lease)
		if err != nil {
			return o, time.Time{}, err
		}
		switch b.Answer {
		case Ready:
			if t.await(b.At) || o.Alarm {
				return o, began, nil
			}
			// It missed its moment, which may be another's second by now: it takes a new one.
			if misses++; misses == mostMissed {
				// late again and again: better above the pace for once than never
				return o, began, nil
			}
		case Capped:
			return o, time.Time{}, t.capped(ctx, o, b.Cap, now)
		case Paced: // it keeps its place
			o.Tries = 0
			return o, time.Time{}, t.settle(ctx, o, handlers.Planned, "", o.Due)
		case Apart, Stale:
			// it tells of itself alone, or of what is left; or it is another matter by now
			if b.Answer == Apart {
				o.Apart, o.With = true, b.With
			} else if s, err = t.Store.Peek(ctx, o.To); err != nil {
				return o, time.Time{}, err
			}
			c := t.decide(s, o, now)
			unbegun := o
			unbegun.Tries = 0
			if settled, err := t.withhold(ctx, unbegun, c); settled {
				return o, time.Time{}, err
			}
			o = worded(o, c)
		default:
			return o, time.Time{}, nil
		}
	}
	o.Tries = 0 // the others changed again and again
	return o, time.Time{}, t.settle(ctx, o, handlers.Planned, "", now.Add(time.Second))
}

// await waits for the moment that the pace assigned to a text; false if it has passed.
func (t *Texter) await(at time.Time) bool {
	if t.Sleep == nil || t.Clinic.Pace.PerSecond == 0 {
		return true
	}
	if wait := at.Sub(t.Now()); wait > 0 {
		t.Sleep(wait)
	}
	return t.Now().Sub(at) <= missed
}

// capped puts a text off to the next day's window if that comes before the visit; Compose then says
// whether it still makes sense.
func (t *Texter) capped(ctx context.Context, o handlers.Outgoing, by string, now time.Time) error {
	o.Tries, o.First = 0, time.Time{}
	why := "this number's texts of the " + by + " are used, or kept for what matters more"
	l := now.In(t.Clinic.Zoned(o.Zone))
	next := settings.OnDay(l, 1, t.Clinic.Reminders.Window.From)
	if o.Start.IsZero() || !next.Before(o.Start) {
		return t.refuse(ctx, o, handlers.Skipped, why)
	}
	return t.putOff(ctx, o, why, next)
}

// agree tells the slot that a text is about, if any, what becomes of the text. It does so in a turn
// of the number, so that it is ordered with the patient's answer and with other changes of the
// slot. why says why the text must not be sent.
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

// refused acts on a carrier's refusal, and stores what it says of the number. That the number opted
// out is stored first, so that the card can say so. That texts can't reach it is stored last: had
// the process died in between, the text would be skipped for it without a card.
func (t *Texter) refused(
	ctx context.Context, o handlers.Outgoing, no *handlers.Refusal, now time.Time,
) error {
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
