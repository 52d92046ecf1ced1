package storetest

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// daily returns the caps of the day n days after now: one text a day, three a week.
func daily(n int) gate.Caps {
	at := now.AddDate(0, 0, n)
	return gate.Caps{
		Now: at, Day: at.Truncate(24 * time.Hour), Week: at.AddDate(0, 0, -7),
		PerDay: 1, PerWeek: 3,
	}
}

// kept returns moments on the days so many days after now, for which room is kept.
func kept(days ...int) (out []time.Time) {
	for _, n := range days {
		out = append(out, now.AddDate(0, 0, n))
	}
	return out
}

// capped plans a reminder n days after now and returns what Begin answers to it under the daily
// caps, of which a share is kept for other texts. If it may leave, it is sent.
func capped(t *testing.T, r Store, id string, day int, share handlers.Share) gate.Begun {
	t.Helper()
	o, caps := Row(t, id), daily(day)
	o.Due, caps.Share = caps.Now, share
	if share.Above {
		caps.PerDay, caps.PerWeek = 0, 0
	}
	Plan(t, r, "plan "+id, nil, o)
	c := Claim(t, r, o.Due, id)[0]
	c.Tries++
	b, err := r.Begin(t.Context(), c.Outgoing, c.Known, caps, unpaced, Lease)
	if err != nil {
		t.Fatal(err)
	}
	if b.Answer == gate.Ready {
		Settle(t, r, c, handlers.Sent)
	} else {
		c.Tries = 0
		Settle(t, r, c, handlers.Skipped)
	}
	return b
}

// The caps count the unasked texts of the patient's day and of the last seven days.
func caps(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		if Peek(t, r, Phone(t, "0101")).Texted {
			t.Error("texted before anything was")
		}
		for _, c := range []struct {
			id    string
			day   int
			share handlers.Share // what is kept for others counts as had
			want  gate.Answer
			cap   string
		}{
			{id: "0a", day: 0, want: gate.Ready},
			{id: "0b", day: 0, want: gate.Capped, cap: "day"},
			{id: "1", day: 1, want: gate.Ready},
			{id: "2", day: 2, want: gate.Ready},
			{id: "3", day: 3, want: gate.Capped, cap: "week"},
			{id: "6", day: 6, want: gate.Capped, cap: "week"},
			{id: "7", day: 7, want: gate.Ready}, // day 0 is seven days ago
			{id: "7b", day: 7, want: gate.Capped, cap: "day"},
			// By day 8 the week has had two.
			{
				id: "8a", day: 8, share: handlers.Share{KeepDay: 1, Keep: kept(8)},
				want: gate.Capped, cap: "day",
			},
			{id: "8b", day: 8, share: handlers.Share{Keep: kept(8)}, want: gate.Capped, cap: "week"},
			// On day 9 the text of day 2 is no longer in the week, so there is room for both; not
			// for a third on the same day.
			{
				id: "8c", day: 8, share: handlers.Share{Keep: kept(9, 9)},
				want: gate.Capped, cap: "week",
			},
			{id: "8d", day: 8, share: handlers.Share{Keep: kept(9)}, want: gate.Ready},
			// Day 9 has had those of days 7 and 8. A text of day 14 meets only that of day 8.
			{id: "9", day: 9, share: handlers.Share{Keep: kept(14, 15)}, want: gate.Ready},
			{
				id: "above", day: 9, share: handlers.Share{Above: true}, want: gate.Ready,
			},
		} {
			if b := capped(t, r, c.id, c.day, c.share); b.Answer != c.want || b.Cap != c.cap {
				t.Errorf("%s: %+v, want %v by the %s", c.id, b, c.want, c.cap)
			}
		}
		if !Peek(t, r, Phone(t, "0101")).Texted {
			t.Error("it isn't known that the number was texted")
		}
		// What a patient or staff asked for is never capped.
		o := Row(t, "asked")
		o.Unasked, o.Due = false, daily(8).Now
		Plan(t, r, "asked", nil, o)
		got := Claim(t, r, o.Due, "asked")
		if b := Begin(t, r, &got[0], daily(8)); b != gate.Ready {
			t.Errorf("an asked text: %v", b)
		}
	})
}

// A text that is tried again counts once, and one that the carrier refused doesn't count.
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
