package redis_test

import (
	"os"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// lease is how long claims last.
const lease = storetest.Lease

var (
	now      = storetest.Now() // when the tests happen
	uncapped = gate.Caps{Now: now}
	unpaced  gate.Pace
)

// on runs a test on miniredis, which the sandbox has, and on a real server: the one that
// BEACON_TEST_REDIS names, whose database is emptied, or one of its own.
func on(t *testing.T, test func(t *testing.T, r *redis.Redis)) {
	t.Run("miniredis", func(t *testing.T) { test(t, open(t, "redis://"+miniredis.RunT(t).Addr())) })
	t.Run("redis-server", func(t *testing.T) { test(t, open(t, realURL(t))) })
}

// testPatience is the time that a command has in tests that aren't about it: a busy machine is
// slow.
const testPatience = 10 * time.Second

// open opens the store of the default clinic, whose clock stands at now.
func open(t testing.TB, url string) *redis.Redis {
	t.Helper()
	return openWith(t, redis.Config{URL: url, Patience: testPatience})
}

// openWith opens a store whose clock stands at now.
func openWith(t testing.TB, c redis.Config) *redis.Redis {
	t.Helper()
	if c.Keys == nil {
		c.Keys = keys(t, keyA)
	}
	return openClear(t, c)
}

// openClear opens a store that seals with the keys of its configuration alone.
func openClear(t testing.TB, c redis.Config) *redis.Redis {
	t.Helper()
	c.Now = func() time.Time { return now }
	r, err := redis.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// realURL returns the URL of a real server with nothing in it.
func realURL(t testing.TB) string {
	t.Helper()
	url := os.Getenv("BEACON_TEST_REDIS")
	if url == "" {
		return redistest.Start(t, "everysec").URL()
	}
	o, err := goredis.ParseURL(url)
	if err != nil {
		t.Fatal("BEACON_TEST_REDIS:", err)
	}
	c := goredis.NewClient(o)
	defer func() { _ = c.Close() }()
	if err := c.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal("BEACON_TEST_REDIS:", err)
	}
	return url
}
