package gate

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A text that didn't arrive, on a phone that was off say, is tried again after so long unless its
// receipt says otherwise, doubled each time, so many times: four hours.
const (
	laterFirst = 15 * time.Minute
	mostLater  = 4
)

// Receipt is the carrier's word on a text that was sent.
type Receipt struct {
	ID      string // our row's id, from the callback's URL
	SID     string
	Channel string // that the text went out on, as in handlers.Address
	State   string // the carrier's word: queued, sent, delivered, undelivered, failed
	At      time.Time

	Code  int           // the carrier's error code, 0 if none
	Why   string        // what the code means
	Retry bool          // it may arrive later
	After time.Duration // of Retry: not to be tried again before then; 0 is as the gate has it
	Tries int           // of Retry: to be tried again so often at most; 0 is as the gate has it
	// what the clinic must mend in its own set-up first, for staff; "": nothing
	Mend    string
	NoTexts bool // the number takes no texts and never will
}

// Reason is why, with the carrier's error code, as staff read it.
func (r Receipt) Reason() string {
	return (&handlers.Refusal{Why: r.Why, Code: r.Code}).Reason()
}

// Receipt moves a text forward and, when it ended, tells whoever must know. Receipts come in any
// order, repeated, and for rows unknown here. A text that may still arrive is tried again as long
// as that makes sense.
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
	// The same again is told again, for the process may have died in between; whoever is told knows
	// it by its id.
	if o.State != state && !(moved && o.State == handlers.Planned) {
		return nil // a later one came first
	}
	return t.received(ctx, o, r)
}

// received acts on a receipt once its row has moved on: it updates the staff message, or opens a
// case if the text didn't arrive and won't be tried again.
func (t *Texter) received(ctx context.Context, o handlers.Outgoing, r Receipt) error {
	o.Channel = r.Channel // an answer on another channel may have left as an SMS
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

// later is when a text that didn't arrive is tried again, by its receipt; zero if never.
func (t *Texter) later(o handlers.Outgoing, r Receipt) time.Time {
	first, most := cmp.Or(r.After, laterFirst), cmp.Or(r.Tries, mostLater)
	wait := first << min(o.Errors, 10)
	switch {
	case r.Mend != "" && r.Channel != "": // it leaves as an SMS
		wait = 0
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
