package patient_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// broken is a store of which a turn panics.
type broken struct{ *handlerstest.Store }

func (broken) Turn(
	context.Context, string, handlers.Phone, func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	panic("i want to die")
}

func (b broken) TurnWithRecords(
	context.Context, string, handlers.Phone,
	func(handlers.State, []handlers.Record) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	panic("i want to die")
}

// panics counts what panicked, and panics itself where it is told to.
type panics struct {
	handlerstest.Meter
	n    atomic.Int64
	more bool
}

func (p *panics) Panicked(string) { p.n.Add(1) }

func (p *panics) Answered(string, time.Duration) {
	if p.more {
		panic("i want to die")
	}
}

// A text on which the program panics comes again; a patient in danger has the fixed words at once,
// and the desk its card.
func TestATextThatPanics(t *testing.T) {
	for _, c := range []struct {
		name, body string
		more       bool // the way without the store panics too
		kind       string
	}{
		{name: "danger", body: "i want to die", kind: kinds.Crisis},
		{name: "danger, twice", body: "i want to die", more: true, kind: kinds.Crisis},
		{
			name: "emergency, twice", body: "chest pain cant breathe", more: true,
			kind: kinds.Emergency,
		},
		{name: "anything else", body: "what are your hours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			var said bytes.Buffer
			count := &panics{more: c.more}
			f.Store, f.History, f.Meter = broken{f.store}, broken{f.store}, count
			f.Log = slog.New(slog.NewTextHandler(&said, nil))
			r, err := f.Receive(t.Context(), handlers.Text{ID: "SM1", From: f.from, Body: c.body})
			f.settle()
			if c.kind == "" {
				if err == nil || len(r.Bodies) != 0 {
					t.Errorf("%+v %v: want it to come again", r, err)
				}
			} else {
				if err != nil || r.Kind != c.kind || len(r.Bodies) != 1 {
					t.Fatalf("%+v %v", r, err)
				}
				has(t, "words", r.Bodies[0], "911")
				cards := f.desk.Cases()
				if len(cards) == 0 || cards[0].Channel != handlers.UrgentChannel ||
					cards[0].Phone != f.from {
					t.Errorf("cards %+v", cards)
				}
			}
			log := said.String()
			if count.n.Load() < 1 || !strings.Contains(log, "panic_test.go") ||
				strings.Contains(log, c.body) {
				t.Errorf("%d counted, logged %s", count.n.Load(), log)
			}
			if err := f.Restore(t.Context()); (err != nil) != (c.kind != "") {
				t.Errorf("%v, while it can't be stored", err)
			}
			f.Store = f.store
			if err := f.Restore(t.Context()); err != nil {
				t.Error(err)
			}
			if n := len(f.state(t).Cases); (n == 1) != (c.kind != "") {
				t.Errorf("%d cases stored in the end", n)
			}
		})
	}
}
