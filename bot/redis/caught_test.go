package redis_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// How far the carrier's list was read survives a restart of the bot; on an empty server it isn't
// known.
func TestHowFarTextsAreFetched(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		if to, err := r.CaughtTo(t.Context()); !to.IsZero() || err != nil {
			t.Errorf("on an empty server: %v %v", to, err)
		}
		if err := r.SetCaughtTo(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if to, err := r.CaughtTo(t.Context()); !to.Equal(now) || err != nil {
			t.Errorf("%v %v, want %v", to, err, now)
		}
	})
}

// Of a long list of texts those are told that no turn was written for, however many are asked for.
func TestUnhandled(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		var ids []string
		for i := range 1200 { // more than are asked for at a time
			ids = append(ids, fmt.Sprint("SM", i))
		}
		for _, i := range []int{0, 499, 500, 1199} {
			storetest.Turn(t, r, ids[i], storetest.Phone(t, "0101"),
				handlers.Effects{Once: true})
		}
		got, err := r.Unhandled(t.Context(), ids)
		if err != nil || len(got) != 1196 || got["SM0"] || got["SM499"] || got["SM500"] ||
			got["SM1199"] ||
			!got["SM1"] {
			t.Errorf("%d are unhandled, %v", len(got), err)
		}
		if got, err := r.Unhandled(t.Context(), nil); len(got) != 0 || err != nil {
			t.Errorf("of none: %v %v", got, err)
		}
	})
}

// The texts of one outage are counted together. After a while without any, the next ones are of
// another outage.
func TestCountCaught(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		at := func(m int) time.Time { return now.Add(time.Duration(m) * time.Minute) }
		outages := map[string]bool{}
		for _, step := range []struct {
			name string
			add  desk.Caught
			now  time.Time
			want desk.Caught

			outages int // by then
		}{
			{
				name: "the first",
				add: desk.Caught{
					Since: at(5), Until: at(6), Danger: 1, Answered: 2, Person: 3, Done: 4,
				},
				now: at(10),
				want: desk.Caught{
					Since: at(5), Until: at(6), Danger: 1, Answered: 2, Person: 3, Done: 4,
				},
				outages: 1,
			},
			{
				name: "more of it",
				add:  desk.Caught{Since: at(3), Until: at(9), Answered: 1},
				now:  at(40),
				want: desk.Caught{
					Since: at(3), Until: at(9), Danger: 1, Answered: 3, Person: 3, Done: 4,
				},
				outages: 1,
			},
			{
				name:    "another's",
				add:     desk.Caught{Since: at(60), Until: at(61), Person: 1},
				now:     at(71),
				want:    desk.Caught{Since: at(60), Until: at(61), Person: 1},
				outages: 2,
			},
		} {
			err1 := r.CountCaught(t.Context(), step.add, step.now, 30*time.Minute)
			got, err2 := r.Caught(t.Context())
			err := errors.Join(err1, err2)
			if outages[got.Outage] = true; len(outages) != step.outages {
				t.Errorf("%s: %d outages, want %d", step.name, len(outages), step.outages)
			}
			got.Outage = ""
			same := got.Since.Equal(step.want.Since) && got.Until.Equal(step.want.Until)
			got.Since, got.Until = step.want.Since, step.want.Until
			if err != nil || !same || got != step.want {
				t.Errorf("%s: %+v %v, want %+v", step.name, got, err, step.want)
			}
		}
	})
}
