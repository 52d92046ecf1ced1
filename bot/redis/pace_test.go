package redis_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// reminders are rows to a number each, all due, named in the order they are due.
func reminders(t testing.TB, r *redis.Redis, n int, now time.Time) {
	t.Helper()
	for i := range n {
		o := storetest.Row(t, fmt.Sprintf("r%04d", i))
		o.To = storetest.Phone(t, fmt.Sprintf("%04d", i))
		o.Due = now.Add(time.Duration(i-n) * time.Millisecond)
		storetest.Turn(t, r, o.ID, o.To, handlers.Effects{Texts: []handlers.Outgoing{o}})
	}
}

// beginAt begins a row at a time.
func beginAt(t testing.TB, r *redis.Redis, o gate.Claim, at time.Time, p gate.Pace) gate.Begun {
	t.Helper()
	o.Tries++
	b, err := r.Begin(t.Context(), o.Outgoing, o.Known, gate.Caps{Now: at}, p, lease)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

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

// Replies beyond the pace wait their turn, without being claimed over and over; an alarm goes past
// them.
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

// counted is a ledger that counts what the pace gave out: a busy machine may miss a moment, which
// is then given out again.
type counted struct {
	*redis.Redis
	ready *atomic.Int64
}

func (c counted) Begin(
	ctx context.Context, o handlers.Outgoing, s handlers.State,
	caps gate.Caps, p gate.Pace, lease time.Duration,
) (gate.Begun, error) {
	b, err := c.Redis.Begin(ctx, o, s, caps, p, lease)
	if b.Answer == gate.Ready {
		c.ready.Add(1)
	}
	return b, err
}

// Two processes with a backlog: never above the limit in any second, and at least 98 % of it used.
func TestPaceUnderABacklog(t *testing.T) {
	const rate, seconds = 20, 4
	r, err := redis.Open(redis.Config{URL: realURL(t), Now: time.Now, Skew: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	b := handlerstest.Words(t)
	b.Clinic.Pace.PerSecond, b.Clinic.Pace.PerDay = rate, 0
	b.Clinic.Reminders.Window.From, b.Clinic.Reminders.Window.To = 0, 24*60
	reminders(t, r, rate*seconds, time.Now())
	var mu sync.Mutex
	var sent []time.Time
	carrier := &handlerstest.Carrier{OnSend: func(handlers.Outgoing) (string, error) {
		mu.Lock()
		sent = append(sent, time.Now())
		mu.Unlock()
		<-time.After(150 * time.Millisecond) // as slow as a real one
		return "", nil
	}}
	ledger := counted{r, new(atomic.Int64)}
	crew := func() *gate.Crew {
		return (&gate.Texter{
			Clinic: b.Clinic, Store: r, Ledger: ledger, Carrier: carrier,
			Now: time.Now, Sleep: func(d time.Duration) { <-time.After(d) },
			Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
			Wording: &handlerstest.Wording{
				OnCompose: func(handlers.State, handlers.Outgoing, time.Time) handlers.Composed {
					return handlers.Composed{Body: "See you."}
				},
			},
		}).Crew()
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			c, tick := crew(), time.NewTicker(100*time.Millisecond)
			defer tick.Stop()
			for n := int64(1); n > 0; {
				if err := c.Work(t.Context()); err != nil {
					t.Error(err)
					return
				}
				n, _ = r.Waiting(t.Context())
				<-tick.C
			}
			if _, err := c.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(sent) != rate*seconds {
		t.Fatalf("%d sent", len(sent))
	}
	slices.SortFunc(sent, time.Time.Compare)
	for i := rate; i < len(sent); i++ {
		// That each has its own moment is held to the microsecond elsewhere; here one may leave
		// up to 50 ms late.
		if in := sent[i].Sub(sent[i-rate]); in < time.Second-50*time.Millisecond {
			t.Errorf("%d within %v", rate+1, in)
		}
	}
	took := sent[len(sent)-1].Sub(sent[0])
	given := ledger.ready.Load()
	used := float64(given-1) / took.Seconds() / rate
	t.Logf("%d in %v, %d moments given out: %.1f %% of the limit", len(sent), took, given, 100*used)
	if used < .98 {
		t.Errorf("only %.1f %% of the limit is used", 100*used)
	}
}

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
		held("r0000", gate.Pace{Every: p.Every, Day: "d"}, now.Add(p.Every),
			0) // the next segment is promised from then on
		held("r0000", p, p.Ends, 0) // the day's share is used
	})
}

// clerk is a process at work on a Redis.
type clerk struct {
	*redis.Redis
	off  time.Duration // by which its clock is wrong
	pace gate.Pace
}

func (c *clerk) now() time.Time { return time.Now().Add(c.off) }

func newClerk(t *testing.T, url string, off, skew time.Duration) *clerk {
	t.Helper()
	c := &clerk{off: off}
	r, err := redis.Open(redis.Config{URL: url, Now: c.now, Skew: skew})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	c.Redis = r
	c.pace = gate.Pace{
		Every: 100 * time.Millisecond, Ahead: 800 * time.Millisecond,
		Day: c.now().Format(time.DateOnly), PerDay: 4, Ends: c.now().Add(time.Hour),
	}
	return c
}

func (c *clerk) claim(t *testing.T, n int, p gate.Pace) []gate.Claim {
	t.Helper()
	rows, err := c.Claim(t.Context(), c.now(), n, p, lease)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// begin begins a row, which may leave within the pace's look ahead, and says in how long.
func (c *clerk) begin(t *testing.T, o gate.Claim) time.Duration {
	t.Helper()
	o.First = c.now()
	b := beginAt(t, c.Redis, o, c.now(), c.pace)
	in := b.At.Sub(c.now())
	if b.Answer != gate.Ready || in > c.pace.Ahead || in < -time.Second {
		t.Errorf("%s: answer %v, leaves in %v", o.ID, b.Answer, in)
	}
	return in
}

// One process' clock is wrong. It keeps to the pace of all, and neither it nor anybody else waits
// for its error.
func TestWrongClock(t *testing.T) {
	for _, c := range []struct {
		name string
		off  time.Duration
	}{
		{name: "an hour fast", off: time.Hour},
		{name: "a day fast", off: 25 * time.Hour},
		{name: "an hour slow", off: -time.Hour},
		{name: "half a second fast, which is let be", off: 500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Run("miniredis", func(t *testing.T) {
				wrongClock(t, "redis://"+miniredis.RunT(t).Addr(), c.off)
			})
			t.Run("redis-server", func(t *testing.T) { wrongClock(t, realURL(t), c.off) })
		})
	}
}

func wrongClock(t *testing.T, url string, off time.Duration) {
	right, wrong := newClerk(t, url, 0, time.Second), newClerk(t, url, off, time.Second)
	reminders(t, right.Redis, 8, right.now())
	soon := storetest.Row(t, "soon")
	soon.Due = right.now().Add(30 * time.Minute)
	storetest.Turn(t, right.Redis, "soon", soon.To,
		handlers.Effects{Texts: []handlers.Outgoing{soon}})

	its := wrong.claim(t, 2, wrong.pace)
	if len(its) != 2 {
		t.Fatalf("%d claimed by it", len(its))
	}
	first, second := wrong.begin(t, its[0]), wrong.begin(t, its[1])
	others := right.claim(t, 64, right.pace)
	if len(others) == 0 {
		t.Fatal("everybody else waits")
	}
	third := right.begin(t, others[0])
	if second-first > 2*right.pace.Every || third-second > time.Second {
		t.Errorf("they leave in %v, %v, %v", first, second, third)
	}
	// It takes nothing before its time, and its claims end when anybody's do.
	for _, o := range wrong.claim(t, 64, gate.Pace{}) {
		if o.ID == "soon" {
			t.Error("it was claimed before its time")
		}
	}
	later := newClerk(t, url, lease+2*time.Second, 0)
	back := later.claim(t, 64, gate.Pace{})
	if len(back) != 8 {
		t.Errorf("%d come back when the leases end", len(back))
	}
	for _, o := range back {
		if o.Tries > 0 && right.now().Sub(o.First).Abs() > 10*time.Second {
			t.Errorf("%s is looked for from %v on", o.ID, o.First)
		}
	}
}

// What is stored lies further ahead than the pace ever looks: the clock has been put right since.
func TestPaceIsNeverFarAhead(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		p := gate.Pace{Every: 100 * time.Millisecond, Ahead: 800 * time.Millisecond, Day: "d"}
		reminders(t, r, 3, now)
		rows, err := r.Claim(t.Context(), now, 2, p, lease)
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		beginAt(t, r, rows[0], now.Add(time.Hour), p)
		if next, err := r.Next(t.Context(), p); next.After(now) || err != nil {
			t.Errorf("the next one leaves at %v, %v", next, err)
		}
		if b := beginAt(t, r, rows[1], now, p); b.Answer != gate.Ready || !b.At.Equal(now) {
			t.Errorf("%+v", b)
		}
		if got, err := r.Claim(t.Context(), now, 2, p, lease); len(got) != 1 || err != nil {
			t.Errorf("%v %v: want the third", got, err)
		}
	})
}

// A text that is stored as having left counts against the day, though no limit held it back.
func TestWhatIsStoredAfterwardsCountsAgainstTheDay(t *testing.T) {
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

// A text that is only stored as having left takes nothing from the pace, and gives nothing back.
func TestWhatIsStoredAfterwardsLeavesThePaceAlone(t *testing.T) {
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
