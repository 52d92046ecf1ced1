package redis_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
)

// Of rows that would tell the on-call phone at the same time, one does.
func TestTakeRing(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		for _, step := range []struct {
			name     string
			kind, id string
			due, at  time.Duration // after now
			over     string
			want     string        // the row that stays,
			since    time.Duration // and when it told
		}{
			{name: "the first", kind: "text", id: "a", at: 0, want: "a", since: 0},
			{name: "itself again", kind: "text", id: "a", at: 5 * time.Second, want: "a", since: 5 * time.Second},
			{
				name: "another within the gap", kind: "text", id: "b",
				due: 30 * time.Second, at: 40 * time.Second, want: "a", since: 5 * time.Second,
			},
			{
				name: "a call, which has rounds of its own", kind: "call", id: "c",
				at: 40 * time.Second, want: "c", since: 40 * time.Second,
			},
			{
				name: "one that was to leave before", kind: "text", id: "b",
				due: 5 * time.Second, at: time.Hour, want: "a", since: 5 * time.Second,
			},
			{
				name: "the gap is over", kind: "text", id: "b",
				due: 30 * time.Second, at: 65 * time.Second, want: "b", since: 65 * time.Second,
			},
			{
				name: "the one before came to nothing", kind: "text", id: "d", over: "b",
				due: 66 * time.Second, at: 66 * time.Second, want: "d", since: 66 * time.Second,
			},
		} {
			got, err := r.TakeRing(t.Context(), desk.Ring{
				ID: step.id, Kind: step.kind, Due: now.Add(step.due), At: now.Add(step.at),
			}, time.Minute, step.over)
			if err != nil || got.ID != step.want || !got.At.Equal(now.Add(step.since)) {
				t.Fatalf("%s: %q at %v, %v; want %q at %v", step.name, got.ID, got.At.Sub(now), err,
					step.want, step.since)
			}
		}
	})
}

// A post that is tried for weeks, while the desk can't be reached, is kept with its case.
func TestAPostIsKeptWhileItIsTried(t *testing.T) {
	for _, url := range []string{"redis://" + miniredis.RunT(t).Addr(), realURL(t)} {
		r, p := open(t, url), phone(t, "0101")
		o, err := goredis.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		raw := goredis.NewClient(o)
		t.Cleanup(func() { _ = raw.Close() })
		turn(t, r, "1", p, handlers.Effects{
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
