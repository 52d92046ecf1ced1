package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// botLease is how long a bot of these tests is listed.
const botLease = time.Minute

// yard is some bots on one Redis, with a clock that is turned for all.
type yard struct {
	t     *testing.T
	url   string
	now   time.Time
	bots  map[string]*redis.Redis
	words map[string]string
}

func newYard(t *testing.T, url string) *yard {
	return &yard{
		t: t, url: url, now: now, bots: map[string]*redis.Redis{}, words: map[string]string{},
	}
}

// inYard runs a test on miniredis and on a real server.
func inYard(t *testing.T, test func(t *testing.T, y *yard)) {
	t.Run("miniredis", func(t *testing.T) {
		test(t, newYard(t, "redis://"+miniredis.RunT(t).Addr()))
	})
	t.Run("redis-server", func(t *testing.T) { test(t, newYard(t, realURL(t))) })
}

// start starts a bot on some words: a new process, even if it has the name of one before.
func (y *yard) start(id, words string) {
	y.t.Helper()
	r, err := redis.Open(redis.Config{
		URL: y.url, Patience: testPatience, Upgrades: true, Now: func() time.Time { return y.now },
	})
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() { _ = r.Close() })
	y.bots[id], y.words[id] = r, words
	y.look(id)
}

// look announces one bot.
func (y *yard) look(id string) redis.Fleet {
	y.t.Helper()
	f, err := y.bots[id].Announce(y.t.Context(), y.bot(id), botLease)
	if err != nil {
		y.t.Fatal(id, err)
	}
	return f
}

func (y *yard) bot(id string) redis.Bot { return redis.Bot{ID: id, Words: y.words[id], Build: "v"} }

// pass turns the clock, with an announcement of every bot that lives in each ten seconds.
func (y *yard) pass(d time.Duration) {
	y.t.Helper()
	for end := y.now.Add(d); y.now.Before(end); {
		y.now = y.now.Add(min(10*time.Second, end.Sub(y.now)))
		y.all()
	}
}

func (y *yard) all() {
	for id := range y.bots {
		y.look(id)
	}
}

// dies ends a bot without a word.
func (y *yard) dies(id string) { delete(y.bots, id) }

// stands checks how all bots stand: "a b" serve, the others leave their work to them.
func (y *yard) stands(when, serve string) {
	y.t.Helper()
	y.all() // who came first hears of who came last
	for id, r := range y.bots {
		want := strings.Contains(" "+serve+" ", " "+id+" ")
		err := r.Serves()
		if want != (err == nil) || err != nil && !errors.Is(err, redis.ErrWords) ||
			r.Relieved() == want {
			y.t.Errorf("%s: %s serves: %v, relieved %v; want those that serve to be %q", when, id,
				err, r.Relieved(), serve)
		}
	}
}

// A change of words that is made in time hinders nobody; what is left over of it leaves the work to
// the newer ones, until none of them lives.
func TestWordsChange(t *testing.T) {
	inYard(t, func(t *testing.T, y *yard) {
		y.start("a", "old")
		y.start("b", "old")
		y.stands("alike", "a b")
		y.pass(time.Hour)
		y.start("c", "new")
		y.stands("a change begins", "a b c")
		y.pass(redis.ChangeTime - time.Millisecond)
		y.stands("it may last", "a b c")
		y.pass(time.Millisecond)
		y.stands("it is over", "c")
		y.start("d", "new")
		y.stands("another newer one gives time again", "a b c d")
		y.pass(redis.ChangeTime)
		y.stands("that is over too", "c d")

		y.dies("c")
		y.pass(botLease)
		y.stands("one of the newer lives", "d")
		y.dies("d")
		y.pass(botLease - time.Millisecond)
		y.stands("it may still live", "")
		y.pass(time.Millisecond)
		y.stands("none of the newer lives", "a b")
		if f := y.look("a"); f.Words != "new" || len(f.On()) > 0 || len(f.Bots) != 2 {
			t.Errorf("nobody says that it serves on for want of others: %+v", f)
		}
		y.start("e", "new")
		y.stands("the newer comes back", "a b e")
	})
}

// The words that were left are current again once a bot is started on them.
func TestWordsRollBack(t *testing.T) {
	inYard(t, func(t *testing.T, y *yard) {
		y.start("a", "old")
		y.pass(time.Hour)
		y.start("b", "new")
		y.pass(redis.ChangeTime)
		y.stands("changed", "b")
		since := y.now
		y.dies("a")
		y.start("a2", "old") // the same machine, another process
		f := y.look("b")
		if f.Words != "old" || f.Since.Before(since) || f.Build != "v" {
			t.Errorf("current is %q since %v", f.Words, f.Since)
		}
		y.pass(redis.ChangeTime)
		y.stands("rolled back", "a2")
		if err := y.bots["a2"].Withdraw(t.Context(), y.bot("a2")); err != nil {
			t.Fatal(err)
		}
		y.dies("a2")
		y.stands("the other ends in order", "b")
	})
}

// Of bots that start in the same moment one is the newest, and all agree which.
func TestStartsAtOnce(t *testing.T) {
	inYard(t, func(t *testing.T, y *yard) {
		for i := range 4 {
			y.start(fmt.Sprint("bot", i), fmt.Sprint("words", i))
		}
		for id := range y.bots {
			f := y.look(id)
			var order []string
			for _, b := range f.Bots {
				order = append(order, b.ID)
			}
			if f.Words != "words3" || strings.Join(order, " ") != "bot0 bot1 bot2 bot3" {
				t.Errorf("%s sees %q as current, of %v", id, f.Words, order)
			}
		}
	})
}

// A bot whose clock is wrong is neither newer nor older for it, and none outlives its lease.
func TestStartsGoByTheServersClock(t *testing.T) {
	url := redistest.Start(t, "everysec").URL()
	for i, off := range []time.Duration{time.Hour, -time.Hour, 0} {
		r, err := redis.Open(redis.Config{
			URL: url, Patience: testPatience, Skew: time.Second,
			Now: func() time.Time { return time.Now().Add(off) },
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		words := fmt.Sprint("words", i)
		f, err := r.Announce(t.Context(), redis.Bot{ID: fmt.Sprint(i), Words: words}, botLease)
		if err != nil {
			t.Fatal(err)
		}
		if f.Words != words || len(f.Bots) != i+1 || time.Since(f.Newest).Abs() > time.Minute {
			t.Errorf("started with a clock that is off by %v: %+v", off, f)
		}
	}
}

// A server that comes back empty learns from those that run which of them was started last. An
// answer that is lost starts nobody twice.
func TestStartsOutliveAnEmptyServer(t *testing.T) {
	server := miniredis.RunT(t)
	y := newYard(t, "redis://"+server.Addr())
	y.start("a", "old")
	y.pass(time.Minute)
	y.start("b", "new")
	began := y.look("b").Newest
	y.pass(time.Minute)
	server.FlushAll()
	y.look("b")
	if f := y.look("a"); f.Words != "new" || !f.Newest.Equal(began) {
		t.Errorf("after the newest: %+v", f)
	}
	server.FlushAll()
	y.look("a")
	if f := y.look("b"); f.Words != "new" || !f.Newest.Equal(began) {
		t.Errorf("after the oldest: %+v", f)
	}
	// The same process once more, as if it had never heard that it was announced.
	y.start("a", "old")
	if f := y.look("b"); f.Words != "new" || len(f.Bots) != 2 {
		t.Errorf("one that is listed was started twice: %+v", f)
	}
}

// A bot that leaves ordinary work to others claims alarms, and nothing else. One that can't hear of
// the others any more can't count on them.
func TestAsideAlarmsAreClaimed(t *testing.T) {
	server := miniredis.RunT(t)
	y := newYard(t, "redis://"+server.Addr())
	y.start("a", "old")
	alarm, asked, unasked := storetest.Row(t, "alarm"), storetest.Row(t, "asked"),
		storetest.Row(t, "unasked")
	alarm.Alarm, unasked.Unasked = true, true
	storetest.Turn(t, y.bots["a"], "1", asked.To, handlers.Effects{
		Texts: []handlers.Outgoing{alarm, asked, unasked},
	})
	y.pass(time.Minute)
	y.start("b", "new")
	y.pass(redis.ChangeTime)
	y.stands("changed", "b")
	storetest.Claim(t, y.bots["a"], y.now, "alarm")
	storetest.Claim(t, y.bots["b"], y.now, "asked unasked")
	server.SetError("ERR away")
	y.now = y.now.Add(botLease)
	if y.bots["a"].Relieved() {
		t.Error("it counts on others that may be gone")
	}
}
