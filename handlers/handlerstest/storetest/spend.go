package storetest

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
)

// minute is a period of five segments, two of them for strangers, that began so long after Now.
func minute(after time.Duration) budget.Period {
	from := now.Add(after)
	return budget.Period{
		Name: "minute", From: from, Ends: from.Add(time.Minute), Most: 5, Strangers: 2,
	}
}

// An answer is counted in the turn that stores it. One that its period doesn't hold isn't stored:
// the turn is decided anew, from what is used up by then.
func answersAreCounted(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for i, c := range []struct {
			name                       string
			after                      time.Duration // the period began so long after Now
			segments                   int
			stranger, unlimited, holds bool
			all, strangers             int // used up then
		}{
			{name: "a patient's", segments: 2, holds: true, all: 2},
			{name: "a stranger's", segments: 2, stranger: true, holds: true, all: 4, strangers: 2},
			{name: "strangers' are used up", segments: 1, stranger: true, all: 4, strangers: 2},
			{name: "a patient's is too long", segments: 2, all: 4, strangers: 2},
			{name: "a patient's last", segments: 1, holds: true, all: 5, strangers: 2},
			{name: "a patient's one too many", segments: 1, all: 5, strangers: 2},
			{
				name: "one without limits", segments: 1, stranger: true, unlimited: true,
				holds: true, all: 6, strangers: 3,
			},
			{
				name: "a clock that is ahead", after: time.Minute, segments: 1, holds: true,
				all: 1,
			},
			{name: "a clock that is behind", segments: 1, holds: true, all: 2},
			{
				name: "the next hour", after: time.Hour, segments: 5, holds: true, all: 5,
			},
			{name: "a clock that was wrong", segments: 1, holds: true, all: 1},
		} {
			p, calls := Phone(t, "0101"), 0
			spend := budget.Spend{
				Segments: c.segments, Stranger: c.stranger, Unlimited: c.unlimited,
				Periods: []budget.Period{minute(c.after)},
			}
			_, _, err := r.Turn(t.Context(), fmt.Sprint("e", i), p,
				func(s handlers.State) (handlers.Effects, error) {
					if calls++; calls > 1 || !spend.Holds(s.Used) {
						if spend.Holds(s.Used) {
							t.Errorf("%s: decided anew, though it holds", c.name)
						}
						return handlers.Effects{}, nil
					}
					return handlers.Effects{Spend: &spend}, nil
				})
			if err != nil {
				t.Fatal(c.name, err)
			}
			got := Peek(t, r, p).Used["minute"]
			if held := spend.Holds(map[string]budget.Used{}); !held {
				t.Fatal(c.name, "can never hold")
			}
			if got.All != c.all || got.Strangers != c.strangers {
				t.Errorf("%s: %+v, want %d and %d", c.name, got, c.all, c.strangers)
			}
		}
	})
}

// Of many answers at once no more are stored than the period holds, whatever each had read.
func answersAtOnceKeepTheirLimit(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		answered := 0
		for i := range 20 {
			wg.Go(func() {
				spend := budget.Spend{Segments: 1, Periods: []budget.Period{minute(0)}}
				reply, _, err := r.Turn(t.Context(), fmt.Sprint("e", i), Phone(t, fmt.Sprint(1000+i)),
					func(s handlers.State) (handlers.Effects, error) {
						if !spend.Holds(s.Used) {
							return handlers.Effects{}, nil
						}
						return handlers.Effects{
							Reply: handlers.Reply{Kind: "answer"}, Spend: &spend,
						}, nil
					})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if reply.Kind != "" {
					answered++
				}
			})
		}
		wg.Wait()
		if used := Peek(t, r, Phone(t, "0101")).Used["minute"]; answered != 5 || used.All != 5 {
			t.Errorf("%d answered, %+v used up: want 5", answered, used)
		}
	})
}

// Texts that aren't answered are counted in one stretch.
func refusalsAreCounted(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		if x, err := r.Refused(t.Context()); err != nil || x.Total() != 0 {
			t.Fatal(x, err)
		}
		for i, why := range []string{"reach", "strangers", "reach"} {
			Turn(t, r, fmt.Sprint("e", i), Phone(t, fmt.Sprint("010", i%2+1)),
				handlers.Effects{Refused: &budget.Refused{Why: why}})
		}
		x, err := r.Refused(t.Context())
		want := map[string]int{"reach": 2, "strangers": 1}
		if err != nil || !x.From.Equal(now) || !x.To.Equal(now) ||
			!reflect.DeepEqual(x.Count, want) || !reflect.DeepEqual(x.Ends, []string{"0101", "0102"}) {
			t.Errorf("%+v, %v", x, err)
		}
		for i := range 2 * budget.MostEnds {
			Turn(t, r, fmt.Sprint("f", i), Phone(t, fmt.Sprint(1000+i)),
				handlers.Effects{Refused: &budget.Refused{Why: "reach"}})
		}
		x, err = r.Refused(t.Context())
		if err != nil || len(x.Ends) != budget.MostEnds || x.Total() != 3+2*budget.MostEnds {
			t.Errorf("%d numbers of %d texts, %v", len(x.Ends), x.Total(), err)
		}
	})
}
