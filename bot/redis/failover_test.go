package redis_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// A Cluster's server that holds the clinic's keys dies: its replica takes its place, and the store
// goes on without the dead one.
func TestClusterFailover(t *testing.T) {
	t.Parallel()
	holder, url := redistest.Holder(t, "{beacon}", 1)
	r, err := redis.Open(redis.Config{URL: url, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if err := r.Writable(t.Context()); err != nil {
		t.Fatal(err)
	}
	holder.Kill()
	began := time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = r.Writable(t.Context()); err == nil {
			t.Logf("it goes on after %v", time.Since(began))
			return
		}
		if time.Since(began) > 40*time.Second { // go-redis alone looks once a minute
			t.Fatal("it doesn't go on: ", err)
		}
		<-tick.C
	}
}
