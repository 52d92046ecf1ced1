package gate

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// taken says whether the carrier already has a row from an earlier try, by its receipt or by the
// carrier's list of messages.
func (t *Texter) taken(
	ctx context.Context, s handlers.State, o *handlers.Outgoing, c *handlers.Composed,
	now time.Time,
) (bool, error) {
	switch {
	case o.State != handlers.Planned:
		// its receipt has come, even where the store has forgotten the send
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

// unknown puts back a row that can't be looked up now. If the clinic's own set-up is at fault, the
// row waits for that to be mended.
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

// forgotten looks up a row whose send the store may have lost, by the words that it would be sent
// with now: those for all of the day's visits, then those for its own. If another of these visits
// was texted by itself, the row is worded again without it.
func (t *Texter) forgotten(
	ctx context.Context, s handlers.State, o *handlers.Outgoing, c *handlers.Composed,
	now time.Time,
) (bool, error) {
	look := *o
	look.First = o.Doubt.From
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
	var rest []string
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

// find looks for a row's text in the carrier's list since its first send began; "" if there is
// none. A text of an earlier round doesn't count: it didn't arrive.
func (t *Texter) find(ctx context.Context, o handlers.Outgoing) (sid string, err error) {
	sid, err = t.Carrier.Find(ctx, o, o.First)
	if err == nil && sid == "" && o.Channel != "" { // by then it may have left as an SMS
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

// recount stores what the store has lost of a text that was sent: it counts against the number's
// caps and the day's segments, and covers the rows whose visits it mentions. If its receipt, or
// another row that covers them, came first, there is nothing to store.
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
		o.With = b.With // the others have gone their own way since
	}
	return nil
}
