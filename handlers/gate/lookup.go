package gate

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// taken reports whether the carrier already has a row from an earlier try, going by its receipt or
// by the carrier's list of messages. If so, o has the carrier's id. If an earlier try is known not
// to have arrived there, o.Tries is 0 again. forgotten may reword the row, so c may change.
func (t *Texter) taken(
	ctx context.Context, s handlers.State, o *handlers.Outgoing, c *handlers.Composed,
	now time.Time,
) (bool, error) {
	switch {
	case o.State != handlers.Planned:
		// A receipt has moved it on, so the carrier has it, even if the store has forgotten the
		// send.
		return true, nil
	case o.Tries > 0:
		sid, err := t.find(ctx, *o)
		if sid != "" {
			o.SID = sid
		} else if err == nil {
			o.Tries = 0
		}
		return sid != "", err
	case o.Doubt.From.IsZero() || c.Body == "":
		return false, nil
	}
	return t.forgotten(ctx, s, o, c, now)
}

// unknown puts back a row that can't be looked up now, without sending it. If the clinic's own
// set-up is at fault (wrong credentials), the row waits for that to be mended.
func (t *Texter) unknown(
	ctx context.Context, o handlers.Outgoing, err error, now time.Time,
) error {
	no, ok := errors.AsType[*handlers.Refusal](err)
	if !ok || no.Mend == "" {
		return t.again(ctx, o, now, "look-up: "+err.Error(), 0)
	}
	if err := t.out(ctx, met(o, no, now)); err != nil {
		return err
	}
	return t.hold(ctx, o, no, now)
}

// forgotten looks up a row whose send the store may have lost (see handlers.Doubt). There is no
// record of the words, so it searches for those that the row would be sent with now: first those
// for all the visits of the day, then those for its own visit alone. If the row itself wasn't sent,
// but another visit of that day was texted by itself, the row is worded again without that visit.
func (t *Texter) forgotten(
	ctx context.Context, s handlers.State, o *handlers.Outgoing, c *handlers.Composed,
	now time.Time,
) (bool, error) {
	look := *o
	look.First = o.Doubt.From
	// left reports whether a text of these words has left, and notes them in look.
	left := func(words, with, says string) (bool, error) {
		if words == "" {
			return false, nil
		}
		look.Body, look.With, look.Says = words, with, says
		sid, err := t.find(ctx, look)
		look.SID = sid
		return sid != "", err
	}
	ok, err := left(c.Body, c.With, c.Says)
	if err == nil && !ok && c.With != "" {
		ok, err = left(c.Alone[0].Body, "", c.Alone[0].Says)
	}
	if ok {
		*o = look
	}
	if ok || err != nil || c.With == "" {
		return ok, err
	}
	var rest []string // the rows of With that weren't texted by themselves
	for i, id := range strings.Split(c.With, "\n") {
		if ok, err = left(c.Alone[i+1].Body, "", ""); err != nil {
			return false, err
		} else if !ok {
			rest = append(rest, id)
		}
	}
	if with := strings.Join(rest, "\n"); with != c.With {
		o.Apart, o.With = true, with
		*c = t.decide(s, *o, now)
	}
	return false, nil
}

// find looks for a row's text in the carrier's list, since its first send began. It returns the
// carrier's id, "" if there is none. A text of an earlier round doesn't count: that one failed,
// which is why there is another round.
func (t *Texter) find(ctx context.Context, o handlers.Outgoing) (sid string, err error) {
	sid, err = t.Carrier.Find(ctx, o, o.First)
	if err == nil && sid == "" && o.Channel != "" { // it may have fallen back to SMS
		o.Channel = ""
		sid, err = t.Carrier.Find(ctx, o, o.First)
	}
	if err != nil {
		return "", err
	}
	if sid == "" || strings.Contains(o.Was, sid+" ") {
		t.Log.Info("text: it isn't at the carrier", "id", o.ID, "to", o.To)
		return "", nil
	}
	t.Log.Info("text: it is at the carrier", "id", o.ID, "to", o.To)
	return sid, nil
}

// recount stores again what the store has lost of a text that was sent: the text counts against the
// number's caps and the day's segments, and covers the rows whose visits it mentions. It begins a
// send in the ledger without limits, and makes none. If another process or a receipt was quicker,
// Begin says so and there is nothing to store.
func (t *Texter) recount(ctx context.Context, o *handlers.Outgoing, now time.Time) error {
	o.Tries = 1
	p := t.Pace()
	for range mostBegins {
		b, err := t.Ledger.Begin(
			ctx, *o, handlers.State{}, Caps{Now: now}, Pace{Day: p.Day, Ends: p.Ends}, Lease,
		)
		if err != nil || b.Answer != Apart {
			return err
		}
		o.With = b.With // the missing ones were sent, or dropped, by themselves meanwhile
	}
	return nil
}
