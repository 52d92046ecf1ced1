package gate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// alarm texts or rings the on-call phone. The words are made now, from the alarms that nobody has
// taken by now. Unlike other texts, one whose outcome is unknown is sent again without being looked
// up: better twice than never. One whose receipt has come meanwhile is done. If it stayed in the
// queue, it would pass, again and again, for the one that tells the phone now, and keep all later
// ones from leaving.
func (t *Texter) alarm(ctx context.Context, row *handlers.Outgoing, now time.Time) (bool, error) {
	if row.State != handlers.Planned {
		return true, t.done(ctx, *row, now)
	}
	o, c, err := t.Wording.Alarm(ctx, *row)
	if err != nil {
		return false, err
	}
	*row = o
	if settled, err := t.withhold(ctx, o, c); settled {
		return false, err
	}
	return t.send(ctx, handlers.State{}, row, now)
}

// SendNow sends rows at once and in parallel, without the ledger, while the store is away: a text
// and a call to the on-call phone, or the fixed words to a patient in danger. It checks no rule and
// stores nothing, so nothing else may go this way. It fails only if the carrier took none; the
// error then joins those of all rows.
func (t *Texter) SendNow(ctx context.Context, rows []handlers.Outgoing) error {
	errs := make([]error, len(rows))
	var wg sync.WaitGroup
	for i, o := range rows {
		wg.Go(func() {
			send := t.Carrier.Send
			if o.Voice {
				send = t.Carrier.Call
			}
			_, errs[i] = send(ctx, o)
			if errs[i] != nil && o.Channel != "" {
				// The patient may be in danger, and the channel may be what failed: try SMS, even
				// if that means that they get the words twice.
				o.Channel = ""
				_, errs[i] = send(ctx, o)
			}
			if errs[i] == nil {
				t.Log.Info("sent without the store", "id", o.ID, "to", o.To)
			}
		})
	}
	wg.Wait()
	if slices.Contains(errs, nil) {
		return nil
	}
	return errors.Join(errs...)
}
