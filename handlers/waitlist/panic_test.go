package waitlist_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// faulty is a register that fails to look up the offers of the slot "bad".
type faulty struct {
	waitlist.Register
	look func() error
}

func (f faulty) Row(ctx context.Context, id string) (handlers.Outgoing, error) {
	if strings.HasPrefix(id, "offer:bad") {
		return handlers.Outgoing{}, f.look()
	}
	return f.Register.Row(ctx, id)
}

type panics struct {
	handlerstest.Meter
	n int
}

func (p *panics) Panicked(string) { p.n++ }

// bad stores a slot "bad" with one open offer, which is due before the other slot.
func (r *room) bad(t *testing.T, shown bool) {
	t.Helper()
	now := r.clock.Now()
	s := handlers.Slot{
		ID: "bad", Type: "consult", Start: handlerstest.At(t, "2026-12-06 09:00"), At: now,
		Why: "they can't come", State: handlers.SlotOpen, Shown: shown, Next: now.Add(-time.Second),
	}
	p := handlerstest.Phone(t, "0190")
	s.Offers = []handlers.Offer{{
		To: p, Row: "offer:bad:1", At: now, Until: now.Add(time.Hour), State: handlers.OfferOpen,
	}}
	r.store.Put(p, handlers.Effects{Slots: []handlers.Slot{s}})
}

// A slot that makes the program panic doesn't hold up others. After a few tries it is no longer
// offered, and staff have its card.
func TestASlotThatPanics(t *testing.T) {
	for _, c := range []struct {
		name  string
		shown bool // the desk had a card of it before
	}{
		{name: "nobody at the desk knows of it"},
		{name: "it has a card", shown: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t, handlerstest.Words(t))
			var said bytes.Buffer
			count := &panics{}
			r.Meter, r.Log = count, slog.New(slog.NewTextHandler(&said, nil))
			r.Register = faulty{r.store, func() error { panic("of Pat Example") }}
			r.waits(t, "0101", nil)
			r.bad(t, c.shown)
			if err := r.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s, _, _ := r.store.Slot(t.Context(), "bad"); !s.Next.After(r.clock.Now()) {
				t.Errorf("%+v, want it put off", s)
			}
			for range 60 {
				r.clock.Add(30 * time.Second)
				if err := r.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if r.slot(t).Offers == nil {
				t.Error("the other slot wasn't offered")
			}
			s, _, _ := r.store.Slot(t.Context(), "bad")
			over := s.State == handlers.SlotOver && !s.Offers[0].Stands()
			if !over || count.n != guard.MostPanics {
				t.Errorf("%+v after %d panics", s, count.n)
			}
			k, ok, _ := r.store.Case(t.Context(), "bad")
			if !ok || !k.Open || !strings.Contains(k.Title, "the program failed on it") {
				t.Errorf("the card: %+v", k)
			}
			log := said.String()
			if !strings.Contains(log, "slot=bad") || !strings.Contains(log, "panic_test.go") ||
				strings.Contains(log, "Pat") {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// A slot that can't be looked at now doesn't hold up others.
func TestASlotThatFails(t *testing.T) {
	r := newRoom(t, handlerstest.Words(t))
	fault := errors.New("away")
	r.Register = faulty{r.store, func() error { return fault }}
	r.waits(t, "0101", nil)
	r.bad(t, true)
	r.clock.Add(r.Base.Clinic.Waitlist.After())
	if err := r.Deliver(t.Context()); !errors.Is(err, fault) {
		t.Errorf("%v, want what went wrong", err)
	}
	if r.slot(t).Offers == nil {
		t.Error("the other slot wasn't offered")
	}
}
