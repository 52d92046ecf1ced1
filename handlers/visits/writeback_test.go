package visits_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// ledger is another system that takes answers, or fails.
type ledger struct {
	fails func() error
	says  []string // what was written, and when
}

func (l *ledger) WriteBack(_ context.Context, b handlers.WriteBack, now time.Time) error {
	if l.fails != nil {
		if err := l.fails(); err != nil {
			return err
		}
	}
	l.says = append(l.says, b.External+" "+b.State+" "+now.Format("15:04"))
	return nil
}

func TestAnswersAreWrittenBack(t *testing.T) {
	down := errors.New("the server fails (503)")
	gone := fmt.Errorf("it has moved there: %w", handlers.ErrOvertaken)
	for name, c := range map[string]struct {
		start  string // of the visit; the answer comes at 10:00 on Oct 5
		fails  int    // how often the system fails at first; -1 is always
		err    error
		change func(v *handlers.Visit) // while the system is down
		panics bool
		says   string
		told   string // on a card
		at     string // when the card came
	}{
		"at once": {says: "[a1 confirmed 10:00]"},
		// After 1, 2, 4, 8, 16, 32 minutes, then every hour.
		"it is down": {err: down, fails: 5, says: "[a1 confirmed 10:31]"},
		"it panics":  {err: down, fails: 2, panics: true, says: "[a1 confirmed 10:03]"},
		"it stays down": {
			err: down, fails: -1, says: "[]", at: "10-06 10:03",
			told: "Confirmed Tue Oct 20 at 2:00 PM, which couldn't be written to \"main\": the server " +
				"fails (503). Please see to it there.",
		},
		// A person has half of the time.
		"it stays down, and the visit is near": {
			start: "2026-10-05 12:00", err: down, fails: -1, says: "[]", at: "10-05 11:03",
			told: "Confirmed Mon Oct 5 at 12:00 PM, which couldn't be written to \"main\": the server " +
				"fails (503). Please see to it there.",
		},
		"somebody's word is newer": {
			err: gone, fails: -1, says: "[]", at: "10-05 10:00",
			told: "Confirmed Tue Oct 20 at 2:00 PM, which couldn't be written to \"main\": it has " +
				"moved there: it was changed there since. Please see to it there.",
		},
		"the desk takes it off meanwhile": {
			err: down, fails: 3, says: "[]", change: func(v *handlers.Visit) { v.State = handlers.Off },
		},
		"it moves meanwhile": {
			err: down, fails: 3, says: "[]",
			change: func(v *handlers.Visit) { v.Start = v.Start.Add(time.Hour) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			if c.start == "" {
				c.start = "2026-10-20 14:00"
			}
			v := visit(t, c.start)
			v.Source, v.External, v.State = "main", "a1", handlers.Confirmed
			l, n := &ledger{}, 0
			l.fails = func() error {
				if n++; c.fails >= 0 && n > c.fails {
					return nil
				}
				if c.panics {
					panic("nil map")
				}
				return c.err
			}
			b.store.Put(v.Phone, handlers.Effects{
				Visits: []handlers.Visit{v},
				WriteBacks: []handlers.WriteBack{{
					ID: v.ID, Phone: v.Phone, Feed: "main", External: "a1", Start: v.Start,
					State: v.State, At: b.clock.Now(), Due: b.clock.Now(),
				}},
			})
			w := &visits.Writer{
				Base: b.Base, Store: b.store, Visits: b.store, Outbox: b.store,
				Systems: map[string]visits.System{"main": l}, Now: b.clock.Now,
				Log: handlerstest.Quiet(),
			}
			for range 200 {
				if err := w.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
				if c.change != nil {
					c.change(&v)
					b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
					c.change = nil
				}
				next, err := b.store.NextWriteBack(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if next.IsZero() {
					break
				}
				b.clock.Set(next)
			}
			if got := fmt.Sprint(l.says); got != c.says {
				t.Errorf("written %s, want %s", got, c.says)
			}
			cards := b.store.Open(v.Phone)
			if c.told == "" {
				if len(cards) > 0 {
					t.Errorf("told: %+v", cards)
				}
				return
			}
			if len(cards) != 1 || cards[0].Title != c.told || cards[0].Kind != kinds.NotWritten ||
				cards[0].At.Format("01-02 15:04") != c.at {
				t.Errorf("told: %+v\nwant %s at %s", cards, c.told, c.at)
			}
		})
	}
}

// While the store is away nothing is written twice to no end: what was claimed comes back.
func TestWriteBackWithoutTheStore(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	away := errors.New("away")
	w := &visits.Writer{
		Base: b.Base, Store: b.store, Visits: b.store, Outbox: b.store, Now: b.clock.Now,
		Log: handlerstest.Quiet(),
	}
	b.store.Fail(away)
	if err := w.Deliver(t.Context()); !errors.Is(err, away) {
		t.Error(err)
	}
}
