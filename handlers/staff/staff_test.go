package staff_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
)

var base = sync.OnceValues(func() (*knowledge.Base, error) {
	return knowledge.Load(
		handlerstest.FAQ(`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`),
	)
})

// office wires the handler to a fake store and clock, with an open case "c" of the patient …0101 in
// thread "T-c".
type office struct {
	*staff.Handler
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	patient handlers.Phone
	events  int
}

// health fakes act.Health.
type health map[string]error

func (h health) Away(context.Context) map[string]error { return h }

// Bots has the words of the fake's "bots".
func (h health) Bots() string {
	if err := h["bots"]; err != nil {
		return err.Error()
	}
	return ""
}

// bot fakes act.Asker.
type bot struct{}

func (bot) Ask(_ handlers.State, body string) (handlers.Reply, error) {
	return handlers.Reply{
		Kind: "answer", Entry: "hours", Confidence: .9, Lang: "en",
		Bodies: []string{"You asked " + body}, Note: "awaits review",
	}, nil
}

func newOffice(t *testing.T) *office {
	t.Helper()
	b, err := base()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{
		clock: handlerstest.NewClock(t, "2026-12-01 10:00"), patient: handlerstest.Phone(t, "0101"),
	}
	o.store = handlerstest.NewStore(o.clock.Now)
	say := &handlerstest.Wording{
		OnCompose: func(_ handlers.State, row handlers.Outgoing, now time.Time) handlers.Composed {
			if !row.Start.IsZero() && !row.Start.After(now) {
				return handlers.Composed{Skip: "the visit has begun"}
			}
			return handlers.Composed{Body: "See you soon."}
		},
	}
	list := &waitlist.Handler{
		Base: b, Store: o.store, Slots: o.store, Register: o.store, Now: o.clock.Now,
		Log: handlerstest.Quiet(),
	}
	texter := &gate.Texter{Clinic: b.Clinic, Wording: say, Now: o.clock.Now, Place: handlerstest.PlaceOf}
	o.Handler = &staff.Handler{Kit: act.Kit{
		Base: b, Store: o.store, Cases: o.store, Texts: o.store, Patients: o.store,
		Audit: o.store, Calls: o.store, Pending: o.store,
		School: &learning.School{
			Base: b, Store: o.store, Desk: o.store, Cards: o.store, Now: o.clock.Now,
			Log: handlerstest.Quiet(),
		},
		Visits: &visits.Books{
			Base: b, Store: o.store, Visits: o.store, Waitlist: list, Now: o.clock.Now,
		},
		Reminders: &reminder.Reminders{
			Base: b, Store: o.store, History: o.store, Gate: texter, Now: o.clock.Now,
		},
		Waitlist: list, Gate: texter, Bot: bot{}, Health: health{"redis": nil},
		Now: o.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
		Phone: func(s string) (handlers.Phone, error) {
			digits := regexp.MustCompile(`\D`).ReplaceAllString(s, "")
			if len(digits) == 10 {
				digits = "1" + digits
			}
			if len(digits) != 11 {
				return handlers.Phone{}, errors.New("no number")
			}
			return handlers.NewPhone("+" + digits)
		},
	}}
	o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{
		ID: "c", Channel: handlers.DeskChannel, Phone: o.patient, Kind: "handoff", Open: true,
		At: o.clock.Now(),
	}}})
	o.store.Thread("c", "T-c")
	return o
}

func (o *office) state(t *testing.T) handlers.State {
	t.Helper()
	s, err := o.store.Peek(t.Context(), o.patient)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (o *office) optOut() {
	o.store.Put(o.patient, handlers.Effects{Consent: &handlers.Consent{Out: true}})
}

// posts returns the posts that wait: "card c", "note c U1 has this.", "mark M1 refused".
func (o *office) posts() string {
	var out []string
	for _, p := range o.store.Queue() {
		switch p.Do {
		case desk.PostCard:
			out = append(out, "card "+p.Case)
		case desk.PostNote:
			out = append(out, "note "+p.Case+" "+p.From+" "+p.Text)
		case desk.PostMark:
			out = append(out, "mark "+p.Mark+" "+p.State+" "+p.Why)
		}
	}
	return strings.Join(out, "; ")
}
