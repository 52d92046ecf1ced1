package redis_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
)

func TestCaps(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		day := func(n int) gate.Caps {
			at := now.AddDate(0, 0, n)
			return gate.Caps{Now: at, Day: at.Truncate(24 * time.Hour), Week: at.AddDate(0, 0, -7), PerDay: 1, PerWeek: 3}
		}
		try := func(id string, n int) gate.Answer {
			t.Helper()
			o := row(t, id)
			o.Due = day(n).Now
			plan(t, r, "plan "+id, nil, o)
			got, err := r.Claim(t.Context(), o.Due, 100, unpaced, lease)
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			b := begin(t, r, &got[0], day(n))
			if b == gate.Capped {
				got[0].Tries = 0
				settle(t, r, got[0], handlers.Skipped)
				return b
			}
			settle(t, r, got[0], handlers.Sent)
			return b
		}
		if peek(t, r, phone(t, "0101")).Texted {
			t.Error("texted before anything was")
		}
		for _, c := range []struct {
			id   string
			day  int
			want gate.Answer
		}{
			{"0a", 0, gate.Ready},
			{"0b", 0, gate.Capped},
			{"1", 1, gate.Ready},
			{"2", 2, gate.Ready},
			{"3", 3, gate.Capped},
			{"6", 6, gate.Capped},
			{"7", 7, gate.Ready}, // day 0 is seven days ago
			{"7b", 7, gate.Capped},
		} {
			if got := try(c.id, c.day); got != c.want {
				t.Errorf("%s: %v, want %v", c.id, got, c.want)
			}
		}
		if !peek(t, r, phone(t, "0101")).Texted {
			t.Error("it isn't known that the number was texted")
		}
		// Of the three a week, days 7 and 2 have one each by day 8: what is kept for others counts as had.
		for _, c := range []struct {
			share handlers.Share
			want  gate.Answer
			cap   string
		}{
			{handlers.Share{KeepDay: 1, KeepWeek: 1}, gate.Capped, "day"},
			{handlers.Share{KeepWeek: 1}, gate.Capped, "week"},
			{handlers.Share{}, gate.Ready, ""},
		} {
			o, caps := row(t, fmt.Sprint("kept", c.share)), day(8)
			o.Due, caps.Share = caps.Now, c.share
			plan(t, r, "plan "+o.ID, nil, o)
			got, err := r.Claim(t.Context(), o.Due, 100, unpaced, lease)
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			b, err := r.Begin(t.Context(), got[0].Outgoing, got[0].Known, caps, unpaced, lease)
			if err != nil || b.Answer != c.want || b.Cap != c.cap {
				t.Errorf("%+v: %+v %v, want %v by the %s", c.share, b, err, c.want, c.cap)
			}
			settle(t, r, got[0], handlers.Skipped)
		}
		// What a patient or staff asked for is never capped.
		o := row(t, "asked")
		o.Unasked, o.Due = false, day(7).Now
		plan(t, r, "asked", nil, o)
		got := claim(t, r, o.Due, "asked")
		if b := begin(t, r, &got[0], day(7)); b != gate.Ready {
			t.Errorf("an asked text: %v", b)
		}
	})
}

func TestCapsCountATextOnce(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		caps := gate.Caps{Now: now, Day: now.Add(-time.Hour), Week: now.AddDate(0, 0, -7), PerDay: 1}
		plan(t, r, "1", nil, row(t, "r1"), row(t, "r2"))
		both := claim(t, r, now, "r1 r2")
		one, two := both[0], both[1]
		for range 3 { // tried again, it isn't counted again
			one.Known = peek(t, r, phone(t, "0101"))
			if b := begin(t, r, &one, caps); b != gate.Ready {
				t.Fatalf("%v", b)
			}
		}
		if b := begin(t, r, &two, caps); b != gate.Capped {
			t.Fatalf("the second: %v", b)
		}
		two.Tries = 0
		two.Due = now
		settle(t, r, two, handlers.Planned)
		// Refused by the carrier: it never left, and its share is free.
		one.Tries = 0
		settle(t, r, one, handlers.Failed)
		if peek(t, r, phone(t, "0101")).Texted {
			t.Error("texted, although the carrier refused")
		}
		again := claim(t, r, now, "r2")
		if b := begin(t, r, &again[0], caps); b != gate.Ready {
			t.Errorf("after the refusal: %v", b)
		}
	})
}
