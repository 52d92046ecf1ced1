package gate

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/handlers/window"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// settleTime is how long the carrier's list is given to show a text whose outcome is unknown. After a crash the lease gives more.
	settleTime = 6 * time.Second
	// missed is by how much a text may leave later than the pace said, and mostMissed how often it is begun to get that right.
	missed     = 50 * time.Millisecond
	mostMissed = 5
	// mostBegins is how often a send is begun anew while others write the same number.
	mostBegins = 50
	// mostErrors is after how many errors a text is given up and told to the desk: with backoff
	// about two hours.
	mostErrors = 12
	// A text that didn't arrive, on a phone that was off say, is tried again after so long unless
	// its receipt says otherwise, doubled each time, so many times: four hours. One that the
	// clinic's own set-up keeps from arriving comes back at least every laterMost, as long as it
	// makes sense for its visit.
	laterFirst = 15 * time.Minute
	mostLater  = 4
	laterMost  = time.Hour
	// alarmMost is the most that an alarm waits for another try, whatever the carrier asks for.
	alarmMost = time.Minute
)

// begin stores that a send begins, and waits for its moment. It returns the row as it leaves, and
// since when its lease runs; a zero time: there is nothing to send now.
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
			if misses++; misses == mostMissed { // late again and again: better above the pace for once than never
				return o, began, nil
			}
		case Capped:
			return o, time.Time{}, t.capped(ctx, o, b.Cap, now)
		case Paced: // it keeps its place
			o.Tries = 0
			return o, time.Time{}, t.settle(ctx, o, handlers.Planned, "", o.Due)
		case Apart, Stale: // it tells of itself alone, or of what is left; or it is another matter by now
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

// await waits for the moment that the pace gave a text; false if it has been missed.
func (t *Texter) await(at time.Time) bool {
	if t.Sleep == nil || t.Clinic.Pace.PerSecond == 0 {
		return true
	}
	if wait := at.Sub(t.Now()); wait > 0 {
		t.Sleep(wait)
	}
	return t.Now().Sub(at) <= missed
}

// send hands a row over to the carrier, having stored that it does. row is kept as it stands in the
// ledger, whatever comes.
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

// refused does what a carrier's refusal asks for, and keeps what it says of the number. That the number opted out comes first, so that the card says so;
// that no text reaches it comes last: had the process died in between, the text would be left out for it, and no card tell of it.
func (t *Texter) refused(ctx context.Context, o handlers.Outgoing, no *handlers.Refusal, now time.Time) error {
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

// agree has the slot that a text is about, if it is about one, know what becomes of the text, in a turn of the number: what the patient answers and
// what others do with the slot comes before it or after. why says why the text must not leave.
func (t *Texter) agree(ctx context.Context, o handlers.Outgoing, what string, tell func(*waitlist.Offering, *handlers.Offer, string) string) (why string, err error) {
	if o.Slot == "" {
		return "", nil
	}
	told, _, err := t.Store.Turn(ctx, o.Event(what)+":"+o.Token, o.To, func(s handlers.State) (e handlers.Effects, err error) {
		for _, slot := range s.Offers {
			if slot.ID == o.Slot {
				of := waitlist.Offering{Slot: slot, Clinic: t.Clinic, Now: t.Now()}
				note := tell(&of, of.To(o.To), o.Kind)
				e = of.Done()
				e.Reply.Note = note
			}
		}
		return e, nil
	})
	return told.Note, err
}

// heed keeps what the carrier's word says of the number: that it opted out there, or that no text reaches it.
func (t *Texter) heed(ctx context.Context, o handlers.Outgoing, now time.Time, code int, noTexts bool, why string) (err error) {
	if code == OptedOut {
		out := func(s handlers.State) (e handlers.Effects, err error) {
			// What else they asked for, discretion say, holds when they opt in again.
			if c := s.Consent; !c.Out {
				c.Out, c.At, c.Way, c.Words = true, now, "carrier", "21610"
				e.Consent = &c
			}
			return e, nil
		}
		_, _, err = t.Store.Turn(ctx, o.Event("21610"), o.To, out)
	}
	if noTexts && err == nil {
		_, _, err = t.Store.Turn(ctx, o.Event("reach"), o.To, func(handlers.State) (handlers.Effects, error) {
			return handlers.Effects{Reach: &handlers.Reach{NoTexts: true, Why: why, At: now}}, nil
		})
	}
	return err
}

// capped puts a text off to the next day's window, if that still comes before the visit: Compose then says whether it still makes sense.
func (t *Texter) capped(ctx context.Context, o handlers.Outgoing, by string, now time.Time) error {
	o.Tries, o.First = 0, time.Time{}
	why := "this number's texts of the " + by + " are used, or kept for what matters more"
	l := now.In(t.Clinic.Zoned(o.Zone))
	next := window.At(l, 1, t.Clinic.Reminders.Window.From)
	if o.Start.IsZero() || !next.Before(o.Start) {
		return t.refuse(ctx, o, handlers.Skipped, why)
	}
	return t.putOff(ctx, o, why, next)
}

// putOff has a row wait until due. Why is written down once, and doesn't cover an error that the row has had.
func (t *Texter) putOff(ctx context.Context, o handlers.Outgoing, why string, due time.Time) error {
	if o.Why == why || o.Errors > 0 || o.Holds > 0 {
		why = ""
	}
	return t.settle(ctx, o, handlers.Planned, why, due)
}

// again puts a row back to be tried later: at once doubled waits from two seconds to half an hour, as long as it makes sense for the visit.
func (t *Texter) again(ctx context.Context, o handlers.Outgoing, now time.Time, why string, after time.Duration) error {
	o.Errors++
	if o.Errors >= mostErrors {
		return t.refuse(ctx, o, handlers.Failed, why)
	}
	wait := max(after, min(time.Second<<o.Errors, 30*time.Minute))
	if o.Alarm {
		wait = min(wait, alarmMost)
	}
	if o.Tries > 0 {
		wait = max(wait, settleTime)
	} else if late := late(o, now.Add(wait)); late != "" {
		return t.refuse(ctx, o, handlers.Failed, why+late)
	}
	t.Meter.Sent(o.Kind, "retry", 0)
	return t.settle(ctx, o, handlers.Planned, why, now.Add(wait))
}

// stale is how long a text without a visit is tried: words that staff wrote so long ago may no
// longer be true.
const stale = 4 * time.Hour

// late says why a row that leaves at that time would come too late; "" if it wouldn't.
func late(o handlers.Outgoing, at time.Time) string {
	switch {
	case !inTime(o, at):
		return "; the visit comes before the next try"
	case !o.Unasked && !o.Alarm && at.Sub(o.First) > stale:
		return "; what it says is too old for another try"
	}
	return ""
}

// inTime says whether a row that leaves at that time still comes before its visit.
func inTime(o handlers.Outgoing, at time.Time) bool { return o.Start.IsZero() || at.Before(o.Start) }

// later is when a text that didn't arrive is tried again, by its receipt; zero if that makes no
// sense any more.
func (t *Texter) later(o handlers.Outgoing, r Receipt) time.Time {
	first, most := cmp.Or(r.After, laterFirst), cmp.Or(r.Tries, mostLater)
	wait := first << min(o.Errors, 10)
	switch {
	case r.Mend != "":
		wait = max(first, min(wait, laterMost))
	case first >= time.Hour: // it names its own time
		wait = first
	}
	at := r.At.Add(wait)
	if o.Alarm || !inTime(o, at) || o.Errors >= most && !(r.Mend != "" && o.Unasked) {
		return time.Time{}
	}
	return at
}

// done settles a row that was sent and tells the thread it came from.
func (t *Texter) done(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	t.Meter.Sent(o.Kind, handlers.Sent, now.Sub(o.Due))
	t.Log.Info("text sent", "id", o.ID, "kind", o.Kind, "to", o.To, "sid", o.SID)
	return errors.Join(
		t.said(ctx, o, now), t.mark(ctx, o, handlers.Sent, ""),
		t.settle(ctx, o, handlers.Sent, "", time.Time{}), t.through(ctx, way(o), o, now),
	)
}

// said keeps with each visit what a text that was sent said of it: how to prepare, or the question who drives the patient home.
func (t *Texter) said(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	if o.Says == "" {
		return nil
	}
	said := strings.Split(o.Says, "\n")
	_, _, err := t.Store.Turn(ctx, o.Event("said"), o.To, func(s handlers.State) (e handlers.Effects, err error) {
		for _, v := range s.Visits {
			asks, prepares := slices.Contains(said, Said(AsksRide, v.ID)), slices.Contains(said, Said(SaysPrepare, v.ID))
			if asks {
				v.Asked = now
			}
			if prepares {
				v.Told = now
			}
			if asks || prepares {
				e.Visits = append(e.Visits, v)
			}
		}
		return e, nil
	})
	return err
}

// refuse settles a row that won't be sent, and tells the desk where staff must know.
func (t *Texter) refuse(ctx context.Context, o handlers.Outgoing, state, why string) error {
	t.Meter.Sent(o.Kind, state, 0)
	t.Log.Info("text "+state, "id", o.ID, "kind", o.Kind, "to", o.To, "why", why)
	o.State, o.Why = state, why
	return errors.Join(t.Undelivered(ctx, o), t.settle(ctx, o, state, why, time.Time{}))
}

func (t *Texter) settle(ctx context.Context, o handlers.Outgoing, state, why string, due time.Time) error {
	now := t.Now()
	o.State, o.Why, o.At = state, why, now
	if state == handlers.Planned {
		o.Due = due
	}
	_, err := t.Ledger.Settle(ctx, o)
	return err
}
