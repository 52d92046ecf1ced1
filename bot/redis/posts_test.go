package redis_test

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
	goredis "github.com/redis/go-redis/v9"
)

// A post that is tried for weeks, while the desk can't be reached, is kept with its case.
func TestAPostIsKeptWhileItIsTried(t *testing.T) {
	for _, url := range []string{"redis://" + miniredis.RunT(t).Addr(), realURL(t)} {
		r, p := open(t, url), storetest.Phone(t, "0101")
		o, err := goredis.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		raw := goredis.NewClient(o)
		t.Cleanup(func() { _ = raw.Close() })
		storetest.Turn(t, r, "1", p, handlers.Effects{
			Cases: []handlers.Case{{ID: "c1", Phone: p, Channel: handlers.DeskChannel, Open: true, At: now}},
			Posts: []handlers.Post{{ID: "a", Case: "c1", Do: desk.PostCard, Due: now}},
		})
		keys := map[string]time.Duration{
			"{beacon}:post:a": 7 * 24 * time.Hour, "{beacon}:case:c1": 30 * 24 * time.Hour,
		}
		for key := range keys {
			if err := raw.Expire(t.Context(), key, time.Hour).Err(); err != nil { // most of it is over
				t.Fatal(err)
			}
		}
		posts, err := r.ClaimPosts(t.Context(), false, now, 10, time.Minute)
		if err != nil || len(posts) != 1 {
			t.Fatalf("%v %v", posts, err)
		}
		again := desk.Posted{Again: now.Add(time.Minute), Hold: true}
		if err := r.SettlePost(t.Context(), posts[0], again); err != nil {
			t.Fatal(err)
		}
		for key, want := range keys {
			if left, err := raw.TTL(t.Context(), key).Result(); left < want-time.Minute || err != nil {
				t.Errorf("%s is kept for %v, %v; want %v", key, left, err, want)
			}
		}
	}
}
