package storetest

import (
	"reflect"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The zero Phone is the desk itself: it has the open cases that belong to no number and no slot,
// and an event of its own happens once.
func theDesksOwn(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		own := handlers.Case{
			ID: "o", Channel: handlers.DeskChannel, Kind: kinds.Outage, Open: true, At: now,
			Outage: &handlers.Outage{Way: gate.WaySend, Codes: []int{21705}},
		}
		slot := handlers.Case{
			ID:      "s",
			Channel: handlers.DeskChannel,
			Kind:    kinds.Slot,
			Open:    true,
			At:      now,
		}
		Turn(t, r, "begins", handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{own, slot}})
		_, again, err := r.Turn(t.Context(), "begins", handlers.Phone{},
			func(handlers.State) (handlers.Effects, error) {
				t.Error("it is decided twice")
				return handlers.Effects{}, nil
			})
		if err != nil || !again {
			t.Fatal(again, err)
		}
		s := Peek(t, r, handlers.Phone{})
		if len(s.Cases) != 1 || !reflect.DeepEqual(s.Cases[0].Outage, own.Outage) {
			t.Fatalf("%+v", s.Cases)
		}
		if other := Peek(t, r, Phone(t, "0101")); len(other.Cases) != 0 {
			t.Errorf("a number has %+v", other.Cases)
		}
		own.Open = false
		Turn(t, r, "ends", handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{own}})
		if s = Peek(t, r, handlers.Phone{}); len(s.Cases) != 0 {
			t.Errorf("%+v", s.Cases)
		}
	})
}
