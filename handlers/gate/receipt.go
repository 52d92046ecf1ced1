package gate

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A text that didn't arrive, since the phone was off, say, is tried again after laterFirst, doubled
// each time, at most mostLater times: over almost four hours. Its receipt may say otherwise.
const (
	laterFirst = 15 * time.Minute
	mostLater  = 4
)

// repeats is how long after a receipt moved a row the same receipt is acted on again. The carrier
// repeats one within seconds. One that comes later is somebody's who kept it: what it did must not
// be done anew when the ids of that are forgotten, which the store keeps for three days.
const repeats = 24 * time.Hour

// Receipt is the carrier's word on a text that was sent. The fields from Why on aren't the
// carrier's: package twilio sets them by the error code.
type Receipt struct {
	ID      string // our row's id, from the callback's URL
	SID     string
	Channel string // that the text went out on, as in handlers.Address
	State   string // the carrier's word: queued, sent, delivered, undelivered, failed
	At      time.Time

	Code  int           // the carrier's error code, 0 if none
	Why   string        // what the code means
	Retry bool          // another try may arrive
	After time.Duration // of Retry: the pause before the first try; 0 is laterFirst
	Tries int           // of Retry: how many tries at most; 0 is mostLater
	// Mend is what the clinic must first mend in its own set-up, for staff; "": nothing.
	Mend    string
	NoTexts bool // the number takes no texts and never will
}

// Reason returns why, with the carrier's error code, as staff read it.
func (r Receipt) Reason() string {
	return (&handlers.Refusal{Why: r.Why, Code: r.Code}).Reason()
}

// Receipt moves a text forward and, when it ended, tells whoever must know. A text that may still
// arrive is tried again while that makes sense. Receipts may come in any order, repeated, and for
// rows that aren't in the ledger (any more). The error is the store's: the carrier must then send
// the receipt again.
func (t *Texter) Receipt(ctx context.Context, r Receipt) error {
	state, why := r.State, ""
	switch r.State {
	case handlers.Sent, handlers.Delivered:
	case "undelivered", "failed":
		state, why = handlers.Failed, r.Reason()
	default: // queued, sending: nothing new
		return nil
	}
	o, err := t.Receipts.Row(ctx, r.ID)
	if err != nil {
		return err
	}
	if o.ID == "" {
		t.Log.Warn(
			"receipt for a text that isn't in the ledger",
			"id", r.ID, "sid", r.SID, "state", r.State,
		)
		return nil
	}
	var again time.Time
	if state == handlers.Failed && r.Retry {
		again = t.later(o, r)
	}
	o, moved, err := t.Receipts.Advance(ctx, r.ID, state, r.SID, why, r.At, again)
	if err != nil {
		return err
	}
	t.Log.Info("receipt", "id", r.ID, "state", r.State, "code", r.Code, "now", o.State)
	// A repeated receipt is acted on again, since the process may have died after it had moved the
	// row. Everything below has an event id, so nothing happens twice.
	if o.State != state && !(moved && o.State == handlers.Planned) {
		return nil // a later receipt came first
	}
	if !moved && r.At.Sub(o.At) > repeats {
		t.Log.Warn("receipt came again long after it was acted on", "id", r.ID, "state", r.State)
		return nil
	}
	return t.received(ctx, o, r)
}

// received acts on a receipt once its row has moved on: it stores what the code says of the number
// and of the clinic's set-up, marks the staff message, and opens a case if the text didn't arrive
// and won't be tried again.
func (t *Texter) received(ctx context.Context, o handlers.Outgoing, r Receipt) error {
	// The row's own channel is the one that was wanted; it may have left as an SMS.
	o.Channel = r.Channel
	if err := t.heed(ctx, o, t.Now(), r.Code, r.NoTexts, r.Why); err != nil {
		return err
	}
	switch {
	case r.Mend == "":
	case o.Channel != "":
		t.shutChannel(o, r.Reason(), r.Mend)
	default:
		x := stop{WayDeliver, o.ID, r.Code, r.Reason(), r.Mend, t.Now()}
		if err := t.out(ctx, x); err != nil {
			return err
		}
	}
	switch o.State {
	case handlers.Planned:
		t.Meter.Sent(o.Kind, "retry", 0)
	case handlers.Delivered:
		t.Meter.Sent(o.Kind, handlers.Delivered, 0)
		return errors.Join(
			t.mark(ctx, o, handlers.Delivered, ""), t.through(ctx, WayDeliver, o, t.Now()),
		)
	case handlers.Failed:
		t.Meter.Sent(o.Kind, "undelivered", 0)
		return t.Undelivered(ctx, o)
	}
	return nil
}

// later returns when a text that didn't arrive is tried again; zero if never. While the clinic's
// own set-up is at fault, an unasked text is tried until its visit, any other at most as often as
// usual. An alarm isn't tried again: paging plans new rows.
func (t *Texter) later(o handlers.Outgoing, r Receipt) time.Time {
	first, most := cmp.Or(r.After, laterFirst), cmp.Or(r.Tries, mostLater)
	wait := first << min(o.Errors, 10)
	switch {
	case r.Mend != "" && r.Channel != "": // the next try is an SMS, so there is nothing to wait for
		wait = 0
	case r.Mend != "":
		wait = max(first, min(wait, laterMost))
	case first >= time.Hour: // a pause that long was meant as it is: it isn't doubled
		wait = first
	}
	at := r.At.Add(wait)
	if o.Alarm || !inTime(o, at) || o.Errors >= most && !(r.Mend != "" && o.Unasked) {
		return time.Time{}
	}
	return at
}
