package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// reach texts and rings the on-call phone for these alarms without the store, both at once. It
// returns false if there is no such phone, if the last attempt began less than ringGap ago, if
// another process tells the phone of them, or if neither the text nor the call went out.
func (p *Poster) reach(cases []handlers.Case) bool {
	began := p.Now()
	if !p.straight.mayRing(began, ringGap) {
		return false
	}
	to, ok, err := p.onCall()
	if err != nil || !ok {
		if err != nil {
			p.Log.Error("on-call phone not told", "cases", len(cases), "err", err)
		}
		return false
	}
	rings := p.takeRings(cases, ringRows(to, began))
	if len(rings) == 0 {
		p.straight.spare(began)
		return false
	}
	if err := p.ringNow(cases, rings); err != nil {
		p.Log.Error("on-call phone not told", "cases", len(cases), "err", err)
		return false
	}
	p.vigil.rang(cases, began)
	p.straight.reached(Ring{At: began, Of: ids(cases)})
	return true
}

// taken is a row that tells the on-call phone without the store, and what the store knows of it.
type taken struct {
	row  handlers.Outgoing
	ring Ring
	mine bool // the store has noted it
}

// ringNow words the rows and sends them. That they have left is noted in the store, if it answers.
func (p *Poster) ringNow(cases []handlers.Case, rings []taken) error {
	var rows []handlers.Outgoing
	for _, one := range rings {
		row, err := p.worded(one.row, cases)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	ctx, cancel := context.WithTimeout(context.Background(), ringTime)
	defer cancel()
	if err := p.Ring.SendNow(ctx, rows); err != nil {
		return err
	}
	ctx, cancel = context.WithTimeout(context.Background(), askTime)
	defer cancel()
	for _, one := range rings {
		if !one.mine {
			continue
		}
		one.ring.Sent = true
		if _, err := p.Posts.TakeRing(ctx, one.ring, ringGap, ""); err != nil {
			p.Log.Warn("the on-call phone may be told again", "kind", one.ring.Kind, "err", err)
		}
	}
	return nil
}

// takeRings returns the rows that tell the on-call phone of these alarms now. If the store answers
// within askTime, they are noted there, and those are left out which another process has just sent
// for the same alarms; all are if it is sending the text now. Who isn't among those that another
// told of waits for nobody.
func (p *Poster) takeRings(cases []handlers.Case, rows []handlers.Outgoing) (out []taken) {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	now := p.Now()
	for _, row := range rows {
		r := Ring{
			// Another process may ring in the same millisecond.
			ID: row.ID + ":" + rand.Text(), Kind: row.Kind, Due: now, At: now, Of: ids(cases),
		}
		told, sending, err := p.takeRing(ctx, r, cases)
		switch {
		case err != nil: // better twice than never
			out = append(out, taken{row: row, ring: r})
		case !told.IsZero() && !row.Voice:
			p.vigil.rang(cases, told)
			return nil
		case sending && !row.Voice:
			return nil
		case told.IsZero():
			out = append(out, taken{row: row, ring: r, mine: true})
		}
	}
	return out
}

// takeRing notes in the store that r tells the on-call phone now, unless another ring has just told
// it of the same alarms (told is when), or may be telling it now.
func (p *Poster) takeRing(
	ctx context.Context, r Ring, cases []handlers.Case,
) (told time.Time, sending bool, err error) {
	last, err := p.Posts.TakeRing(ctx, r, ringGap, "")
	if err != nil || last.ID == r.ID {
		return time.Time{}, false, err
	}
	if last.tells(cases) {
		sent, known, err := p.left(ctx, last)
		switch {
		case err != nil:
			return time.Time{}, false, err
		case sent:
			return last.At, false, nil
		case known.After(r.At):
			return time.Time{}, true, nil
		}
	}
	over, err := p.Posts.TakeRing(ctx, r, ringGap, last.ID)
	if err == nil && over.ID != r.ID { // a third was quicker
		err = errors.New("others ring at the same time")
	}
	return time.Time{}, false, err
}
