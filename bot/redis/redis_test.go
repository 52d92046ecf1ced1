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
		master     string // what Sentinels call the primary
		guard      string // their password
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
		{
			url:   "redis://s.example:1?master_name=beacon",
			addrs: "s.example:1", master: "beacon", tls: "-",
		},
		{
			url: "redis://u:s3cret@a.example:1/3?master_name=beacon&sentinel_password=s2," +
				"redis://u:s3cret@b.example:2/3",
			addrs: "a.example:1 b.example:2", master: "beacon", tls: "-", db: 3, user: "u",
			pass: "s3cret", guard: "s2",
		},
		{
			url:   "rediss://a.example:1?master_name=m,rediss://b.example:2?master_name=m",
			addrs: "a.example:1 b.example:2", master: "m", tls: "",
		},
		{url: "redis://a.example:1?master_name=m,redis://b.example:2?master_name=n", fault: true},
		{url: "redis://:s3cret@a.example:1?master_name=", fault: true},
		{url: "redis://a.example:1?mastername=m", fault: true},
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
			o.Password != c.pass || o.MasterName != c.master || o.SentinelPassword != c.guard {
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

// A patient in danger is answered without the store once it is known to be away, so that must be
// known soon.
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

// Redis is killed under load and comes back on the same port. A turn that was acknowledged is
// there, once. One that failed may or may not have been written.
func TestServerKilledUnderLoad(t *testing.T) {
	s := redistest.Start(t, "always")
	r := open(t, s.URL())
	l := &load{stop: make(chan struct{}), kept: map[string]bool{}}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() { l.turns(t, r, w) })
	}
	for range 2 {
		until(t, func(before int64) bool { return l.acknowledged.Load() > before+200 },
			l.acknowledged.Load())
		s.Kill()
		until(t, func(before int64) bool { return l.failed.Load() > before+3 }, l.failed.Load())
		if r.Ready(t.Context()) == nil {
			t.Error("ready while the server is down")
		}
		s.Run()
		until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	}
	until(t, func(before int64) bool { return l.acknowledged.Load() > before+50 },
		l.acknowledged.Load())
	close(l.stop)
	wg.Wait()
	for id := range l.kept {
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
	if err != nil || int(n) != total || total < len(l.kept) {
		t.Errorf("%d acknowledged, %d rows, %d counted: %v", len(l.kept), n, total, err)
	}
	t.Logf("%d acknowledged, %d failed while it was down, %d there", len(l.kept), l.failed.Load(),
		total)
}

// load counts what became of turns while a server is killed.
type load struct {
	stop                 chan struct{}
	acknowledged, failed atomic.Int64

	mu   sync.Mutex
	kept map[string]bool // the acknowledged events, each of which planned a row of its id
}

// turns has worker w write one turn after another to a number of its own.
func (l *load) turns(t *testing.T, r *redis.Redis, w int) {
	p := storetest.Phone(t, fmt.Sprintf("01%02d", w))
	for i := 0; ; i++ {
		select {
		case <-l.stop:
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
			l.failed.Add(1)
			continue
		}
		l.acknowledged.Add(1)
		l.mu.Lock()
		l.kept[id] = true
		l.mu.Unlock()
	}
}

// until polls a condition, which gets the value that was before, for 20 s at most.
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

// A claim outlives the server: it can be settled after a restart, and one that couldn't be comes
// back when its lease ends, with the send that had begun on record.
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
