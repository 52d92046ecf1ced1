package reminder_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// books are the books and what reminds of their visits, with all around them.
type books struct {
	*visits.Books
	*reminder.Reminders
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	carrier *handlerstest.Carrier
}

func newBooks(t *testing.T, now string) *books {
	t.Helper()
	words := handlerstest.Words(t)
	b := &books{clock: handlerstest.NewClock(t, now), carrier: &handlerstest.Carrier{}}
	b.store = handlerstest.NewStore(b.clock.Now)
	texter := &gate.Texter{
		Clinic: words.Clinic, Store: b.store, Ledger: b.store, Receipts: b.store,
		Carrier: b.carrier, Now: b.clock.Now, Meter: handlerstest.Meter{},
		Log: handlerstest.Quiet(),
	}
	b.Reminders = &reminder.Reminders{
		Base: words, Store: b.store, History: b.store, Gate: texter, Now: b.clock.Now,
	}
	texter.Wording = &handlerstest.Wording{
		OnCompose: b.Compose, OnTask: b.Task, OnInstead: b.Instead,
	}
	list := &waitlist.Handler{
		Base: words, Slots: b.store, Now: b.clock.Now, Log: handlerstest.Quiet(),
	}
	b.Books = &visits.Books{
		Base: words, Store: b.store, Visits: b.store, Waitlist: list, Now: b.clock.Now,
	}
	return b
}

func (b *books) book(t *testing.T, v handlers.Visit, want visits.Outcome) {
	t.Helper()
	got, err := b.Book(t.Context(), v)
	if err != nil || got != want {
		t.Fatalf("%s %v, want %s", got, err, want)
	}
}

// until turns the clock from one due row to the next, till at, and returns what was sent: "booked 10-05 10:00".
func (b *books) until(t *testing.T, at string) string {
	t.Helper()
	end := handlerstest.At(t, at)
	for {
		if _, err := b.Gate.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, _ := b.store.Next(t.Context(), gate.Pace{})
		if next.IsZero() || next.After(end) {
			b.clock.Set(end)
			break
		}
		b.clock.Set(next)
	}
	var out []string
	for _, o := range b.carrier.Sent() {
		out = append(out, o.Kind+" "+o.First.In(end.Location()).Format("01-02 15:04"))
	}
	return strings.Join(out, ", ")
}

func visit(t *testing.T, start string) handlers.Visit {
	return handlers.Visit{ID: "v", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"), Start: handlerstest.At(t, start), Type: "consult"}
}
