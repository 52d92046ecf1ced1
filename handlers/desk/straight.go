package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// soonEnough is how long posting a card may take before the on-call phone is told.
const soonEnough = 4 * time.Second

// Straight tells people of an alarm that the store can't take now: it posts the card, and reaches
// the on-call phone if the card doesn't appear within soonEnough. It returns at once; see
// [Poster.Wait]. While the store stays away, [Poster.Watch] goes on telling people. Call
// [Poster.Stored] once the store has taken the alarm.
func (p *Poster) Straight(c handlers.Case) {
	p.vigil.keep(c, p.Now(), false)
	p.direct(c, false)
}

// StraightAgain does what Straight does for an alarm that the store may have already, and that
// people may have been told of: it searches the desk for the card first.
func (p *Poster) StraightAgain(c handlers.Case) {
	now := p.Now()
	p.vigil.keep(c, now, true) // the store says what it is as soon as it is back
	p.vigil.handOver(c.ID, now)
	p.direct(c, true)
}

// direct queues an alarm and starts the goroutine that tells people, unless it runs. With look, its
// card may be at the desk already.
func (p *Poster) direct(c handlers.Case, look bool) {
	s := &p.straight
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, direct{c, look})
	if !s.running {
		s.running = true
		s.done.Go(p.tellAll)
	}
}

// Wait waits until every alarm that went to Straight has been handled: shown, told to the on-call
// phone, or left to Watch. A process calls it before it ends.
func (p *Poster) Wait() { p.straight.done.Wait() }

// tellAll tells people of all alarms that wait until none is left. What comes while one batch is
// being told of is the next batch.
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

// tell posts the cards of a batch at once, and reaches the on-call phone for those that don't
// appear within soonEnough. Of a large batch only a few cards are posted, since the desk takes
// about one post a second; one line names all.
func (p *Poster) tell(batch []direct) {
	ctx, cancel := context.WithTimeout(context.Background(), soonEnough)
	defer cancel()
	said := len(batch) > few && p.sayMany(ctx, batch)
	shown := make([]bool, len(batch))
	var cards sync.WaitGroup
	for i, one := range batch[:min(len(batch), few)] {
		cards.Go(func() { shown[i] = p.showNow(ctx, one) })
	}
	cards.Wait()
	var unseen []handlers.Case
	for i, one := range batch {
		p.vigil.saw(one.c.ID, shown[i] || said)
		if !shown[i] && !said {
			unseen = append(unseen, one.c)
		}
	}
	if len(unseen) > 0 {
		p.reach(unseen)
	}
}

// showNow posts a card without the store, in the desk's ordinary channel if the urgent one is out
// of reach. After any other error the card may have appeared, so the other channel isn't tried. If
// somebody else is posting it at this moment, a line tells people of it at once: a second card
// would have them work in two threads.
func (p *Poster) showNow(ctx context.Context, one direct) (shown bool) {
	free, again, ok := p.hold(ctx, one.c.ID, "vigil:"+rand.Text())
	if !ok {
		return p.sayMany(ctx, []direct{one})
	}
	defer free()
	one.look = one.look || again
	for _, channel := range []string{handlers.UrgentChannel, handlers.DeskChannel} {
		c := one.c
		if channel != c.Channel {
			c.Via = channel
		}
		_, err := p.Board.Card(ctx, c, one.look)
		if err == nil {
			return true
		}
		p.Log.Error(
			"desk: card failed while the store is away",
			"case", c.ID, "channel", channel, "err", err,
		)
		var gone *Unreachable
		if !errors.As(err, &gone) {
			return false
		}
	}
	return false
}

// sayMany posts one line that says how many alarms there are. Their cards follow when the store is
// back.
func (p *Poster) sayMany(ctx context.Context, batch []direct) (said bool) {
	var cases []handlers.Case
	for _, one := range batch {
		cases = append(cases, one.c)
	}
	err := p.Board.Say(ctx, handlers.UrgentChannel, manyLine(cases))
	if err != nil {
		p.Log.Error("desk: no summary while the store is away", "cases", len(cases), "err", err)
	}
	return err == nil
}
