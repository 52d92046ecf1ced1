package main_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// ruin decides what goes wrong, and does it.
type ruin struct {
	chaos
	f     *fleet
	redis *redistest.Server

	mu  sync.Mutex
	rnd *rand.Rand
	at  map[int]func() // of the n-th post, what is killed
	wg  sync.WaitGroup

	botTurn, redisTurn sync.Mutex // what is killed is started again before it is killed once more

	bots, servers, failed, killing atomic.Int64
}

// begin draws when what is killed. Posts are at least as many as the reminders, so every kill
// comes.
func (r *ruin) begin(f *fleet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.f, r.at = f, map[int]func(){}
	when := func(most int) int {
		for {
			if n := 1 + r.rnd.IntN(most); r.at[n] == nil {
				return n
			}
		}
	}
	for range r.botKills {
		bot, after := f.bots[r.rnd.IntN(len(f.bots))], time.Duration(
			r.rnd.IntN(60),
		)*time.Millisecond
		r.at[when(r.reminders*9/10)] = func() {
			pause(f, after)
			r.botTurn.Lock()
			defer r.botTurn.Unlock()
			bot.kill()
			r.bots.Add(1)
			bot.run()
		}
	}
	for i := range r.redisKills {
		most := r.reminders * 9 / 10
		if i == 0 {
			most = r.reminders / 20 // while visits are still imported
		}
		after, away := time.Duration(r.rnd.IntN(60))*time.Millisecond, time.Duration(
			200+r.rnd.IntN(800),
		)*time.Millisecond
		r.at[when(most)] = func() {
			pause(f, after)
			r.redisTurn.Lock()
			defer r.redisTurn.Unlock()
			if r.fsync == "everysec" {
				r.redis.Crash(func() { pause(f, time.Second) })
			} else {
				r.redis.Kill()
			}
			pause(f, away)
			r.redis.Run()
			r.servers.Add(1)
		}
	}
}

// pause is a part of the load, not a wait for something.
func pause(f *fleet, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-f.ctx.Done():
	}
}

// fault has one post in ten fail, in one of the ways that posts fail, and kills what is to be
// killed at this one.
func (r *ruin) fault(n int, _ url.Values) twiliotest.Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	if kill := r.at[n]; kill != nil {
		delete(r.at, n)
		r.killing.Add(1)
		r.wg.Go(func() { defer r.killing.Add(-1); kill() })
	}
	if r.rnd.IntN(10) > 0 {
		return twiliotest.Fault{}
	}
	r.failed.Add(1)
	switch r.rnd.IntN(20) {
	case 0:
		return twiliotest.Fault{Hang: true} // taken, and the bot's time runs out
	case 1, 2, 3, 4, 5:
		return twiliotest.Fault{Lose: true}
	case 6, 7, 8, 9:
		return twiliotest.Fault{Drop: true}
	case 10, 11, 12:
		return twiliotest.Fault{Status: 429, Code: 20429, RetryAfter: "1"}
	case 13, 14, 15:
		return twiliotest.Fault{Status: 500, Code: 20500}
	default:
		return twiliotest.Fault{Status: 503}
	}
}

// settle waits until no row waits and no kill is under way, imports again what Redis forgot, and so
// on until it has all; it returns how much that was.
func (r *ruin) settle(f *fleet, visits string) (forgotten int) {
	for {
		f.bots[0].await("every row to be settled", func() bool {
			return waits(f) == 0 &&
				r.killing.Load() == 0
		})
		n, _ := f.book(visits)
		if n == 0 && waits(f) == 0 {
			r.wg.Wait()
			return forgotten
		}
		forgotten += n
	}
}

// waits is how many rows are due or claimed, by the bot's own figures less those of later.
func waits(f *fleet) int {
	out, err := f.redis.CLI(
		"ZCOUNT", "{beacon}:texts:due", "-inf", fmt.Sprint(time.Now().Add(time.Hour).UnixMilli()),
	)
	n := -1
	if err == nil {
		_, _ = fmt.Sscan(out, &n)
	}
	return n
}
