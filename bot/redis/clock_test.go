package redis_test

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// clerk is one process at work on a Redis, with a clock of its own.
type clerk struct {
	*redis.Redis
	off  time.Duration // how far its clock is ahead of the true time
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

// begin begins a row and returns in how long it may leave, which the pace's Ahead bounds.
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

// A process whose clock is wrong keeps to the shared pace, and its error makes nobody wait: neither
// itself nor another process.
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
	// A fast clock claims no row early, and its leases end by the server's clock.
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

// A next free segment that lies further ahead than the pace ever looks was stored by a wrong clock
// that has been put right since, so it holds nothing back.
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

// A store whose machine's clock is wrong goes by the server's once it has asked, so what it stores
// as due now is due to everybody now; it goes by its own again when that is put right.
func TestNowIsTheServers(t *testing.T) {
	for _, off := range []time.Duration{time.Hour, -time.Hour} {
		url := realURL(t)
		right, wrong := newClerk(t, url, 0, time.Second), newClerk(t, url, off, time.Second)
		ask := func(c *clerk) (ahead time.Duration) {
			s, err := c.Server(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if ahead := (s.Skew + c.off).Abs(); ahead > time.Minute {
				t.Errorf("with %v off the server's clock is ahead by %v", c.off, s.Skew)
			}
			return time.Until(c.Now())
		}
		if ahead := time.Until(wrong.Now()); (ahead - off).Abs() > time.Minute {
			t.Errorf("before it has asked, it is %v off", ahead)
		}
		if ahead := ask(wrong); ahead.Abs() > time.Minute {
			t.Errorf("%v off before, it still is by %v", off, ahead)
		}
		storetest.Turn(t, wrong.Redis, "card", handlers.Phone{}, handlers.Effects{
			Posts: []handlers.Post{{ID: "p", Case: "c", Due: wrong.Now()}},
		})
		posts, err := right.ClaimPosts(t.Context(), false, right.now().Add(time.Minute), 1, lease)
		if err != nil || len(posts) != 1 {
			t.Errorf("%v off: %d posts are due, %v", off, len(posts), err)
		}
		wrong.off = 0
		if ahead := ask(wrong); ahead.Abs() > time.Minute {
			t.Errorf("put right, it is off by %v", ahead)
		}
	}
	believed := newClerk(t, realURL(t), time.Hour, 0)
	if _, err := believed.Server(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(believed.Now()); (ahead - time.Hour).Abs() > time.Minute {
		t.Errorf("a clock that is turned by hand is off by %v", ahead)
	}
}
