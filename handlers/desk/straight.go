package desk

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// soonEnough is how long the desk is given to show a card before the on-call phone is told.
const soonEnough = 4 * time.Second

// Straight tells people of a case that the store can't take now: it posts the card, and if that
// fails soon, it reaches the on-call phone. It returns at once.
func (p *Poster) Straight(c handlers.Case) *Reached {
	one := direct{c, &Reached{}}
	s := &p.straight
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, one)
	if !s.running {
		s.running = true
		s.done.Go(p.tellAll)
	}
	return one.told
}

// Wait waits until everything that went to Straight has been told.
func (p *Poster) Wait() { p.straight.done.Wait() }

func (p *Poster) tellAll() {
	s := &p.straight
	for {
		s.mu.Lock()
		batch := s.waiting
		s.waiting = nil
		s.running = len(batch) > 0
		s.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		p.tell(batch)
	}
}

// tell posts some cards, and reaches the on-call phone for those that don't appear soon.
func (p *Poster) tell(batch []direct) {
	ctx, cancel := context.WithTimeout(context.Background(), soonEnough)
	defer cancel()
	if len(batch) > few {
		p.sayMany(ctx, batch)
	}
	var cards sync.WaitGroup
	for _, one := range batch[:min(len(batch), few)] {
		cards.Go(func() { p.showNow(ctx, one) })
	}
	cards.Wait()
	var unseen []direct
	for _, one := range batch {
		if !one.told.Shown.Load() {
			unseen = append(unseen, one)
		}
	}
	if len(unseen) > 0 {
		p.ringNow(unseen)
	}
}

func (p *Poster) showNow(ctx context.Context, one direct) {
	for _, channel := range []string{handlers.UrgentChannel, handlers.DeskChannel} {
		c := one.c
		if channel != c.Channel {
			c.Via = channel
		}
		_, err := p.Board.Card(ctx, c, false)
		if err == nil {
			one.told.Shown.Store(true)
			return
		}
		p.Log.Error(
			"desk: card failed while the store is away",
			"case", c.ID, "channel", channel, "err", err,
		)
		var gone *Unreachable
		if !errors.As(err, &gone) {
			return
		}
	}
}

// sayMany posts one line that says how many there are. Their cards follow when the store is back.
func (p *Poster) sayMany(ctx context.Context, batch []direct) {
	var cases []handlers.Case
	for _, one := range batch {
		cases = append(cases, one.c)
	}
	if err := p.Board.Say(ctx, handlers.UrgentChannel, manyLine(cases)); err != nil {
		p.Log.Error("desk: no summary while the store is away", "cases", len(cases), "err", err)
		return
	}
	for _, one := range batch {
		one.told.Shown.Store(true)
	}
}

// ringNow reaches the on-call phone for some cases at once. Those that it can't are left to the
// next round.
func (p *Poster) ringNow(batch []direct) {
	var cases []handlers.Case
	for _, one := range batch {
		cases = append(cases, one.c)
	}
	rung := p.RingAgain(cases)
	for _, one := range batch {
		one.told.Rung.Store(rung)
		one.told.Owed.Store(!rung)
	}
}

// ringable says whether the on-call phone may be reached now, at most once a minute, and notes that
// it is.
func (p *Poster) ringable() bool {
	s, now := &p.straight, p.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.rung.Add(ringGap)) {
		return false
	}
	s.rung = now
	return true
}

// RingAgain reaches the on-call phone for cases that nobody can take while the store is away. It
// returns false if it was reached less than a minute ago, or can't be.
func (p *Poster) RingAgain(cases []handlers.Case) bool {
	if !p.ringable() {
		return false
	}
	began := p.Now()
	to, ok, err := p.onCall()
	if err == nil && ok {
		rows := ringRows(to, p.Now())
		for i := range rows {
			var err1 error
			rows[i], err1 = p.worded(rows[i], cases)
			err = errors.Join(err, err1)
		}
		if err == nil {
			ctx, cancel := context.WithTimeout(context.Background(), ringTime)
			defer cancel()
			err = p.Ring.AlarmNow(ctx, rows)
		}
	}
	if err != nil {
		p.Log.Error("on-call phone not told", "cases", len(cases), "err", err)
	}
	if err != nil || !ok {
		return false
	}
	p.straight.mu.Lock()
	defer p.straight.mu.Unlock()
	p.straight.heard = began
	return true
}
