package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// An event happens once. If it comes again, it gets the first reply, to the letter.
func turnHappensOnce(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, calls := Phone(t, "0101"), 0
		want := handlers.Reply{
			Bodies:     []string{"¿Qué tal? “quotes” \u2028"},
			Kind:       "answer",
			Also:       []string{"late"},
			Entry:      "cost",
			Confidence: .75,
			Lang:       "es",
			Note:       "n",
		}
		decide := func(handlers.State) (handlers.Effects, error) {
			calls++
			return handlers.Effects{Reply: want, Consent: &handlers.Consent{Out: true}}, nil
		}
		for i := range 3 {
			got, again, err := r.Turn(t.Context(), "SM1", p, decide)
			if err != nil || again != (i > 0) || !reflect.DeepEqual(got, want) {
				t.Fatalf("time %d: %+v again %v, %v", i+1, got, again, err)
			}
		}
		if calls != 1 {
			t.Errorf("decided %d times", calls)
		}
		if _, again, err := r.Turn(t.Context(), "SM2", p, decide); again || err != nil ||
			calls != 2 {
			t.Errorf("another id: again %v, %v", again, err)
		}
	})
}

// A turn whose decision fails writes nothing, not even that it happened.
func turnThatFailsWritesNothing(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, no := Phone(t, "0101"), errors.New("no")
		_, _, err := r.Turn(t.Context(), "SM1", p, func(handlers.State) (handlers.Effects, error) {
			return handlers.Effects{Consent: &handlers.Consent{Out: true}}, no
		})
		if !errors.Is(err, no) || Peek(t, r, p).Consent.Out {
			t.Fatalf("%v, %+v", err, Peek(t, r, p))
		}
		Turn(t, r, "SM1", p, handlers.Effects{}) // it may come again
	})
}

// What is written of a number is read again, each in its place, and by no other number.
func stateComesBackWhole(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		if s := Peek(t, r, p); !reflect.DeepEqual(s, handlers.State{Phone: p, Version: "0"}) {
			t.Fatalf("an unknown number: %+v", s)
		}
		talk := handlers.Conversation{
			Lang: "es", Last: "cost", Choices: []string{"a", "confirm v1"}, Misses: 2,
			HoursSaid: true, Taken: now, By: "U1", At: now, Channel: "whatsapp",
		}
		visit := handlers.Visit{
			ID: "v1", Name: "Ana Example", Phone: p, Start: now.Add(time.Hour), Type: "consult",
			Zone: "America/Chicago", Lang: "es", State: handlers.Booked, Source: "ehr",
			External: "A-7", Version: "3", Doubts: []string{"a holiday"},
			Agreed: []string{"a Sunday"},
		}
		kase := handlers.Case{
			ID: "c1", Channel: handlers.DeskChannel, Phone: p, Kind: "handoff", Title: "T",
			Text: "hi", Source: "SM1", At: now, Open: true,
		}
		reach := handlers.Reach{NoTexts: true, Why: "a landline", At: now}
		Turn(t, r, "1", p, handlers.Effects{
			Conversation: &talk, Reach: &reach,
			Visits: []handlers.Visit{visit}, Cases: []handlers.Case{kase},
		})
		want := handlers.State{
			Phone: p, Conversation: talk, Reach: reach, Visits: []handlers.Visit{visit},
			Cases: []handlers.Case{kase}, Version: "1",
		}
		s := Peek(t, r, p)
		if s.Listed = (time.Time{}); !reflect.DeepEqual(s, want) { // the store's own
			t.Errorf("got  %#v\nwant %#v", s, want)
		}
		v, ok, err := r.Visit(t.Context(), "v1")
		if err != nil || !ok || !reflect.DeepEqual(v, visit) {
			t.Errorf("visit %+v %v %v", v, ok, err)
		}
		if _, ok, err := r.Visit(t.Context(), "none"); ok || err != nil {
			t.Errorf("no such visit: %v %v", ok, err)
		}
		if s := Peek(t, r, Phone(t, "0102")); len(s.Visits)+len(s.Cases) != 0 {
			t.Errorf("another number sees %+v", s)
		}
	})
}

// No turn overwrites another of the same number, however many are decided at once.
func concurrentTurnsOfOneNumber(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for _, c := range []struct {
			n        int
			conflict bool // it may be given up, told by ErrConflict
		}{{n: 20}, {n: 50, conflict: true}} {
			p := Phone(t, fmt.Sprintf("01%02d", c.n))
			var wg sync.WaitGroup
			var mu sync.Mutex
			wrote := 0
			for i := range c.n {
				wg.Go(func() {
					_, _, err := r.Turn(t.Context(), fmt.Sprintf("%d-%d", c.n, i), p,
						func(s handlers.State) (handlers.Effects, error) {
							talk := s.Conversation
							talk.Misses++
							return handlers.Effects{
								Conversation: &talk,
								Consent:      &handlers.Consent{Words: fmt.Sprint(i)},
							}, nil
						})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						wrote++
					case !c.conflict || !errors.Is(err, handlers.ErrConflict):
						t.Errorf("%d at once: %v", c.n, err)
					}
				})
			}
			wg.Wait()
			if got := Peek(t, r, p).Conversation.Misses; got != wrote || wrote < c.n*4/5 {
				t.Errorf("%d at once: %d were acknowledged, %d are there", c.n, wrote, got)
			}
		}
	})
}

// An event that comes several times at once, as a webhook that is retried may, happens once.
func theSameEventAtOnceHappensOnce(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		var wg sync.WaitGroup
		var mu sync.Mutex
		first := 0
		for range 20 {
			wg.Go(func() {
				reply, again, err := r.Turn(t.Context(), "SM1", p,
					func(s handlers.State) (handlers.Effects, error) {
						talk := s.Conversation
						talk.Misses++
						return handlers.Effects{
							Conversation: &talk,
							Reply:        handlers.Reply{Kind: "answer"},
						}, nil
					})
				mu.Lock()
				defer mu.Unlock()
				if err != nil || reply.Kind != "answer" {
					t.Error(reply, err)
				}
				if !again {
					first++
				}
			})
		}
		wg.Wait()
		if first != 1 || Peek(t, r, p).Conversation.Misses != 1 {
			t.Errorf("%d were the first, %d written", first, Peek(t, r, p).Conversation.Misses)
		}
	})
}

// A turn that others overtake again and again is given up with ErrConflict, and has written
// nothing, so that the event can come again.
func turnIsGivenUp(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p, calls := Phone(t, "0101"), 0
		opts := handlers.Effects{
			Reply: handlers.Reply{Kind: "optout"}, Consent: &handlers.Consent{Out: true, At: now},
		}
		reply, again, err := r.Turn(t.Context(), "SM1", p,
			func(handlers.State) (handlers.Effects, error) {
				calls++
				Turn(t, r, fmt.Sprint("other", calls), p, handlers.Effects{})
				return opts, nil
			})
		if !errors.Is(err, handlers.ErrConflict) || again || reply.Kind != "" || calls < 2 {
			t.Errorf("%+v again %v after %d decisions, %v", reply, again, calls, err)
		}
		if Peek(t, r, p).Consent.Out {
			t.Error("it is written all the same")
		}
		Turn(t, r, "SM1", p, opts)
		if !Peek(t, r, p).Consent.Out {
			t.Error("the event that came again isn't written")
		}
	})
}

// An event that changes and answers nothing happens once as well.
func anEmptyEventHappensOnce(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		Turn(t, r, "SM1", p, handlers.Effects{})
		before := Peek(t, r, p).Version
		reply, again, err := r.Turn(t.Context(), "SM1", p,
			func(handlers.State) (handlers.Effects, error) {
				t.Error("it is decided twice")
				return handlers.Effects{}, nil
			})
		if !again || err != nil || !reflect.DeepEqual(reply, handlers.Reply{}) {
			t.Errorf("%+v again %v, %v", reply, again, err)
		}
		if after := Peek(t, r, p).Version; after != before || after == "0" {
			t.Errorf("version %s, then %s: reading and repeating must not change it", before, after)
		}
	})
}
