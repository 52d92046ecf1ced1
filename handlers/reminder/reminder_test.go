package reminder_test

import (
	"slices"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// books wires visits, their reminders and the gate to a fake store, carrier and clock.
type books struct {
	*visits.Books
	*reminder.Reminders
	*handlerstest.Days
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
		Place: handlerstest.PlaceOf, Log: handlerstest.Quiet(),
	}
	b.Reminders = &reminder.Reminders{
		Base: words, Store: b.store, History: b.store, Gate: texter, Now: b.clock.Now,
	}
	texter.Wording = &handlerstest.Wording{
		OnCompose: b.Compose, OnTask: b.Task, OnInstead: b.Instead,
	}
	b.Days = handlerstest.NewDays(texter, b.clock, b.store, b.carrier)
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

func visit(t *testing.T, start string) handlers.Visit {
	return handlers.Visit{
		ID: "v", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"),
		Start: handlerstest.At(t, start), Type: "spravato",
	}
}

// act changes something in the middle of a test.
type act func(t *testing.T, b *books)

// put returns an act that writes effects to the state of …0101; cases become that number's.
func put(e handlers.Effects) act {
	return func(t *testing.T, b *books) {
		p, own := handlerstest.Phone(t, "0101"), e
		own.Cases = slices.Clone(e.Cases)
		for i := range own.Cases {
			own.Cases[i].Phone = p
		}
		b.store.Put(p, own)
	}
}

// change returns an act that changes a stored visit, as a patient's answer does: no reminder is
// planned.
func change(id string, how func(v *handlers.Visit)) act {
	return func(t *testing.T, b *books) {
		v, _, _ := b.store.Visit(t.Context(), id)
		how(&v)
		b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
	}
}

// is returns an act that changes a visit's state.
func is(id, state string) act {
	return change(id, func(v *handlers.Visit) { v.State = state })
}

// move returns an act that books a visit for another start.
func move(id, to string) act {
	return func(t *testing.T, b *books) {
		v, _, _ := b.store.Visit(t.Context(), id)
		v.Start = handlerstest.At(t, to)
		b.book(t, v, visits.Updated)
	}
}

// rebook returns an act that books infusion again, changed by how.
func rebook(how func(v *handlers.Visit)) act {
	return func(t *testing.T, b *books) {
		v := infusion(t)
		how(&v)
		b.book(t, v, visits.Updated)
	}
}
