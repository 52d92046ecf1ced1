package gate

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

const (
	// Batch is how many rows are claimed at a time, and Hands how many are carried at once.
	Batch = 64
	Hands = 16
	// mostRounds bounds the claims of one Work or Deliver, so that a row that stays due can't keep
	// it from returning.
	mostRounds = 1000
)

// Crew sends what is due, with up to Hands rows in flight at once, but one of each number. Make one
// with [Texter.Crew]. Its goroutines end when nothing is left to carry.
type Crew struct {
	t     *Texter
	hands chan struct{} // holds a token for each goroutine; its capacity is Hands
	next  chan func()   // a job for a goroutine that has just become free
	wg    sync.WaitGroup

	mu   sync.Mutex
	sent int   // since the crew was made
	err  error // not yet returned by Work or Wait
}

// Crew returns a crew with nothing to do yet.
func (t *Texter) Crew() *Crew {
	return &Crew{t: t, hands: make(chan struct{}, Hands), next: make(chan func())}
}

// Work claims due rows and hands them out until nothing is due or ctx ends. The last ones are still
// in flight when it returns; see [Crew.Wait]. Claims that nobody has started when ctx ends are
// released. The error joins what went wrong since the last call.
func (c *Crew) Work(ctx context.Context) error {
	_, err := c.work(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	err = errors.Join(err, c.err)
	c.err = nil
	return err
}

// work hands out all rows that are due and counts them. The next batch is claimed while the hands
// are still busy with the one before, so that none waits for the store.
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
			// A full batch, so there is probably more. After a smaller one the ledger is asked
			// again only once all of it is handed out.
			go next()
		}
		for _, rows := range inTurn(b.rows) {
			c.give(func() {
				for _, o := range rows {
					c.one(ctx, o)
				}
			})
		}
		b = next()
	}
	return claimed, errors.Join(all, b.err)
}

// inTurn sorts claims into those that can be carried at once. A number's texts leave one after
// another: two hands would let them overtake each other, and decide each from a state that the other
// is changing. What is about danger waits for nothing.
func inTurn(all []Claim) (out [][]Claim) {
	at := map[handlers.Phone]int{}
	for _, o := range all {
		if o.Alarm || o.Danger || o.Rings() {
			out = append(out, []Claim{o})
			continue
		}
		i, had := at[o.To]
		if !had {
			i = len(out)
			at[o.To], out = i, append(out, nil)
		}
		out[i] = append(out[i], o)
	}
	for _, rows := range out {
		slices.SortStableFunc(rows, func(a, b Claim) int {
			return cmp.Or(
				a.Due.Compare(b.Due), rank(a.Outgoing)-rank(b.Outgoing), cmp.Compare(a.ID, b.ID),
			)
		})
	}
	return out
}

// rank orders what is due at one moment: checks first, since what they find keeps texts from
// leaving, then answers, then how to prepare, which has the first claim on the caps.
func rank(o handlers.Outgoing) int {
	switch {
	case o.Task:
		return 0
	case !o.Unasked:
		return 1
	case o.Kind == kinds.Prepare:
		return 2
	}
	return 3
}

// batch is what one claim took.
type batch struct {
	rows []Claim
	err  error
}

// claim claims a batch of due rows; none once ctx has ended.
func (c *Crew) claim(ctx context.Context) (b batch) {
	if ctx.Err() == nil {
		b.rows, b.err = c.t.Ledger.Claim(ctx, c.t.Now(), Batch, c.t.Pace(), Lease)
	}
	return b
}

// give runs a job on the next free hand, and blocks while all are busy.
func (c *Crew) give(job func()) {
	select {
	case c.next <- job:
	case c.hands <- struct{}{}:
		c.wg.Go(func() { c.hand(job) })
	}
}

// hand runs a job and then those that follow at once. A new goroutine for each job would have to
// grow its stack every time.
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

// one carries a row and adds the outcome to the crew's.
func (c *Crew) one(ctx context.Context, o Claim) {
	ok, err := c.t.carry(ctx, o)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = errors.Join(c.err, err)
	if ok {
		c.sent++
	}
}

// Wait waits until nothing is in flight, and returns how many texts were sent since the crew was
// made. The error joins what went wrong since the last call of Work or Wait.
func (c *Crew) Wait() (sent int, err error) {
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	err, c.err = c.err, nil
	return c.sent, err
}

// Deliver sends what is due until nothing is, and returns how many texts were sent. A row that
// fails doesn't hold up those that were claimed with it, but no more are claimed after them. When
// ctx ends, it finishes what is in flight and releases the other claims.
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
