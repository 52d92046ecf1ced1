package redis_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// The store has every behaviour of storetest, on every kind of Redis. Each has a clinic of its own
// on the same server, so that it begins with nothing.
func TestStore(t *testing.T) {
	for _, c := range []struct {
		name string
		url  func(t *testing.T) string
	}{
		{name: "miniredis", url: func(t *testing.T) string {
			return "redis://" + miniredis.RunT(t).Addr()
		}},
		{name: "redis-server", url: func(t *testing.T) string { return realURL(t) }},
		{name: "Cluster", url: func(t *testing.T) string {
			_, url := redistest.Cluster(t)
			return url
		}},
		{name: "Sentinels", url: func(t *testing.T) string { return redistest.Sentinels(t).URL() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := c.url(t)
			var clinics atomic.Int64
			storetest.Run(t, func(t *testing.T) storetest.Store {
				return openWith(t, redis.Config{
					URL: url, Clinic: fmt.Sprint("clinic", clinics.Add(1)), Patience: testPatience,
				})
			})
		})
	}
}
