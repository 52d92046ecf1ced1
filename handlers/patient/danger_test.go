package patient_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

func TestDanger(t *testing.T) {
	for _, c := range []struct{ text, kind, words, title string }{
		{"i want to die", knowledge.Crisis, "988", "May be in danger"},
		{"me quiero morir", knowledge.Crisis, "oprima 2", "May be in danger"},
		{"988", knowledge.Crisis, "988", "May be in danger"},
		{"chest pain cant breathe", knowledge.Emergency, "Call 911 now", "Medical emergency"},
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
	if r.Kind != knowledge.Crisis || f.state(t).Visits[0].State != handlers.Booked {
		t.Errorf("%+v, the visit is %s", r, f.state(t).Visits[0].State)
	}
	has(t, "desk", f.told(), "confirm", "not acted on")
	// But who wants no texts gets none: the card says so.
	r = f.text(t, "I want to die. stop texting me")
	s := f.state(t)
	if len(r.Bodies) != 1 || !s.Consent.Out || !s.Cases[0].OptOut {
		t.Errorf("%+v, consent %+v, card %+v", r, s.Consent, s.Cases[0])
	}
	if r := f.text(t, "i want to die"); len(r.Bodies) != 1 || r.Kind != knowledge.Crisis || !f.state(t).Consent.Out {
		t.Errorf("who opted out is still told where help is: %+v", r)
	}
}

func TestDangerWhileTheStoreIsAway(t *testing.T) {
	for name, page := range map[string]error{"the desk is there": nil, "the desk is away too": errors.New("away")} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.store.Fail(errors.New("away"))
			f.desk.OnPost = func(string) error { return page }
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // the store took all the time there was
			r, err := f.Receive(ctx, handlers.Text{ID: "SM1", From: f.from, Body: "i want to die", At: f.clock.Now()})
			if err != nil || r.Kind != knowledge.Crisis || len(r.Bodies) != 1 {
				t.Fatalf("%+v %v", r, err)
			}
			has(t, "words", r.Bodies[0], "988", "911")
			if cards := f.desk.Cases(); page == nil && (len(cards) != 1 || cards[0].Channel != handlers.UrgentChannel || cards[0].Phone != f.from) {
				t.Errorf("cards %+v", cards)
			}
			if _, err := f.Receive(t.Context(), handlers.Text{ID: "SM2", From: f.from, Body: "what are your hours"}); err == nil {
				t.Error("another text was taken although nothing could be stored: it must come again")
			}
		})
	}
}

// patient pages with a context that is still good.
func TestPageHasTimeOfItsOwn(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	d := &timed{}
	f.Desk = d
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Receive(ctx, handlers.Text{ID: "SM1", From: f.from, Body: "i want to die"}); err != nil {
		t.Fatal(err)
	}
	if d.err != nil || d.left <= 0 || d.left > 10*time.Second {
		t.Errorf("the page had %v, %v", d.left, d.err)
	}
}

// timed is a desk that looks how long it is given.
type timed struct {
	handlers.Desk
	left time.Duration
	err  error
}

func (d *timed) Card(ctx context.Context, _ handlers.Case, _ bool) (string, error) {
	d.err = ctx.Err()
	if end, ok := ctx.Deadline(); ok {
		d.left = time.Until(end)
	}
	return "T", nil
}
