package gate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers/guard"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// Batch is how many rows are claimed at a time, and Hands how many are carried at once.
	Batch = 64
	Hands = 16
	// carryTime bounds the carrying of one row.
	carryTime = 40 * time.Second
	// sendTime is how long after its begin a send has ended, whatever came in between: well within
	// the lease that begins there, so that nobody looks for it too early. If less than leastTime of
	// it is left, the request isn't made: its outcome would more likely than not be unknown.
	sendTime  = 12 * time.Second
	leastTime = 2 * time.Second
	// mostRounds bounds one Deliver, so that a row that stays due can't hold up everything else.
	mostRounds = 1000
)

// Crew carries what is due, with Hands rows on their way at once. Make it with Texter.Crew.
type Crew struct {
	t     *Texter
	hands chan struct{}
	next  chan func() // to a hand that has just become free
	wg    sync.WaitGroup

	mu   sync.Mutex
	sent int
	err  error
}

// Crew is a crew with nothing to do yet.
func (t *Texter) Crew() *Crew {
	return &Crew{t: t, hands: make(chan struct{}, Hands), next: make(chan func())}
}

// Work claims what is due and sets the hands to it, until nothing is due or ctx ends; the last ones are still on their way when it returns. Claims
// that nobody has begun when ctx ends are given back. The error is what went wrong since it was last asked.
func (c *Crew) Work(ctx context.Context) error {
	_, err := c.work(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	err = errors.Join(err, c.err)
	c.err = nil
	return err
}

func (c *Crew) work(ctx context.Context) (claimed int, all error) {
	b := c.claim(ctx)
	for round := 1; len(b.rows) > 0; round++ {
		claimed, all = claimed+len(b.rows), errors.Join(all, b.err)
		next := sync.OnceValue(func() batch {
			if round == mostRounds {
				return batch{}
			}
			return c.claim(ctx)
		})
		if len(b.rows) == Batch {
			go next() // there may be more: it is claimed while the hands carry these, so that none waits for it
		}
		for _, o := range b.rows {
			c.give(func() { c.carry(ctx, o) })
		}
		b = next()
	}
	return claimed, errors.Join(all, b.err)
}

// batch is what one claim took.
type batch struct {
	rows []Claim
	err  error
}

// claim takes a batch of what is due; nothing once ctx has ended.
func (c *Crew) claim(ctx context.Context) (b batch) {
	if ctx.Err() == nil {
		b.rows, b.err = c.t.Ledger.Claim(ctx, c.t.Now(), Batch, c.t.Pace(), Lease)
	}
	return b
}

// give has a hand do a job, as soon as one is free.
func (c *Crew) give(job func()) {
	select {
	case c.next <- job:
	case c.hands <- struct{}{}:
		c.wg.Go(func() { c.hand(job) })
	}
}

// hand does a job and, while there is more, the next: a new goroutine for each would have to grow its stack each time.
func (c *Crew) hand(job func()) {
	defer func() { <-c.hands }()
	for {
		job()
		select {
		case job = <-c.next:
		default:
			return
		}
	}
}

func (c *Crew) carry(ctx context.Context, o Claim) {
	ok, err := c.t.carry(ctx, o)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = errors.Join(c.err, err)
	if ok {
		c.sent++
	}
}

// Wait waits for the last hand and returns how many texts were sent since the crew was made.
func (c *Crew) Wait() (sent int, err error) {
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	err, c.err = c.err, nil
	return c.sent, err
}

// Deliver carries what is due and returns how many texts it sent, when nothing is due any more. When ctx ends it finishes what
// is on its way and gives the other claims back.
func (t *Texter) Deliver(ctx context.Context) (sent int, err error) {
	c := t.Crew()
	for range mostRounds {
		claimed, err1 := c.work(ctx)
		var err2 error
		sent, err2 = c.Wait()
		if err = errors.Join(err1, err2); err != nil || claimed == 0 {
			break
		}
	}
	return sent, err
}

// carry brings one claimed row as far as it goes now.
func (t *Texter) carry(ctx context.Context, claimed Claim) (sent bool, err error) {
	stop := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), carryTime)
	defer cancel()
	o, s, now := claimed.Outgoing, claimed.Known, t.Now()
	defer func() {
		if p := guard.Recovered(recover()); p != nil {
			sent, err = false, t.panicked(ctx, o, p)
		}
	}()
	switch {
	case stop:
		return false, t.settle(ctx, o, handlers.Planned, "", o.Due)
	case o.Alarm:
		return t.alarm(ctx, &o, now)
	case o.Task:
		return false, t.task(ctx, o, now)
	case o.State == handlers.Planned && o.Tries == 0 && now.Before(o.Doubt.Until):
		return false, t.settle(ctx, o, handlers.Planned, "the store was started anew: what it may have forgotten is looked up first", o.Doubt.Until)
	}
	c := t.decide(s, o, now)
	// What an earlier try may have sent is looked for, even when it would not be sent any more: the ledger tells the truth.
	taken, err := t.taken(ctx, s, &o, &c, now)
	if err != nil {
		return false, t.unknown(ctx, o, err, now)
	}
	if taken {
		if o.Tries == 0 && o.State == handlers.Planned {
			if err := t.recount(ctx, &o, now); err != nil {
				return false, err
			}
		}
		return true, t.done(ctx, o, now)
	}
	if claimed.Tries > 0 {
		// It isn't there, so it goes on as one that was never begun: decided anew, from what is known of the number without it.
		return false, t.settle(ctx, o, handlers.Planned, "", o.Due)
	}
	if settled, err := t.withhold(ctx, o, c); settled {
		return false, err
	}
	until, err := t.shut(ctx, o, now)
	if err != nil {
		return false, err
	}
	if !until.IsZero() {
		return false, t.settle(ctx, o, handlers.Planned, "", until)
	}
	o = worded(o, c)
	return t.send(ctx, s, &o, now)
}

// withhold settles a row that isn't to leave now.
func (t *Texter) withhold(ctx context.Context, o handlers.Outgoing, c handlers.Composed) (settled bool, err error) {
	switch {
	case c.Skip != "" && c.Late && (o.Errors > 0 || o.Holds > 0): // it would have been sent in time
		return true, t.refuse(ctx, o, handlers.Failed, c.Skip+", after "+o.Why)
	case c.Skip != "":
		return true, t.refuse(ctx, o, handlers.Skipped, c.Skip)
	case !c.Wait.IsZero():
		return true, t.putOff(ctx, o, c.Why, c.Wait)
	}
	return false, nil
}

// worded is a row with the words that it leaves with.
func worded(o handlers.Outgoing, c handlers.Composed) handlers.Outgoing {
	o.Body, o.With, o.Says, o.Share = c.Body, c.With, c.Says, c.Share
	return o
}

// task looks at a visit; what the desk is told is written once, under the row's own event.
func (t *Texter) task(ctx context.Context, o handlers.Outgoing, now time.Time) error {
	told, _, err := t.Store.Turn(ctx, o.Event("task"), o.To, func(s handlers.State) (e handlers.Effects, err error) {
		e, e.Reply.Note = t.Wording.Task(s, o, now)
		return e, nil
	})
	if err != nil {
		return err
	}
	return t.settle(ctx, o, handlers.Skipped, told.Note, time.Time{})
}

// alarm tells the on-call phone. What an earlier try came to isn't looked up: better twice than never.
func (t *Texter) alarm(ctx context.Context, row *handlers.Outgoing, now time.Time) (bool, error) {
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

// AlarmNow tells the on-call phone at once, past the ledger, when the store is away: by text and by
// call beside each other. It fails only if neither was taken.
func (t *Texter) AlarmNow(ctx context.Context, rows []handlers.Outgoing) error {
	errs := make([]error, len(rows))
	var wg sync.WaitGroup
	for i, o := range rows {
		wg.Go(func() {
			send := t.Carrier.Send
			if o.Voice {
				send = t.Carrier.Call
			}
			if _, errs[i] = send(ctx, o); errs[i] == nil {
				t.Log.Info("alarm sent without the store", "id", o.ID, "to", o.To)
			}
		})
	}
	wg.Wait()
	if slices.Contains(errs, nil) {
		return nil
	}
	return errors.Join(errs...)
}

// Lease is how long a claim lasts; a send that begins renews it. It is longer than any one step takes, and short enough that
// what a killed process held goes out within the half minute.
const Lease = 20 * time.Second
