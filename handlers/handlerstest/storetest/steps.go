package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Lease is how long claims last in these tests.
const Lease = 20 * time.Second

// Now returns when the behaviours happen: what the clock of a store must show.
func Now() time.Time { return now }

var (
	now      = time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	uncapped = gate.Caps{Now: now}
	unpaced  gate.Pace
)

// Phone returns a fictional number (212-555-xxxx) with these last four digits.
func Phone(t testing.TB, last4 string) handlers.Phone {
	t.Helper()
	p, err := handlers.NewPhone("+1212555" + last4)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Row returns a reminder to number 0101 that is due now.
func Row(t testing.TB, id string) handlers.Outgoing {
	t.Helper()
	return handlers.Outgoing{
		ID: id, To: Phone(t, "0101"), Kind: "confirm", Visit: "v1",
		Start: now.Add(48 * time.Hour), Zone: "America/Chicago", Due: now, Unasked: true,
	}
}

// Turn writes effects for a number, as an event of that id that didn't happen before.
func Turn(t testing.TB, r handlers.Store, id string, p handlers.Phone, e handlers.Effects) {
	t.Helper()
	_, again, err := r.Turn(t.Context(), id, p,
		func(handlers.State) (handlers.Effects, error) { return e, nil })
	if err != nil || again {
		t.Fatalf("turn %s: again %v, %v", id, again, err)
	}
}

// Peek reads the state of a number.
func Peek(t testing.TB, r handlers.Store, p handlers.Phone) handlers.State {
	t.Helper()
	s, err := r.Peek(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Plan plans rows, and voids others, as one event of number 0101.
func Plan(
	t testing.TB, r handlers.Store, event string, void []string, rows ...handlers.Outgoing,
) {
	t.Helper()
	e := handlers.Effects{Texts: rows, Void: handlers.Voids("", void...)}
	Turn(t, r, event, Phone(t, "0101"), e)
}

// Claim claims what is due at a time, without a pace, and checks that it is what is wanted: ids in
// order, a space between.
func Claim(t testing.TB, r gate.Ledger, at time.Time, want string) []gate.Claim {
	t.Helper()
	rows, err := r.Claim(t.Context(), at, 100, unpaced, Lease)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, o := range rows {
		ids = append(ids, o.ID)
	}
	if got := strings.Join(ids, " "); got != want {
		t.Fatalf("claimed %q, want %q", got, want)
	}
	return rows
}

// Begin begins a send, which counts as a try, without a pace. It changes o as a worker does.
func Begin(t testing.TB, r gate.Ledger, o *gate.Claim, c gate.Caps) gate.Answer {
	t.Helper()
	o.Tries++
	if o.First.IsZero() {
		o.First = c.Now
	}
	b, err := r.Begin(t.Context(), o.Outgoing, o.Known, c, unpaced, Lease)
	if err != nil {
		t.Fatal(err)
	}
	return b.Answer
}

// Settle settles a claimed row in a state, reached now; false if the claim was lost.
func Settle(t testing.TB, r gate.Ledger, o gate.Claim, state string) bool {
	t.Helper()
	o.State, o.At = state, now
	ok, err := r.Settle(t.Context(), o.Outgoing)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// Stored returns a row as the store has it; the zero row if there is none.
func Stored(t testing.TB, r Store, id string) handlers.Outgoing {
	t.Helper()
	o, err := r.Row(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
