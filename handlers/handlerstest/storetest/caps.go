package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/beacon-clinic/beacon/handlers"
)

func caps(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		day := func(n int) gate.Caps {
			at := now.AddDate(0, 0, n)
			return gate.Caps{
				Now:     at,
				Day:     at.Truncate(24 * time.Hour),
				Week:    at.AddDate(0, 0, -7),
				PerDay:  1,
				PerWeek: 3,
			}
		}
		try := func(id string, n int) gate.Answer {
			t.Helper()
			o := Row(t, id)
			o.Due = day(n).Now
			Plan(t, r, "plan "+id, nil, o)
			got, err := r.Claim(t.Context(), o.Due, 100, unpaced, Lease)
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			b := Begin(t, r, &got[0], day(n))
			if b == gate.Capped {
				got[0].Tries = 0
				Settle(t, r, got[0], handlers.Skipped)
				return b
			}
			Settle(t, r, got[0], handlers.Sent)
			return b
		}
		if Peek(t, r, Phone(t, "0101")).Texted {
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
		if !Peek(t, r, Phone(t, "0101")).Texted {
			t.Error("it isn't known that the number was texted")
		}
		// Of the three a week, days 7 and 2 have one each by day 8: what is kept for others counts
		// as had.
		for _, c := range []struct {
			share handlers.Share
			want  gate.Answer
			cap   string
		}{
			{handlers.Share{KeepDay: 1, KeepWeek: 1}, gate.Capped, "day"},
			{handlers.Share{KeepWeek: 1}, gate.Capped, "week"},
			{handlers.Share{}, gate.Ready, ""},
		} {
			o, caps := Row(t, fmt.Sprint("kept", c.share)), day(8)
			o.Due, caps.Share = caps.Now, c.share
			Plan(t, r, "plan "+o.ID, nil, o)
			got, err := r.Claim(t.Context(), o.Due, 100, unpaced, Lease)
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			b, err := r.Begin(t.Context(), got[0].Outgoing, got[0].Known, caps, unpaced, Lease)
			if err != nil || b.Answer != c.want || b.Cap != c.cap {
				t.Errorf("%+v: %+v %v, want %v by the %s", c.share, b, err, c.want, c.cap)
			}
			Settle(t, r, got[0], handlers.Skipped)
		}
		// What a patient or staff asked for is never capped.
		o := Row(t, "asked")
		o.Unasked, o.Due = false, day(7).Now
		Plan(t, r, "asked", nil, o)
		got := Claim(t, r, o.Due, "asked")
		if b := Begin(t, r, &got[0], day(7)); b != gate.Ready {
			t.Errorf("an asked text: %v", b)
		}
	})
}

func capsCountATextOnce(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		caps := gate.Caps{
			Now:    now,
			Day:    now.Add(-time.Hour),
			Week:   now.AddDate(0, 0, -7),
			PerDay: 1,
		}
		Plan(t, r, "1", nil, Row(t, "r1"), Row(t, "r2"))
		both := Claim(t, r, now, "r1 r2")
		one, two := both[0], both[1]
		for range 3 { // tried again, it isn't counted again
			one.Known = Peek(t, r, Phone(t, "0101"))
			if b := Begin(t, r, &one, caps); b != gate.Ready {
				t.Fatalf("%v", b)
			}
		}
		if b := Begin(t, r, &two, caps); b != gate.Capped {
			t.Fatalf("the second: %v", b)
		}
		two.Tries = 0
		two.Due = now
		Settle(t, r, two, handlers.Planned)
		// Refused by the carrier: it never left, and its share is free.
		one.Tries = 0
		Settle(t, r, one, handlers.Failed)
		if Peek(t, r, Phone(t, "0101")).Texted {
			t.Error("texted, although the carrier refused")
		}
		again := Claim(t, r, now, "r2")
		if b := Begin(t, r, &again[0], caps); b != gate.Ready {
			t.Errorf("after the refusal: %v", b)
		}
	})
}
