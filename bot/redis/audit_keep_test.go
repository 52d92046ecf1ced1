package redis_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// A rotation seals the entries anew, while acts are written down, and the chain holds.
func TestAuditOutlivesARotation(t *testing.T) {
	url := realURL(t)
	old := openWith(t, redis.Config{URL: url, Keys: keys(t, keyA+","+keyB), Patience: testPatience})
	fresh := openWith(t, redis.Config{URL: url, Keys: keys(t, keyB+","+keyA), Patience: testPatience})
	record(t, old, "e1", "e2", "e3")
	head, err := old.AuditHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 30 {
			record(t, old, fmt.Sprint("while ", i))
		}
	})
	if _, err := fresh.Rotate(t.Context(), func(int, int) {}); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if out, err := fresh.Rotate(t.Context(), func(int, int) {}); err != nil || len(out.Left) > 0 {
		t.Errorf("%+v %v", out, err)
	}
	last := openWith(t, redis.Config{URL: url, Keys: keys(t, keyB), Patience: testPatience})
	if v := verified(t, last, head); v.Broken != 0 || v.Entries != 33 {
		t.Errorf("%+v", v)
	}
	if _, err := openWith(t, redis.Config{URL: url, Keys: keys(t, keyA)}).Verify(t.Context(), head); err == nil {
		t.Error("the old key still opens it")
	}
}

// What outlived its time goes from the front, by whole days, and the rest can be verified still.
func TestAuditIsTrimmed(t *testing.T) {
	const day = 24 * time.Hour
	for name, url := range map[string]string{
		"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			clock := now
			r, err := redis.Open(redis.Config{
				URL: url, Keys: keys(t, keyA), Patience: testPatience,
				Now: func() time.Time { return clock },
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = r.Close() })
			for i := range 4 { // two acts a day, on every third day
				record(t, r, fmt.Sprint("a", i), fmt.Sprint("b", i))
				clock = clock.Add(3 * day)
			}
			clock = now.Add(-time.Hour) // another process' clock is behind
			record(t, r, "behind")
			head, _ := r.AuditHead(t.Context())
			for _, step := range []struct {
				after            time.Duration // since the first day
				trimmed, entries int64
			}{
				{2192 * day, 0, 9},
				{2193 * day, 2, 7},
				{2193 * day, 2, 7},
				{2197 * day, 4, 5},
				{2201 * day, 6, 3},
				{3000 * day, 9, 0},
			} {
				clock = now.Add(step.after)
				if err := r.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				v := verified(t, r, head)
				if v.Broken != 0 || v.Trimmed != step.trimmed || v.Entries != step.entries {
					t.Errorf("after %v: %+v, want %d, %d", step.after, v, step.trimmed, step.entries)
				}
			}
			record(t, r, "later")
			if v := verified(t, r, head); v.Broken != 0 || v.Entries != 1 || v.First.N != 10 {
				t.Errorf("later: %+v", v)
			}
			days := slices.DeleteFunc(stored(t, raw(t, url)), func(key string) bool {
				return !strings.HasPrefix(key, "{beacon}:audit:")
			})
			if len(days) != 1 {
				t.Errorf("left are %v", days)
			}
		})
	}
}

// Who did what is kept of a number that is erased: it holds none of its words, and not the number.
func TestEraseKeepsTheAudit(t *testing.T) {
	url := realURL(t)
	r, p := open(t, url), storetest.Phone(t, "0101")
	fillMarked(t, r, p)
	record(t, r, "e1", "e2")
	if _, err := r.Erase(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if v := verified(t, r, redis.Head{}); v.Broken != 0 || v.Entries != 2 {
		t.Errorf("%+v", v)
	}
	for _, l := range leaks(t, raw(t, url), p) {
		t.Errorf("it shows\n%s", l)
	}
}
