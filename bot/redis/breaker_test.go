package redis_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// hanging is a Redis that can be made to hang: it takes connections and requests but answers none.
type hanging struct {
	name string
	open func(t *testing.T) (url string, hang func(bool))
}

// everyHang holds the ways in which a Redis hangs in these tests.
var everyHang = []hanging{
	{name: "stopped server", open: func(t *testing.T) (string, func(bool)) {
		s := redistest.Start(t, "no")
		return s.URL(), func(hung bool) {
			if hung {
				s.Stop()
			} else {
				s.Go()
			}
		}
	}},
	{name: "dead network", open: func(t *testing.T) (string, func(bool)) {
		s, port := redistest.Start(t, "no"), redistest.FreePort(t)
		return "redis://127.0.0.1:" + port, redistest.NewProxy(t, port, s.Port()).Hang
	}},
	{name: "Cluster", open: func(t *testing.T) (string, func(bool)) {
		proxy, url := redistest.Alone(t)
		return url, proxy.Hang
	}},
}

// burst reads for n texts that come at once, each with the time that a webhook has. It returns how
// long each took, the longest last, and their errors.
func burst(t *testing.T, r *redis.Redis, n int) (took []time.Duration, errs []error) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	p := storetest.Phone(t, "0101")
	for range n {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			began := time.Now()
			_, err := r.Records(ctx, p)
			if err == nil {
				_, err = r.Peek(ctx, p)
			}
			mu.Lock()
			defer mu.Unlock()
			took, errs = append(took, time.Since(began)), append(errs, err)
		})
	}
	wg.Wait()
	slices.Sort(took)
	return took, errs
}

// While Redis hangs, a text waits a second at most for it, and the ones that come later fail at
// once. As soon as it answers again, all is as before.
func TestRedisHangs(t *testing.T) {
	for _, c := range everyHang {
		t.Run(c.name, func(t *testing.T) {
			url, hang := c.open(t)
			r := openWith(t, redis.Config{URL: url})
			until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
			if away, times := r.Away(); away || times != 0 {
				t.Fatalf("away %v, %d times, before anything happened", away, times)
			}
			hang(true)
			took, errs := burst(t, r, 200)
			t.Logf("p99 %v", took[197])
			if most := took[199]; most > 2*time.Second { // a second, on a machine that is busy
				t.Errorf("a text waited %v for a Redis that hangs", most)
			}
			for _, err := range errs {
				if !errors.Is(err, handlers.ErrAway) {
					t.Fatalf("%v: want ErrAway", err)
				}
			}
			if away, times := r.Away(); !away || times != 1 {
				t.Errorf("away %v, %d times", away, times)
			}
			took, _ = burst(t, r, 200)
			t.Logf("and then %v", took[197])
			if most := took[198]; most > 500*time.Millisecond { // one may have probed
				t.Errorf("known to hang, and a text waited %v", most)
			}
			hang(false)
			until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
			if away, _ := r.Away(); away {
				t.Error("away though it answers")
			}
			if _, errs = burst(t, r, 200); errors.Join(errs...) != nil {
				t.Errorf("after that: %v", errors.Join(errs...))
			}
		})
	}
}

// While Redis hangs, one call at a time probes it, with a rest after each.
func TestOneProbeAtATime(t *testing.T) {
	s := redistest.Start(t, "no")
	proxy := redistest.NewProxy(t, redistest.FreePort(t), s.Port())
	r := openWith(t, redis.Config{URL: "redis://" + proxy.Addr()})
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	proxy.Hang(true)
	burst(t, r, 20)
	before, began := proxy.Held(), time.Now()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for proxy.Held() < before+3 {
				if err := r.Ready(t.Context()); !errors.Is(err, handlers.ErrAway) {
					t.Errorf("%v: want ErrAway", err)
				}
				<-tick.C
			}
		})
	}
	wg.Wait()
	// A rest, a probe that waits, a rest, a second one, a rest, a third.
	if took := time.Since(began); took < 2500*time.Millisecond {
		t.Errorf("three probes within %v", took)
	}
	if n := proxy.Held() - before; n != 3 {
		t.Errorf("%d asked, want one at a time", n)
	}
}

// A caller's own deadline is kept. That it had no answer counts against Redis only if it waited
// long enough.
func TestShortDeadlinesCount(t *testing.T) {
	url, hang := everyHang[1].open(t)
	r := openWith(t, redis.Config{URL: url})
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	hang(true)
	ask := func(in time.Duration) (took time.Duration) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), in)
		defer cancel()
		began := time.Now()
		if err := r.Ready(ctx); !errors.Is(err, handlers.ErrAway) {
			t.Errorf("%v: want ErrAway", err)
		}
		return time.Since(began)
	}
	var took []time.Duration
	for range 5 {
		took = append(took, ask(20*time.Millisecond))
	}
	slices.Sort(took) // a busy machine may be late
	if took[0] > 200*time.Millisecond {
		t.Errorf("took %v with a deadline of 20 ms", took)
	}
	if away, _ := r.Away(); away && took[2] < 200*time.Millisecond {
		t.Errorf("away for callers that had no patience: they took %v", took)
	}
	for range 3 {
		ask(300 * time.Millisecond)
	}
	if away, _ := r.Away(); !away {
		t.Error("not away")
	}
}

// What isn't Redis' fault doesn't open the breaker: a caller that goes away, or an answer that is
// an error.
func TestWhatDoesNotOpenTheBreaker(t *testing.T) {
	s := redistest.Start(t, "no")
	proxy := redistest.NewProxy(t, redistest.FreePort(t), s.Port())
	r := openWith(t, redis.Config{URL: "redis://" + proxy.Addr()})
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	proxy.Hang(true)
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		gone := time.AfterFunc(300*time.Millisecond, cancel)
		err := r.Ready(ctx)
		if !errors.Is(err, context.Canceled) || errors.Is(err, handlers.ErrAway) {
			t.Errorf("%v: want that the caller gave up", err)
		}
		gone.Stop()
	}
	proxy.Hang(false)
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	if out, err := s.CLI("SET", "{beacon}:visits:", "x"); err != nil {
		t.Fatal(out, err)
	}
	for range 5 {
		_, _, err := r.Turn(t.Context(), "wrong", handlers.Phone{}, nothing)
		if err == nil || errors.Is(err, handlers.ErrAway) {
			t.Errorf("%v: want that it is of the wrong type", err)
		}
	}
	if away, times := r.Away(); away || times != 0 {
		t.Errorf("away %v, %d times", away, times)
	}
}

// One request is lost while others are answered. It is tried again if it may run twice, and not if
// it claims or counts.
func TestALostRequestIsTriedAgain(t *testing.T) {
	s := redistest.Start(t, "no")
	proxy := redistest.NewProxy(t, redistest.FreePort(t), s.Port())
	r := openWith(t, redis.Config{URL: "redis://" + proxy.Addr()})
	warm(t, r)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			_ = r.Ready(ctx)
			<-tick.C
		}
	})
	proxy.Lose("zrevrange")
	if all, err := r.Records(t.Context(), storetest.Phone(t, "0101")); len(all) != 1 || err != nil {
		t.Errorf("%v %v", all, err)
	}
	proxy.Lose("evalsha")
	if _, err := r.Claim(t.Context(), now, 1, unpaced, lease); !errors.Is(err, handlers.ErrAway) {
		t.Errorf("%v: a claim may have been made", err)
	}
	stop()
	wg.Wait()
	if away, times := r.Away(); away || times != 0 || proxy.Cuts() != 2 {
		t.Errorf("away %v, %d times; %d lost", away, times, proxy.Cuts())
	}
}

// nothing is a decision that changes nothing.
func nothing(handlers.State) (handlers.Effects, error) { return handlers.Effects{}, nil }

// Workers that send texts share round trips. Those end in time as well while Redis hangs.
func TestHandsWhileRedisHangs(t *testing.T) {
	url, hang := everyHang[1].open(t)
	r := openWith(t, redis.Config{URL: url})
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	reminders(t, r, 16, now)
	rows, err := r.Claim(t.Context(), now, 16, unpaced, lease)
	if err != nil || len(rows) != 16 {
		t.Fatal(len(rows), err)
	}
	hang(true)
	began := time.Now()
	var wg sync.WaitGroup
	for _, o := range rows {
		wg.Go(func() {
			_, err := r.Begin(t.Context(), o.Outgoing, o.Known, uncapped, unpaced, lease)
			if !errors.Is(err, handlers.ErrAway) {
				t.Errorf("%v: want ErrAway", err)
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took > 3*time.Second { // a few trips until the breaker opens
		t.Errorf("took %v", took)
	}
}
