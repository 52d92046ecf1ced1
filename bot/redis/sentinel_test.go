package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// writers have eight numbers texted as fast as they can be.
type writers struct {
	acknowledged, failed atomic.Int64
	stop                 chan struct{}
	wg                   sync.WaitGroup

	mu   sync.Mutex
	kept map[string]bool // the ids of what was acknowledged
}

func write(t *testing.T, r *redis.Redis) *writers {
	t.Helper()
	w := &writers{stop: make(chan struct{}), kept: map[string]bool{}}
	for n := range 8 {
		p := storetest.Phone(t, fmt.Sprintf("01%02d", n))
		w.wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-w.stop:
					return
				default:
				}
				id := fmt.Sprintf("%d-%d", n, i)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				_, _, err := r.Turn(ctx, id, p, func(st handlers.State) (handlers.Effects, error) {
					o := handlers.Outgoing{ID: id, To: p, Kind: "staff", Body: "x", Due: now}
					return handlers.Effects{Texts: []handlers.Outgoing{o}}, nil
				})
				cancel()
				if err != nil {
					w.failed.Add(1)
					// Eight that fail at once, without a pause, would leave no processor to the
					// servers, and the Sentinels would take these for dead.
					select {
					case <-w.stop:
						return
					case <-time.After(5 * time.Millisecond):
					}
					continue
				}
				w.acknowledged.Add(1)
				w.mu.Lock()
				w.kept[id] = true
				w.mu.Unlock()
			}
		})
	}
	return w
}

// more waits until so many more are acknowledged.
func (w *writers) more(t *testing.T, n int64) {
	t.Helper()
	until(t, func(before int64) bool { return w.acknowledged.Load() >= before+n },
		w.acknowledged.Load())
}

// end ends the writing, and fails for what was acknowledged and isn't there.
func (w *writers) end(t *testing.T, r *redis.Redis) {
	t.Helper()
	close(w.stop)
	w.wg.Wait()
	for id := range w.kept {
		if o := storetest.Stored(t, r, id); o.ID != id {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	t.Logf("%d acknowledged, %d failed", len(w.kept), w.failed.Load())
}

// The primary dies under load, again and again: the Sentinels let a replica take its place, the
// store goes on there, and what was acknowledged is there. The next dies while the one before still
// fetches what it missed, which the Sentinels might promote as well.
func TestFailover(t *testing.T) {
	t.Parallel() // it waits most of its time
	g := redistest.Sentinels(t)
	r := open(t, g.URL())
	w := write(t, r)
	for range 4 {
		w.more(t, 200)
		dead := g.Primary()
		dead.Kill()
		began := time.Now()
		until(t, func(int64) bool { p := g.Primary(); return p != nil && p != dead }, 0)
		w.more(t, 200)
		t.Logf("writes go on %.1f s after the primary's death", time.Since(began).Seconds())
		if s, err := r.Server(t.Context()); err != nil || s.Replica {
			t.Errorf("%+v %v: want the new primary", s, err)
		}
		// It takes itself for the primary until a Sentinel tells it better.
		dead.Run()
		w.more(t, 200)
	}
	w.end(t, r)
}

// A write counts when all replicas that keep up have it. One that stands still keeps writes from
// counting until it is known to have fallen behind, and then the clinic goes on with the other.
func TestOneReplicaStandsStill(t *testing.T) {
	t.Parallel() // it waits most of its time
	g := redistest.Sentinels(t)
	r := openWith(t, redis.Config{URL: g.URL(), Patience: 2 * time.Second})
	until(t, func(int64) bool { return r.Writable(t.Context()) == nil }, 0)
	still := g.Replicas()[0]
	still.Stop()
	if err := r.Writable(t.Context()); redis.Word(err) != "NOREPLICAS" {
		t.Errorf("%v, want that not all replicas have it", err)
	}
	until(t, func(int64) bool { return r.Writable(t.Context()) == nil }, 0)
	still.Go()
	until(t, func(int64) bool {
		out, err := g.Primary().CLI("INFO", "replication")
		return err == nil && strings.Count(out, ",lag=0") == 2
	}, 0)
	still.Stop() // it is waited for again
	if err := r.Writable(t.Context()); redis.Word(err) != "NOREPLICAS" {
		t.Errorf("once it is back: %v, want that not all replicas have it", err)
	}
	still.Go()
}

// A replica that ends is no longer waited for, and one that comes is, without a restart of the bot.
func TestReplicasComeAndGo(t *testing.T) {
	t.Parallel() // it waits most of its time
	g := redistest.Sentinels(t)
	r := openWith(t, redis.Config{URL: g.URL(), Patience: 2 * time.Second})
	until(t, func(int64) bool { return r.Writable(t.Context()) == nil }, 0)
	for _, s := range g.Replicas() {
		s.Kill()
		until(t, func(int64) bool { return r.Writable(t.Context()) == nil }, 0)
		s.Run()
		until(t, func(int64) bool { return isReplica(s) }, 0)
	}
}

// The primary dies, and before it is back so does all the rest, at once: whoever comes first, they
// go on with what was acknowledged last, and the former primary follows.
func TestAllRestart(t *testing.T) {
	t.Parallel() // it waits most of its time
	g := redistest.Sentinels(t)
	r := open(t, g.URL())
	w := write(t, r)
	w.more(t, 100)
	dead := g.Primary()
	dead.Kill()
	until(t, func(int64) bool { p := g.Primary(); return p != nil && p != dead }, 0)
	w.more(t, 100)
	g.Kill()
	dead.Run()
	until(t, func(int64) bool { _, err := dead.CLI("PING"); return err == nil }, 0)
	dead.Kill()
	g.Run()
	w.more(t, 100)
	until(t, func(int64) bool { return isReplica(dead) }, 0)
	w.end(t, r)
}

func isReplica(s *redistest.Server) bool {
	out, err := s.CLI("INFO", "replication")
	return err == nil && strings.Contains(out, "role:slave") &&
		strings.Contains(out, "master_link_status:up")
}

// What no replica has isn't acknowledged, whatever the primary says: it would be gone with it. What
// is read is answered.
func TestNoReplicaHasIt(t *testing.T) {
	t.Parallel() // it waits most of its time
	g := redistest.Sentinels(t)
	r := openWith(t, redis.Config{URL: g.URL(), Patience: 2 * time.Second})
	p := storetest.Phone(t, "0101")
	turn := func(id string) (again bool, err error) {
		t.Helper()
		_, again, err = r.Turn(t.Context(), id, p,
			func(handlers.State) (handlers.Effects, error) {
				return handlers.Effects{Consent: &handlers.Consent{Out: true, At: now}}, nil
			})
		return again, err
	}
	if again, err := turn("before"); again || err != nil {
		t.Fatal(again, err)
	}
	storetest.Plan(t, r, "plan", nil, storetest.Row(t, "r1"), storetest.Row(t, "r2"))
	both := storetest.Claim(t, r, now, "r1 r2")
	storetest.Begin(t, r, &both[0], uncapped)
	for _, s := range g.Replicas() {
		s.Stop()
	}
	_, first := turn("stop")
	_, second := turn("stop") // it is found done, on the primary alone
	_, claimed := r.Claim(t.Context(), now, 1, unpaced, lease)
	_, settled := r.Settle(t.Context(), both[0].Outgoing)
	for what, err := range map[string]error{
		"a turn": first, "a turn that was made": second, "a claim": claimed, "a settling": settled,
		"a write": r.Writable(t.Context()),
	} {
		if redis.Word(err) != "NOREPLICAS" {
			t.Errorf("%s: %v, want that no replica has it", what, err)
		}
	}
	if err := r.Ready(t.Context()); err != nil {
		t.Errorf("it can't be read: %v", err)
	}
	if s, err := r.Peek(t.Context(), p); err != nil || !s.Consent.Out {
		t.Errorf("%+v %v: want what the primary knows", s.Consent, err)
	}
	if away, times := r.Away(); away || times != 0 {
		t.Errorf("away %v, %d times: it answers", away, times)
	}
	for _, s := range g.Replicas() {
		s.Go()
	}
	until(t, func(int64) bool { return r.Writable(t.Context()) == nil }, 0)
	if again, err := turn("stop"); !again || err != nil {
		t.Errorf("%v %v: want the first reply", again, err)
	}
}

// Sentinels that hang with their servers keep nobody waiting, whether the primary was known or not.
func TestSentinelsHang(t *testing.T) {
	g := redistest.Sentinels(t)
	known := openWith(t, redis.Config{URL: g.URL()})
	until(t, func(int64) bool { return known.Ready(t.Context()) == nil }, 0)
	g.Stop()
	for name, r := range map[string]*redis.Redis{
		"known": known, "unknown": openWith(t, redis.Config{URL: g.URL()}),
	} {
		took, errs := burst(t, r, 100)
		t.Logf("%s: p99 %v", name, took[98])
		if most := took[99]; most > 2*time.Second { // a second, on a machine that is busy
			t.Errorf("%s: a text waited %v", name, most)
		}
		for _, err := range errs {
			if !errors.Is(err, handlers.ErrAway) {
				t.Fatalf("%s: %v: want ErrAway", name, err)
			}
		}
	}
}

// BenchmarkGuardedTurn measures a patient's turn that both replicas must have before it counts.
func BenchmarkGuardedTurn(b *testing.B) {
	g := redistest.Sentinels(b)
	r, err := redis.Open(redis.Config{URL: g.URL(), Now: time.Now, Patience: 2 * time.Second})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close() })
	p, i := storetest.Phone(b, "0101"), 0
	for r.Writable(b.Context()) != nil {
	}
	for b.Loop() {
		i++
		_, _, err := r.Turn(b.Context(), fmt.Sprint(i), p,
			func(handlers.State) (handlers.Effects, error) {
				return handlers.Effects{
					Conversation: &handlers.Conversation{Said: []string{"some words"}, At: now},
				}, nil
			})
		if err != nil {
			b.Fatal(err)
		}
	}
}
