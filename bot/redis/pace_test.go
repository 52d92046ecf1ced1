package redis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// reminders plans n rows that are due, each to a number of its own. Their ids sort by due time.
func reminders(t testing.TB, r *redis.Redis, n int, now time.Time) {
	t.Helper()
	for i := range n {
		o := storetest.Row(t, fmt.Sprintf("r%04d", i))
		o.To = storetest.Phone(t, fmt.Sprintf("%04d", i))
		o.Due = now.Add(time.Duration(i-n) * time.Millisecond)
		storetest.Turn(t, r, o.ID, o.To, handlers.Effects{Texts: []handlers.Outgoing{o}})
	}
}

// beginAt begins a row at a given time, by a pace and without caps.
func beginAt(t testing.TB, r *redis.Redis, o gate.Claim, at time.Time, p gate.Pace) gate.Begun {
	t.Helper()
	o.Tries++
	b, err := r.Begin(t.Context(), o.Outgoing, o.Known, gate.Caps{Now: at}, p, lease)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Each segment has a moment of its own, and a claim takes no more rows than can leave soon.
func TestPaceGivesEachSegmentItsTime(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		reminders(t, r, 20, now)
		p := gate.Pace{Every: 50 * time.Millisecond, Ahead: 200 * time.Millisecond, Day: "d"}
		first, err := r.Claim(t.Context(), now, 64, p, lease)
		if err != nil || len(first) != 5 { // at 0, 50, 100, 150 and 200 ms
			t.Fatalf("%d claimed, %v: want as many as may leave", len(first), err)
		}
		for i, o := range first {
			b := beginAt(t, r, o, now, p)
			if want := now.Add(time.Duration(i) * p.Every); b.Answer != gate.Ready ||
				!b.At.Equal(want) {
				t.Errorf("%s: %v at %v, want %v", o.ID, b.Answer, b.At, want)
			}
		}
		if got, _ := r.Claim(t.Context(), now, 64, p, lease); len(got) != 0 {
			t.Errorf("%d claimed that can't leave", len(got))
		}
		next, err := r.Next(t.Context(), p)
		if want := now.Add(50 * time.Millisecond); !next.Equal(want) || err != nil {
			t.Errorf("next %v, want %v %v", next, want, err)
		}
		got, _ := r.Claim(t.Context(), next, 64, p, lease)
		if len(got) != 1 || got[0].ID != "r0005" {
			t.Fatalf("%v: want the one that is due longest", got)
		}
		// Another process was quicker.
		b := beginAt(t, r, got[0], next, gate.Pace{Every: p.Every, Day: "d"})
		if b.Answer != gate.Paced || !b.At.Equal(now.Add(250*time.Millisecond)) {
			t.Errorf("%+v", b)
		}
		got[0].Due = got[0].Due.Truncate(time.Millisecond)
		storetest.Settle(t, r, got[0], handlers.Planned)
		got, _ = r.Claim(t.Context(), next, 1, p, lease)
		if len(got) != 1 || got[0].ID != "r0005" {
			t.Errorf("%v: it lost its place", got)
		}
	})
}

// Alarms go first, then what somebody waits for, then reminders. A long text takes several moments,
// and an alarm takes one without waiting for it.
func TestWhatSomebodyWaitsForGoesFirst(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		reminders(t, r, 10, now)
		staff := storetest.Row(t, "staff")
		staff.Unasked, staff.Body = false, strings.Repeat("x", 300)
		alarm := staff
		alarm.ID, alarm.Alarm, alarm.Body = "alarm", true, "now"
		storetest.Turn(t, r, "staff", staff.To,
			handlers.Effects{Texts: []handlers.Outgoing{staff, alarm}})
		p := gate.Pace{Every: 100 * time.Millisecond, Ahead: 300 * time.Millisecond, Day: "d"}
		got, err := r.Claim(t.Context(), now, 3, p, lease)
		if err != nil || len(got) != 3 || got[0].ID != "alarm" || got[1].ID != "staff" ||
			got[2].ID != "r0000" {
			t.Fatalf("%v %v", got, err)
		}
		for _, c := range []struct {
			o  gate.Claim
			at time.Duration
		}{
			{o: got[2], at: 0},
			{o: got[1], at: 100 * time.Millisecond},
			{o: got[0], at: 0}, // the alarm doesn't wait, and counts
		} {
			if b := beginAt(t, r, c.o, now, p); b.Answer != gate.Ready ||
				!b.At.Equal(now.Add(c.at)) {
				t.Errorf("%s: %+v, want it at %v", c.o.ID, b, c.at)
			}
		}
		// A reminder, a text of two segments, an alarm.
		next, _ := r.Next(t.Context(), gate.Pace{Every: p.Every, Day: "d"})
		if !next.Equal(now.Add(400 * time.Millisecond)) {
			t.Errorf("the next segment is free at %v", next)
		}
	})
}

// Replies that exceed the pace wait their turn in the queue and aren't claimed over and over. An
// alarm overtakes them.
func TestRepliesKeepToThePace(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		var rows []handlers.Outgoing
		for i := range 6 {
			o := storetest.Row(t, fmt.Sprint("staff", i))
			o.Unasked, o.Body, o.Due = false, "hello", now.Add(time.Duration(i-10)*time.Millisecond)
			rows = append(rows, o)
		}
		storetest.Turn(t, r, "staff", rows[0].To, handlers.Effects{Texts: rows})
		p := gate.Pace{Every: time.Second, Ahead: time.Second, Day: "d"}
		got, _ := r.Claim(t.Context(), now, 64, p, lease)
		if len(got) != 2 || got[0].ID != "staff0" || got[1].ID != "staff1" {
			t.Fatalf("%v", got)
		}
		for _, o := range got {
			beginAt(t, r, o, now, p)
		}
		if got, _ := r.Claim(t.Context(), now, 64, p, lease); len(got) != 0 {
			t.Errorf("%v claimed that can't leave", got)
		}
		alarm := rows[0]
		alarm.ID, alarm.Alarm, alarm.Due = "alarm", true, now
		storetest.Turn(t, r, "alarm", alarm.To, handlers.Effects{Texts: []handlers.Outgoing{alarm}})
		if next, err := r.Next(t.Context(), p); !next.Equal(now) || err != nil {
			t.Errorf("next %v %v: the alarm waits", next, err)
		}
		if got, _ := r.Claim(t.Context(), now, 64, p, lease); len(got) != 1 ||
			got[0].ID != "alarm" {
			t.Errorf("%v: want the alarm", got)
		}
		if next, err := r.Next(t.Context(), p); !next.Equal(now.Add(time.Second)) || err != nil {
			t.Errorf("next %v %v", next, err)
		}
		if n, err := r.Waiting(t.Context()); n != 7 || err != nil {
			t.Error(n, err)
		}
	})
}

// Once the segments of a day are used up, no unasked text leaves until the next day. Replies still
// do.
func TestPaceOfADay(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		reminders(t, r, 10, now)
		p := gate.Pace{Day: "2026-12-01", Ends: now.Add(9 * time.Hour), PerDay: 3}
		got, _ := r.Claim(t.Context(), now, 64, p, lease)
		others, _ := r.Claim(t.Context(), now, 64, gate.Pace{}, lease)
		if len(got) != 3 || len(others) != 7 {
			t.Fatalf("%d and %d claimed", len(got), len(others))
		}
		got = append(got, others...)
		var answers []gate.Answer
		for _, o := range got[:4] {
			answers = append(answers, beginAt(t, r, o, now, p).Answer)
		}
		if !slices.Equal(answers, []gate.Answer{gate.Ready, gate.Ready, gate.Ready, gate.Paced}) {
			t.Errorf("%v", answers)
		}
		for _, o := range got[3:] {
			o.Due = now
			storetest.Settle(t, r, o, handlers.Planned)
		}
		if more, _ := r.Claim(t.Context(), now.Add(time.Hour), 64, p, lease); len(more) != 0 {
			t.Errorf("%d claimed of a day that is used up", len(more))
		}
		staff := storetest.Row(t, "staff")
		staff.Unasked, staff.Body = false, "x"
		storetest.Turn(t, r, "staff", staff.To, handlers.Effects{Texts: []handlers.Outgoing{staff}})
		first, _ := r.Claim(t.Context(), now, 64, p, lease)
		if len(first) != 1 || beginAt(t, r, first[0], now, p).Answer != gate.Ready {
			t.Errorf("a reply is held back by the day: %v", first)
		}
		tomorrow := gate.Pace{Day: "2026-12-02", PerDay: 3}
		more, _ := r.Claim(t.Context(), now.AddDate(0, 0, 1), 64, tomorrow, lease)
		if len(more) != 4 {
			t.Errorf("%d claimed the day after, want its three and the reply again", len(more))
		}
	})
}

// Staff can be told until when the pace holds back a row, and how many go before it.
func TestWhatThePaceHoldsBack(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		reminders(t, r, 5, now)
		staff := storetest.Row(t, "staff")
		staff.Unasked, staff.Due = false, now
		later := storetest.Row(t, "later")
		later.Due = now.Add(time.Hour)
		storetest.Turn(t, r, "more", staff.To,
			handlers.Effects{Texts: []handlers.Outgoing{staff, later}})
		rows := map[string]handlers.Outgoing{"staff": staff, "later": later}
		for i := range 5 {
			id := fmt.Sprintf("r%04d", i)
			rows[id] = handlers.Outgoing{ID: id, Unasked: true}
		}
		held := func(id string, p gate.Pace, until time.Time, before int64) {
			t.Helper()
			at, n, err := r.Held(t.Context(), rows[id], now, p)
			if err != nil || !at.Equal(until) || n != before {
				t.Errorf("%s: until %v, %d before it, %v; want %v, %d", id, at, n, err, until,
					before)
			}
		}
		p := gate.Pace{
			Every:  100 * time.Millisecond,
			Day:    "d",
			PerDay: 1,
			Ends:   now.Add(9 * time.Hour),
		}
		held("staff", p, time.Time{}, 0)
		held("r0000", p, now.Add(p.Every), 1) // after what staff write
		held("r0003", p, now.Add(4*p.Every), 4)
		held("later", p, time.Time{}, 0)
		held("r0003", gate.Pace{}, time.Time{}, 0)
		first, err := r.Claim(t.Context(), now, 1, gate.Pace{}, lease)
		if err != nil || len(first) != 1 || first[0].ID != "staff" {
			t.Fatal(first, err)
		}
		beginAt(t, r, first[0], now, p)
		held("staff", p, time.Time{}, 0) // it is being carried
		// The next segment is free from then on.
		held("r0000", gate.Pace{Every: p.Every, Day: "d"}, now.Add(p.Every), 0)
		held("r0000", p, p.Ends, 0) // the day's share is used up
	})
}

// A text that is only recorded, since it has left already, counts against the day even though it
// began without a limit of the day.
func TestWhatIsRecordedAfterwardsCountsAgainstTheDay(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		reminders(t, r, 2, now)
		rows, err := r.Claim(t.Context(), now, 2, gate.Pace{}, lease)
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		day := gate.Pace{Day: "d", Ends: now.Add(time.Hour)}
		if b := beginAt(t, r, rows[0], now, day); b.Answer != gate.Ready {
			t.Fatal(b)
		}
		day.PerDay = 1
		if b := beginAt(t, r, rows[1], now, day); b.Answer != gate.Paced || !b.At.Equal(day.Ends) {
			t.Errorf("%+v, want it held back until the day ends", b)
		}
	})
}

// A text that is only recorded, since it has left already, neither takes a moment from the pace nor
// gives one back.
func TestWhatIsRecordedAfterwardsLeavesThePaceAlone(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		reminders(t, r, 3, now)
		p := gate.Pace{Every: 100 * time.Millisecond, Ahead: 800 * time.Millisecond, Day: "d"}
		rows, err := r.Claim(t.Context(), now, 3, p, lease)
		if err != nil || len(rows) != 3 {
			t.Fatal(rows, err)
		}
		beginAt(t, r, rows[0], now, p)
		beginAt(t, r, rows[1], now, gate.Pace{Day: "d", Ends: now.Add(time.Hour)})
		if b := beginAt(t, r, rows[2], now, p); !b.At.Equal(now.Add(p.Every)) {
			t.Errorf("%+v, want it at the next moment", b)
		}
	})
}
