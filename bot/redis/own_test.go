package redis_test

import (
	"slices"
	"testing"

	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
)

// What belongs to no number is the desk's own: its open cases are read together, those of slots
// apart, and an event of it happens once.
func TestTheDesksOwn(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
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
		turn(t, r, "begins", handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{own, slot}})
		_, again, err := r.Turn(
			t.Context(),
			"begins",
			handlers.Phone{},
			func(handlers.State) (handlers.Effects, error) {
				t.Error("it is decided twice")
				return handlers.Effects{}, nil
			},
		)
		if err != nil || !again {
			t.Fatal(again, err)
		}
		s := peek(t, r, handlers.Phone{})
		if len(s.Cases) != 1 || s.Cases[0].Outage == nil ||
			!slices.Contains(s.Cases[0].Outage.Codes, 21705) {
			t.Fatalf("%+v", s.Cases)
		}
		if other := peek(t, r, phone(t, "0101")); len(other.Cases) != 0 {
			t.Errorf("a number has %+v", other.Cases)
		}
		own.Open = false
		turn(t, r, "ends", handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{own}})
		if s = peek(t, r, handlers.Phone{}); len(s.Cases) != 0 {
			t.Errorf("%+v", s.Cases)
		}
	})
}
