package visits

import (
	"context"
	"fmt"
	"sync"

	"github.com/beacon-clinic/beacon/handlers"
)

// Import books visits and counts the outcomes. One of State Cancelled is taken off instead, and one
// of Arrived or Missed is booked as that if it isn't known, unless its id is all there is. Those
// that are taken off come first: another visit of the import may fill the time that they leave,
// which must not be offered to the waitlist as well.
//
// Several numbers are written at a time, and the visits of one number in their order; an id must
// not come twice. progress is called after each visit, never twice at once. After an error the
// visits that are being written end, and no others begin: the count is of those that are done, and
// the same import again does the rest.
func (b *Books) Import(
	ctx context.Context, visits []handlers.Visit, progress func(done, of int),
) (map[Outcome]int, error) {
	run := &importing{count: map[Outcome]int{}, of: len(visits), progress: progress}
	for _, off := range []bool{true, false} {
		var some []handlers.Visit
		for _, v := range visits {
			if off == (v.State == handlers.Cancelled) {
				some = append(some, v)
			}
		}
		if err := run.all(ctx, b, byNumber(some)); err != nil {
			return run.count, err
		}
	}
	return run.count, nil
}

// importers is how many numbers are written at a time. The store gathers what they ask at once into
// one round trip; more than these would only wait for it.
const importers = 32

// importing is one import as it goes.
type importing struct {
	mu       sync.Mutex
	count    map[Outcome]int
	done, of int
	progress func(done, of int)
	err      error // the first one
}

// all writes the visits of many numbers, and returns once nothing is being written any more.
func (i *importing) all(ctx context.Context, b *Books, numbers [][]handlers.Visit) error {
	inParallel(len(numbers), func(n int) {
		for _, v := range numbers[n] {
			if i.failed() {
				return
			}
			what, err := b.bring(ctx, v)
			i.note(v, what, err)
		}
	})
	return i.err
}

// inParallel calls do with 0 to n-1, several at a time, and returns once all calls have.
func inParallel(n int, do func(i int)) {
	work := make(chan int)
	var writers sync.WaitGroup
	for range min(importers, n) {
		writers.Go(func() {
			for i := range work {
				do(i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	writers.Wait()
}

// failed reports whether a visit couldn't be written.
func (i *importing) failed() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.err != nil
}

// note counts what became of a visit.
func (i *importing) note(v handlers.Visit, what Outcome, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err != nil {
		if i.err == nil {
			i.err = fmt.Errorf("visit %s (%d of %d are done): %w", v.ID, i.done, i.of, err)
		}
		return
	}
	i.count[what]++
	i.done++
	i.progress(i.done, i.of)
}

// bring does what an import says of one visit.
func (b *Books) bring(ctx context.Context, v handlers.Visit) (Outcome, error) {
	switch {
	case v.State == handlers.Cancelled:
		return b.cancel(ctx, v.ID)
	case v.Over() && v.Phone.IsZero():
		return b.came(ctx, v)
	}
	return b.put(ctx, v, handlers.Cancelled)
}

// came does what an import says of a visit of which it has the id and the state alone.
func (b *Books) came(ctx context.Context, v handlers.Visit) (Outcome, error) {
	old, known, err := b.Visits.Visit(ctx, v.ID)
	if err != nil || !known || old.State == v.State {
		return Unchanged, err
	}
	if ok, err := b.Came(ctx, v.ID, v.State); err != nil || !ok {
		return Unchanged, err
	}
	return Updated, nil
}

// byNumber gathers visits by their number, in the order in which the numbers first come. Those that
// are taken off may have none: each is then by itself.
func byNumber(visits []handlers.Visit) (out [][]handlers.Visit) {
	at := map[handlers.Phone]int{}
	for _, v := range visits {
		i, known := at[v.Phone]
		if !known || v.Phone.IsZero() {
			i = len(out)
			at[v.Phone], out = i, append(out, nil)
		}
		out[i] = append(out[i], v)
	}
	return out
}
