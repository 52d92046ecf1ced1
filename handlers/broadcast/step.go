package broadcast

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Step does what is due of a broadcast, and returns when to look again; the zero time if there is
// nothing left to do. It may end anywhere and be called again, by this process or another: each
// part has an event of its own.
func (h *Handler) Step(ctx context.Context, c handlers.Case) (again time.Time, err error) {
	b, now := c.Broadcast, h.Now()
	if b == nil || !c.Open {
		return again, nil
	}
	switch b.State {
	case handlers.BroadcastAsked:
		if now.Before(b.Until) {
			return b.Until, nil
		}
		_, err = h.change(ctx, c.ID+":late", c.ID, "bot", late)
	case handlers.BroadcastAgreed:
		if now.Before(b.Starts) {
			return b.Starts, nil
		}
		// From here on nobody can take it back, even if no row is planned yet.
		_, err = h.change(ctx, c.ID+":begins", c.ID, "bot", begins)
		again = now
	case handlers.BroadcastSending:
		if b.Rows == nil {
			return now.Add(lookEvery), h.begin(ctx, c)
		}
		return h.look(ctx, c)
	}
	return again, err
}

// late drops what nobody has agreed to.
func late(b *handlers.Broadcast, _ time.Time) (note, why string) {
	if b.State != handlers.BroadcastAsked {
		return "", states(b.State)
	}
	b.State = handlers.BroadcastDropped
	return "Nobody agreed in time: nothing is sent.", ""
}

// begins has a broadcast begin, unless it was taken back at the last moment.
func begins(b *handlers.Broadcast, _ time.Time) (note, why string) {
	if b.State != handlers.BroadcastAgreed {
		return "", states(b.State)
	}
	b.State = handlers.BroadcastSending
	return "", ""
}

// begin puts a row for each number into the ledger, and then notes which in the case. After a crash
// in between it does so again: a row that is there is left as it is.
func (h *Handler) begin(ctx context.Context, c handlers.Case) error {
	plan, err := h.Plan(ctx, *c.Broadcast)
	if err != nil {
		return err
	}
	var rows, visits []string
	for _, r := range plan {
		e := h.planned(c, r)
		rows = append(rows, e.Texts[0].ID)
		for _, v := range r.Visits {
			visits = append(visits, v.ID)
		}
		decide := func(handlers.State) (handlers.Effects, error) { return e, nil }
		if _, _, err := h.Store.Turn(ctx, e.Texts[0].ID, r.Phone, decide); err != nil {
			return err
		}
	}
	_, err = h.change(ctx, c.ID+":begun", c.ID, "bot",
		func(b *handlers.Broadcast, _ time.Time) (note, why string) {
			b.Rows, b.Visits, b.Count.Waits = rows, visits, len(rows)
			if len(rows) == 0 { // all were moved or taken off within the minute
				b.State = handlers.BroadcastDone
				return "Nobody has a visit then any more: nothing was sent.", ""
			}
			return "", ""
		})
	return err
}

// planned returns the effects that plan a number's text. What its visits were to be reminded of is
// void: nobody is asked to confirm a visit that they are told doesn't take place.
func (h *Handler) planned(c handlers.Case, to Recipient) (e handlers.Effects) {
	says := handlers.Broadcast{
		From: c.Broadcast.From, To: c.Broadcast.To, Say: c.Broadcast.Say, Own: c.Broadcast.Own,
	}
	first := to.Visits[0]
	e.Texts = []handlers.Outgoing{{
		ID: c.ID + ":" + first.ID, To: to.Phone, Kind: kinds.Broadcast, Broadcast: &says,
		Case: c.ID, Visit: first.ID, Start: first.Start, Zone: first.Zone,
		Due: h.Now(), Until: first.Start, Unasked: true, Must: true,
	}}
	for _, v := range to.Visits {
		rows := reminder.Rows(h.Base.Clinic, v)
		e.Void = append(e.Void, handlers.Voids("they are told that the clinic is closed", rows...)...)
	}
	return e
}

// look counts what has become of the texts, and ends the broadcast once it is known of each, or
// once no more receipts are to be expected.
func (h *Handler) look(ctx context.Context, c handlers.Case) (again time.Time, err error) {
	b, now := c.Broadcast, h.Now()
	rows, err := h.Rows.RowsOf(ctx, b.Rows)
	if err != nil {
		return again, err
	}
	n := count(rows, len(b.Rows))
	over := n.Waits+n.Sent == 0 || n.Waits == 0 && !b.Ends.IsZero() && !now.Before(b.Ends)
	if !over {
		again = next(rows, now)
	}
	if n == b.Count && !over {
		return again, nil
	}
	if over && b.TakeOff {
		if err := h.takeOff(ctx, c); err != nil {
			return again, err
		}
	}
	event := fmt.Sprintf("%s:%d:%d:%d", c.ID, n.Waits, n.Sent, n.Unreached)
	if over {
		event = c.ID + ":over"
	}
	_, err = h.change(ctx, event, c.ID, "bot",
		func(b *handlers.Broadcast, _ time.Time) (note, why string) {
			if b.Count = n; !over {
				if n.Waits == 0 && b.Ends.IsZero() {
					b.Ends = now.Add(receipts)
				}
				return "", ""
			}
			b.State = handlers.BroadcastDone
			return h.ended(*b), ""
		})
	return again, err
}

// next returns when to look again at rows, some of which wait or have no receipt yet: soon, unless
// all that wait do so for the morning.
func next(rows []handlers.Outgoing, now time.Time) time.Time {
	soon, due := now.Add(lookEvery), time.Time{}
	for _, o := range rows {
		switch {
		case o.State == handlers.Sent, o.State == handlers.Planned && o.Due.Before(soon):
			return soon
		case o.State == handlers.Planned && (due.IsZero() || o.Due.Before(due)):
			due = o.Due
		}
	}
	if due.IsZero() {
		return soon
	}
	return due
}

// count counts rows by what has become of them. Of one that isn't stored any more nothing is known.
func count(rows []handlers.Outgoing, all int) (n handlers.BroadcastCount) {
	n.Unreached = all - len(rows)
	for _, o := range rows {
		switch {
		case o.State == handlers.Delivered:
			n.Delivered++
		case o.State == handlers.Sent:
			n.Sent++
		case needless(o):
			n.Changed++
		case o.State == handlers.Failed, o.State == handlers.Skipped:
			n.Unreached++
		default:
			n.Waits++
		}
	}
	return n
}

// needless reports whether nobody has to be told in place of a text: its visit had changed by then.
func needless(o handlers.Outgoing) bool {
	return o.State == handlers.Skipped && o.Why == changed || o.State == handlers.Void
}

// takeOff takes the visits off that the texts were about and that stand as they did.
func (h *Handler) takeOff(ctx context.Context, c handlers.Case) error {
	all, err := h.Visits.Visits(ctx, c.Broadcast.From, c.Broadcast.To)
	if err != nil {
		return err
	}
	for _, v := range all {
		if !slices.Contains(c.Broadcast.Visits, v.ID) || !v.Open(h.Now()) {
			continue
		}
		if _, err := h.Books.CallOff(ctx, c.ID+":off:"+v.ID, v); err != nil {
			return err
		}
	}
	return nil
}
