package visits_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// many are visits of many numbers, two of each.
func many(t *testing.T, n int) (out []handlers.Visit) {
	for i := range n {
		v := visit(t, "2026-10-20 14:00")
		v.ID, v.Phone = fmt.Sprint("v", i), handlerstest.Phone(t, fmt.Sprintf("01%02d", i/2))
		v.Start = v.Start.Add(time.Duration(i) * time.Hour)
		out = append(out, v)
	}
	return out
}

func TestImportBooksManyNumbersAtATime(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	last := 0
	progress := func(done, of int) {
		if done != last+1 || of != 60 {
			t.Errorf("%d of %d after %d", done, of, last)
		}
		last = done
	}
	got, err := b.Import(t.Context(), many(t, 60), progress)
	if err != nil || got[visits.Imported] != 60 || last != 60 {
		t.Fatalf("%v %v, %d", got, err, last)
	}
	last = 0
	got, err = b.Import(t.Context(), many(t, 60), progress)
	if err != nil || got[visits.Unchanged] != 60 {
		t.Errorf("again: %v %v", got, err)
	}
}

// What was done before an error counts, and the same import again does the rest.
func TestImportThatBreaksOff(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	fault := errors.New("away")
	turns := &breaking{Store: b.store, left: 20, fault: fault}
	b.Store = turns
	got, err := b.Import(t.Context(), many(t, 60), func(int, int) {})
	if !errors.Is(err, fault) || got[visits.Imported] != 20 {
		t.Fatalf("%v %v", got, err)
	}
	turns.left = 100
	got, err = b.Import(t.Context(), many(t, 60), func(int, int) {})
	if err != nil || got[visits.Imported] != 40 || got[visits.Unchanged] != 20 {
		t.Errorf("%v %v", got, err)
	}
}

// What an import says of a visit that was kept or missed is written without a text.
func TestImportOfWhoCame(t *testing.T) {
	b := newBooks(t, "2026-10-20 16:00")
	came, missed := visit(t, "2026-10-20 14:00"), visit(t, "2026-10-20 17:00")
	came.ID, came.State = "came", handlers.Arrived
	missed.ID, missed.State = "missed", handlers.Missed
	b.book(t, visit(t, "2026-10-21 14:00"), visits.Imported)
	known := visit(t, "2026-10-21 14:00")
	known.State = handlers.Arrived
	all := []handlers.Visit{came, missed, known}
	got, err := b.Import(t.Context(), all, func(int, int) {})
	if err != nil || got[visits.Imported] != 2 || got[visits.Updated] != 1 || b.planned() != "" {
		t.Fatalf("%v %v: %s", got, err, b.planned())
	}
	for _, v := range all {
		if now, _, _ := b.store.Visit(t.Context(), v.ID); now.State != v.State {
			t.Errorf("%s: %s", v.ID, now.State)
		}
	}
	if got, err = b.Import(t.Context(), all, func(int, int) {}); got[visits.Unchanged] != 3 {
		t.Errorf("again: %v %v", got, err)
	}
	known.State = ""
	if got, err = b.Import(t.Context(), []handlers.Visit{known}, func(int, int) {}); err != nil ||
		got[visits.Unchanged] != 1 {
		t.Errorf("an older file: %v %v", got, err)
	}
}

// breaking is a store that fails after some turns.
type breaking struct {
	handlers.Store
	mu    sync.Mutex
	left  int
	fault error
}

func (s *breaking) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	s.mu.Lock()
	s.left--
	over := s.left < 0
	s.mu.Unlock()
	if over {
		return handlers.Reply{}, false, s.fault
	}
	return s.Store.Turn(ctx, id, p, decide)
}
