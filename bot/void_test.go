package main_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// TestEachRowIsVoidForItsOwnReason has one YES void what reminded of the visit that the slot takes
// the place of, and another patient's offer of the same slot.
func TestEachRowIsVoidForItsOwnReason(t *testing.T) {
	t.Parallel()
	base := handlerstest.Base(
		t, `[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`,
	)
	base.Clinic.Waitlist.AtOnce = 2
	// Both offers are due at one instant, at which a pace lets out either.
	base.Clinic.Pace.PerSecond = 0
	clock := handlerstest.NewClock(t, "2026-12-01 10:00")
	x := newSide(t, base, redistest.Start(t, "always").URL(), clock.Now)
	ana, bea := handlerstest.Phone(t, "0101"), handlerstest.Phone(t, "0102")
	freed := handlers.Visit{
		ID: "v0", Phone: handlerstest.Phone(t, "0100"), Type: "consult",
		Start: clock.Now().AddDate(0, 0, 4),
	}
	free := func(handlers.State) (handlers.Effects, error) {
		slots := waitlist.Freed(base.Clinic, freed, "…0100 can't come", clock.Now())
		return handlers.Effects{Slots: slots}, nil
	}
	if _, _, err := x.store.Turn(t.Context(), "free", freed.Phone, free); err != nil {
		t.Fatal(err)
	}
	for _, p := range []handlers.Phone{ana, bea} {
		v := handlers.Visit{
			ID: "v" + p.Last4(), Name: "Ana Example", Phone: p, Type: "consult",
			Start: clock.Now().AddDate(0, 0, 14),
		}
		if _, err := x.visits.Book(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		w := handlers.Wish{Phone: p, Type: "consult", By: "Dana"}
		if _, err := x.waitlist.Add(t.Context(), "wish:"+p.Last4(), w); err != nil {
			t.Fatal(err)
		}
		clock.Add(time.Second)
	}
	// Bea's offer waits still when Ana says YES to hers.
	x.carrier.OnSend = func(o handlers.Outgoing) (string, error) {
		if o.To == bea {
			return "", &handlers.Refusal{Retry: true, Why: "busy"}
		}
		return "", nil
	}
	clock.Add(base.Clinic.Waitlist.After())
	if err := x.waitlist.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := x.gate.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	yes := handlers.Text{ID: "SM1", From: ana, Body: "YES", At: clock.Now()}
	reply, err := x.patient.Receive(t.Context(), yes)
	if err != nil || reply.Kind != kinds.Confirm {
		t.Fatal(reply, err)
	}
	void := map[string]string{} // by whose the row is and its kind
	for _, p := range []handlers.Phone{ana, bea} {
		rows, err := x.store.Records(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.State == handlers.Void {
				void[p.Last4()+" "+r.Kind] = r.Why
			}
		}
	}
	const instead, over = "the patient took an earlier time instead", "the offer is over"
	for row, why := range map[string]string{
		"0101 confirm": instead, "0101 prepare": instead, "0101 nudge": instead,
		"0102 offer": over,
	} {
		if void[row] != why {
			t.Errorf("%s is void since %q, want %q", row, void[row], why)
		}
		delete(void, row)
	}
	if len(void) > 0 {
		t.Errorf("void as well: %v", void)
	}
}
