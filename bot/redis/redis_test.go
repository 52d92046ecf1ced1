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

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		url, addrs string
		cluster    bool
		tls        string // the server's name that is checked, "-" without TLS
		db         int
		user, pass string
		fault      bool
	}{
		{url: "redis://localhost:6379/2", addrs: "localhost:6379", tls: "-", db: 2},
		{
			url:   "redis://beacon:s3cret@r.example:6380",
			addrs: "r.example:6380", tls: "-", user: "beacon", pass: "s3cret",
		},
		{url: "rediss://r.example:6380", addrs: "r.example:6380", tls: "r.example"},
		{
			url:   "redis://a.example:1, redis://b.example:2,redis://c.example:3",
			addrs: "a.example:1 b.example:2 c.example:3", cluster: true, tls: "-",
		},
		{
			url:   "rediss://a.example:1,rediss://b.example:2",
			addrs: "a.example:1 b.example:2", cluster: true, tls: "",
		},
		{url: "", fault: true},
		{url: "localhost:6379", fault: true},
		{url: "http://localhost:6379", fault: true},
		{url: "redis://beacon:s3cret@r.example:bad", fault: true},
		{url: "redis://a.example:1,", fault: true},
	} {
		o, err := redis.Options(c.url)
		if (err != nil) != c.fault {
			t.Errorf("%s: %v", c.url, err)
		}
		if err != nil {
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: the error tells the password: %v", c.url, err)
			}
			continue
		}
		tls := "-"
		if o.TLSConfig != nil {
			tls = o.TLSConfig.ServerName
			if o.TLSConfig.InsecureSkipVerify {
				t.Errorf("%s: TLS isn't checked", c.url)
			}
		}
		if strings.Join(o.Addrs, " ") != c.addrs || o.IsClusterMode != c.cluster || tls != c.tls ||
			o.DB != c.db ||
			o.Username != c.user ||
			o.Password != c.pass {
			t.Errorf("%s: %+v", c.url, o)
		}
		if !o.ContextTimeoutEnabled {
			t.Errorf("%s: deadlines are not kept", c.url)
		}
	}
	if _, err := redis.Open(redis.Config{URL: "nonsense"}); err == nil {
		t.Error("opened nonsense")
	}
}

// A patient in danger is answered without the store: how soon depends on how soon it is known to be
// away.
func TestAwayIsKnownSoon(t *testing.T) {
	s := redistest.Start(t, "everysec")
	r := openWith(t, redis.Config{URL: s.URL()})
	s.Kill()
	began := time.Now()
	_, _, err := r.Turn(t.Context(), "1", storetest.Phone(t, "0101"),
		func(handlers.State) (handlers.Effects, error) { return handlers.Effects{}, nil })
	if err == nil || time.Since(began) > 1500*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

// Redis is killed under load and comes back on the same port: what was acknowledged is there, once;
// what wasn't may be.
func TestServerKilledUnderLoad(t *testing.T) {
	s := redistest.Start(t, "always")
	r := open(t, s.URL())
	var acknowledged, failed atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	kept := map[string]bool{}
	for w := range 8 {
		p := storetest.Phone(t, fmt.Sprintf("01%02d", w))
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				id := fmt.Sprintf("%d-%d", w, i)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				_, _, err := r.Turn(ctx, id, p, func(st handlers.State) (handlers.Effects, error) {
					talk := st.Conversation
					talk.Misses++
					return handlers.Effects{
						Conversation: &talk,
						Texts: []handlers.Outgoing{
							{ID: id, To: p, Kind: "staff", Body: "x", Due: now},
						},
					}, nil
				})
				cancel()
				if err != nil {
					failed.Add(1)
					continue
				}
				acknowledged.Add(1)
				mu.Lock()
				kept[id] = true
				mu.Unlock()
			}
		})
	}
	for range 2 {
		until(t, func(before int64) bool { return acknowledged.Load() > before+200 },
			acknowledged.Load())
		s.Kill()
		until(t, func(before int64) bool { return failed.Load() > before+3 }, failed.Load())
		if r.Ready(t.Context()) == nil {
			t.Error("ready while the server is down")
		}
		s.Run()
		until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	}
	until(t, func(before int64) bool { return acknowledged.Load() > before+50 },
		acknowledged.Load())
	close(stop)
	wg.Wait()
	for id := range kept {
		if o := storetest.Stored(t, r, id); o.ID != id {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	total := 0
	for w := range 8 {
		total += storetest.Peek(t, r,
			storetest.Phone(t, fmt.Sprintf("01%02d", w))).Conversation.Misses
	}
	n, err := r.Waiting(t.Context())
	if err != nil || int(n) != total || total < len(kept) {
		t.Errorf("%d acknowledged, %d rows, %d counted: %v", len(kept), n, total, err)
	}
	t.Logf("%d acknowledged, %d failed while it was down, %d there", len(kept), failed.Load(),
		total)
}

// until waits for a condition.
func until(t *testing.T, ok func(before int64) bool, before int64) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(20 * time.Second)
	for !ok(before) {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("it never came true")
		}
	}
}

// A claim that the server's death cut short comes back when its lease ends.
func TestClaimOutlivesTheServer(t *testing.T) {
	s := redistest.Start(t, "always")
	r := open(t, s.URL())
	storetest.Plan(t, r, "1", nil, storetest.Row(t, "r1"), storetest.Row(t, "r2"))
	both := storetest.Claim(t, r, now, "r1 r2")
	storetest.Begin(t, r, &both[0], uncapped)
	s.Kill()
	if _, err := r.Settle(t.Context(), both[0].Outgoing); err == nil {
		t.Fatal("settled with nobody")
	}
	s.Run()
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	if !storetest.Settle(t, r, both[1], handlers.Sent) {
		t.Error("the claim was lost with the server")
	}
	again := storetest.Claim(t, r, now.Add(lease), "r1")
	if again[0].Tries != 1 {
		t.Error("it was forgotten that its send had begun")
	}
}

func TestClosedStoreAnswersWithAnError(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		_ = r.Close()
		_, _, err := r.Turn(t.Context(), "1", storetest.Phone(t, "0101"),
			func(handlers.State) (handlers.Effects, error) { return handlers.Effects{}, nil })
		if err == nil || errors.Is(err, handlers.ErrConflict) {
			t.Error(err)
		}
	})
}

func BenchmarkClaimBeginSettle(b *testing.B) {
	r := open(b, realURL(b))
	n := 0
	for b.Loop() {
		b.StopTimer()
		o := storetest.Row(b, fmt.Sprint("r", n))
		o.To = storetest.Phone(b, fmt.Sprintf("%04d", n%10000)) // a number has few texts a week
		n++
		storetest.Turn(b, r, o.ID, o.To, handlers.Effects{Texts: []handlers.Outgoing{o}})
		b.StartTimer()
		rows, err := r.Claim(b.Context(), now, 1, unpaced, lease)
		if err != nil || len(rows) != 1 {
			b.Fatal(rows, err)
		}
		storetest.Begin(b, r, &rows[0], uncapped)
		storetest.Settle(b, r, rows[0], handlers.Sent)
	}
}
