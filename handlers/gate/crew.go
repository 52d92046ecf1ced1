package gate

import (
	"context"
	"errors"
	"sync"
)

const (
	// Batch is how many rows are claimed at a time, and Hands how many are carried at once.
	Batch = 64
	Hands = 16
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

// Work claims what is due and sets the hands to it, until nothing is due or ctx ends; the last ones
// are still on their way when it returns. Claims that nobody has begun when ctx ends are given
// back. The error is what went wrong since it was last asked.
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
			// there may be more: it is claimed while the hands carry these, so that none waits for
			// it
			go next()
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

// hand does a job and, while there is more, the next: a new goroutine for each would have to grow
// its stack each time.
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

// Deliver carries what is due and returns how many texts it sent, when nothing is due any more.
// When ctx ends it finishes what is on its way and gives the other claims back.
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
