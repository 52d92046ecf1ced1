package patient_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

func TestDanger(t *testing.T) {
	for _, c := range []struct{ text, kind, words, title string }{
		{text: "i want to die", kind: kinds.Crisis, words: "988", title: "May be in danger"},
		{text: "me quiero morir", kind: kinds.Crisis, words: "oprima 2", title: "May be in danger"},
		{text: "988", kind: kinds.Crisis, words: "988", title: "May be in danger"},
		{
			text: "chest pain cant breathe", kind: kinds.Emergency, words: "Call 911 now",
			title: "Medical emergency",
		},
	} {
		t.Run(c.text, func(t *testing.T) {
			f := newFront(t, "2026-12-05 03:00") // Saturday night
			r := f.text(t, c.text)
			if r.Kind != c.kind || len(r.Bodies) != 1 {
				t.Fatalf("%+v", r)
			}
			has(t, "words", r.Bodies[0], c.words, "212-555-0111", "utomat")
			has(t, "desk", f.told(), "urgent "+c.kind+" "+c.title)
			if open := f.state(t).Cases; len(open) != 1 || open[0].Text != c.text || !open[0].Open {
				t.Errorf("%+v", open)
			}
			// Again: the words again, and the same thread.
			if r := f.text(t, c.text); len(r.Bodies) != 1 || len(f.state(t).Cases) != 1 {
				t.Errorf("again: %+v, %d cases", r, len(f.state(t).Cases))
			}
		})
	}
}

func TestDangerActsOnNothingElse(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	r := f.text(t, "yes but i feel like dying")
	if r.Kind != kinds.Crisis || f.state(t).Visits[0].State != handlers.Booked {
		t.Errorf("%+v, the visit is %s", r, f.state(t).Visits[0].State)
	}
	has(t, "desk", f.told(), "confirm", "not acted on")
	// But who wants no texts gets none: the card says so.
	r = f.text(t, "I want to die. stop texting me")
	s := f.state(t)
	if len(r.Bodies) != 1 || !s.Consent.Out || !s.Cases[0].OptOut {
		t.Errorf("%+v, consent %+v, card %+v", r, s.Consent, s.Cases[0])
	}
	r = f.text(t, "i want to die")
	if len(r.Bodies) != 1 || r.Kind != kinds.Crisis || !f.state(t).Consent.Out {
		t.Errorf("who opted out is still told where help is: %+v", r)
	}
}

// away returns a front whose store is away. desk is the error of its desk, nil if that takes cards.
func away(t *testing.T, desk error) *front {
	t.Helper()
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	f.desk.OnPost = func(string) error { return desk }
	return f
}

func TestDangerWhileTheStoreIsAway(t *testing.T) {
	for _, c := range []struct {
		name string
		desk error
		rung int // texts and calls to the on-call phone
	}{
		{name: "the desk is there"},
		{name: "the desk is away too", desk: errors.New("away"), rung: 2},
		{
			name: "the desk's channels are gone", desk: &desk.Unreachable{Why: "is_archived"},
			rung: 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := away(t, c.desk)
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // the carrier has hung up
			r, err := f.Receive(ctx, handlers.Text{
				ID: "SM1", From: f.from, Body: "i want to die", At: f.clock.Now(),
			})
			if err != nil || r.Kind != kinds.Crisis || len(r.Bodies) != 1 {
				t.Fatalf("%+v %v", r, err)
			}
			has(t, "words", r.Bodies[0], "988", "911")
			f.settle()
			cards := f.desk.Cases()
			if c.desk == nil {
				if len(cards) != 1 || cards[0].Channel != handlers.UrgentChannel ||
					cards[0].Phone != f.from {
					t.Errorf("cards %+v", cards)
				}
			}
			if n := len(f.carrier.Sent()); n != c.rung {
				t.Errorf("the on-call phone was told %d times: %+v", n, f.carrier.Sent())
			}
			_, err = f.Receive(t.Context(), handlers.Text{
				ID: "SM2", From: f.from, Body: "what are your hours",
			})
			if err == nil {
				t.Error("another text was taken, but couldn't be stored: it must come again")
			}
		})
	}
}

// hanging is a store that takes a text only when it is let go, as a Redis that has stopped does.
type hanging struct {
	handlers.Store
	free chan struct{}
}

func (h *hanging) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	select {
	case <-h.free:
		return h.Store.Turn(ctx, id, p, decide)
	case <-ctx.Done():
		return handlers.Reply{}, false, ctx.Err()
	}
}

func (h *hanging) TurnWithRecords(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State, []handlers.Record) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	return h.Turn(ctx, id, p, func(s handlers.State) (handlers.Effects, error) {
		return decide(s, nil)
	})
}

// Whatever hangs, the words leave; what is stored late is stored once, and nobody is told twice.
func TestDangerWhileTheStoreHangs(t *testing.T) {
	f := newFront(t, openHours)
	h := &hanging{Store: f.store, free: make(chan struct{})}
	f.Store, f.History = h, h
	text := handlers.Text{ID: "SM1", From: f.from, Body: "i want to die", At: f.clock.Now()}
	r, err := f.Receive(t.Context(), text)
	if err != nil || r.Kind != kinds.Crisis || len(r.Bodies) != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	close(h.free) // within the time that storing is given
	f.settle()
	if open := f.state(t).Cases; len(open) != 1 || len(f.desk.Cases()) != 0 {
		t.Errorf("stored %+v, shown past the store %d", open, len(f.desk.Cases()))
	}
	if again, err := f.Receive(t.Context(), text); err != nil || again.Bodies[0] != r.Bodies[0] {
		t.Errorf("the same text again: %+v %v", again, err)
	}
}

// The fixed words wait for nothing, whatever hangs: the clock of the bubble, which stands while
// anything runs, hasn't moved when they leave. What may be an answer to a question of ours, or tells
// no language, and what follows the words soon, waits as long as it may.
func TestDangerAsksNoStoreBeforeItsWords(t *testing.T) {
	const most = 400 * time.Millisecond
	for _, c := range []struct {
		name  string
		texts []string
		want  time.Duration // until the last has its answer
	}{
		{name: "named", texts: []string{"i want to die"}},
		{name: "Spanish", texts: []string{"me quiero morir"}},
		{name: "an emergency", texts: []string{"i cant breathe and my chest hurts so much"}},
		{name: "again", texts: []string{"i want to die", "i am going to kill myself"}, want: most},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			synctest.Test(t, func(t *testing.T) {
				h := &hanging{Store: f.store, free: make(chan struct{})}
				f.Store, f.History = h, h
				var took time.Duration
				for i, body := range c.texts {
					began := time.Now()
					text := handlers.Text{
						ID: fmt.Sprint("SM", i), From: f.from, Body: body, At: f.clock.Now(),
					}
					r, err := f.Receive(t.Context(), text)
					if took = time.Since(began); err != nil || len(r.Bodies) != 1 {
						t.Errorf("%q: %+v %v", body, r, err)
					}
				}
				if took != c.want {
					t.Errorf("answered after %v, want %v", took, c.want)
				}
				close(h.free)
				f.settle()
			})
			if open := f.state(t).Cases; len(open) != 1 {
				t.Errorf("stored %+v, want one alarm", open)
			}
		})
	}
}

// What is stored as said is what left at once, though the store knows better: a text that comes
// again gets the same words.
func TestWhatLeftAtOnceIsStored(t *testing.T) {
	f := newFront(t, openHours)
	text := handlers.Text{ID: "SM1", From: f.from, Body: "i want to die", At: f.clock.Now()}
	r, err := f.Receive(t.Context(), text)
	f.settle()
	again, err2 := f.Receive(t.Context(), text)
	f.settle()
	if err != nil || err2 != nil || !slices.Equal(again.Bodies, r.Bodies) {
		t.Errorf("%+v %v, then %+v %v", r, err, again, err2)
	}
	if said := f.state(t).Conversation.Said; !slices.Equal(said, r.Bodies) {
		t.Errorf("remembered as said: %q, want %q", said, r.Bodies)
	}
}

// pass does once what the loops do. The store may be away.
func (f *front) pass(t *testing.T) {
	t.Helper()
	_ = f.Poster.Watch(t.Context())
	_ = f.Restore(t.Context())
}

// Many at once are one line at the desk, and one text and one call that say how many.
func TestManyInDangerWhileAllIsAway(t *testing.T) {
	f := away(t, errors.New("away"))
	const many = 60
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			r, err := f.Receive(t.Context(), handlers.Text{
				ID: fmt.Sprint("SM", i), From: handlerstest.Phone(t, fmt.Sprintf("01%02d", i)),
				Body: "i want to die", At: f.clock.Now(),
			})
			if err != nil || len(r.Bodies) != 1 {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
	wg.Wait()
	f.settle()
	if sent := f.carrier.Sent(); len(sent) != 2 {
		t.Errorf("the on-call phone was told %d times", len(sent))
	}
	// Nobody can take them while the store is away: told again when their time has come, with their
	// number.
	f.clock.Add(f.Base.Clinic.OnCall() + time.Minute)
	f.pass(t) // it is away still
	sent := f.carrier.Sent()
	if len(sent) != 4 {
		t.Fatalf("then %d times, %+v", len(sent), sent[len(sent)-1].Body)
	}
	has(t, "the on-call phone", sent[3].Body+sent[2].Body, fmt.Sprint(many))
	f.store.Fail(nil)
	if err := f.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	stored, err := f.store.Untaken(t.Context())
	if err != nil || len(stored) != many {
		t.Errorf("%d stored, %v", len(stored), err)
	}
}

// A patient in danger just after a round to the on-call phone is in the next one, a minute later.
// However their times fall, no round comes sooner than that.
func TestTheOnCallPhoneWhileAllIsAway(t *testing.T) {
	f := away(t, errors.New("away"))
	danger := func(id string, last4 string) {
		_, err := f.Receive(t.Context(), handlers.Text{
			ID: id, From: handlerstest.Phone(t, last4), Body: "i want to die", At: f.clock.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
		f.settle()
	}
	danger("SM1", "0101")
	for i := range 4 {
		f.clock.Add(5 * time.Second)
		danger(fmt.Sprint("SM", 2+i), fmt.Sprintf("01%02d", 2+i))
		f.pass(t) // it is away still
	}
	if sent := f.carrier.Sent(); len(sent) != 2 {
		t.Errorf("told %d times in the first minute", len(sent))
	}
	f.clock.Add(41 * time.Second)
	f.pass(t)
	sent := f.carrier.Sent()
	if len(sent) != 4 || !strings.Contains(sent[2].Body+sent[3].Body, "4 urgent cases") {
		t.Fatalf("told %d times after it: %+v", len(sent), sent[len(sent)-1].Body)
	}
	for range 20 * 30 {
		f.clock.Add(2 * time.Second)
		f.pass(t)
	}
	// Twenty minutes later: for SM1 and for the others 5 and 15 minutes have passed.
	if n := len(f.carrier.Sent()) - 4; n < 4 || n > 8 {
		t.Errorf("told %d times in the twenty minutes after", n)
	}
}
