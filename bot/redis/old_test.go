package redis_test

import (
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// What has outlived its time is neither counted nor listed, though its id stands in a set that
// doesn't expire: else the metrics would show cases that nobody can find and close.
func TestWhatIsOldIsNotCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
		p := storetest.Phone(t, "0101")
		for id, ago := range map[string]int{"new": 29, "old": 31} {
			storetest.Turn(t, r, id, p, handlers.Effects{Cases: []handlers.Case{{
				ID: id, Channel: handlers.DeskChannel, Phone: p, Open: true,
				At: now.AddDate(0, 0, -ago),
			}}})
		}
		if n, err := r.OpenCases(t.Context()); n != 1 || err != nil {
			t.Errorf("%d cases are open, %v; want the new one", n, err)
		}
		for id, ago := range map[string]int{"failed": 89, "failed long ago": 91} {
			o := storetest.Row(t, id)
			storetest.Plan(t, r, id, nil, o)
			at := now.AddDate(0, 0, -ago)
			_, moved, err := r.Advance(t.Context(), id, handlers.Failed, "", "", at, time.Time{})
			if !moved || err != nil {
				t.Fatal(moved, err)
			}
		}
		all, err := r.Failed(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != "failed" {
			t.Errorf("failed rows %+v, %v", all, err)
		}
		if n, err := r.FailedTexts(t.Context()); n != 1 || err != nil {
			t.Errorf("%d failed rows are counted, %v", n, err)
		}
		// The list of numbers may hold one that has expired: it hides no other patient.
		lists, err := c.Keys(t.Context(), "{beacon}:last4:*").Result()
		if err != nil || len(lists) != 1 {
			t.Fatal(lists, err)
		}
		gone := goredis.Z{Score: float64(now.Add(time.Hour).UnixMilli()), Member: "gone"}
		if err := c.ZAdd(t.Context(), lists[0], gone).Err(); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Numbers(t.Context(), "0101"); err != nil || len(got) != 1 || got[0] != p {
			t.Errorf("%v, %v; want %v", got, err, p)
		}
	})
}

// An id whose hash has expired leaves its queue with the next claim, and a slot with the next look:
// it isn't claimed again and again, and nobody waits for it.
func TestWhatHasExpiredLeavesItsQueue(t *testing.T) {
	onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
		p := storetest.Phone(t, "0101")
		storetest.Turn(t, r, "1", p, handlers.Effects{
			Texts: []handlers.Outgoing{storetest.Row(t, "a"), storetest.Row(t, "b")},
			Posts: []handlers.Post{{ID: "a", Case: "c", Due: now}, {ID: "b", Case: "c", Due: now}},
			Slots: []handlers.Slot{
				{ID: "a", Start: now, State: handlers.SlotOpen, At: now, Next: now},
				{ID: "b", Start: now, State: handlers.SlotOpen, At: now, Next: now.Add(1e9)},
			},
		})
		expired := []string{"{beacon}:text:a", "{beacon}:post:a", "{beacon}:slot:a"}
		if n, err := c.Del(t.Context(), expired...).Result(); n != 3 || err != nil {
			t.Fatal(n, err)
		}
		storetest.Claim(t, r, now, "b")
		if n, err := r.Waiting(t.Context()); n != 1 || err != nil {
			t.Errorf("%d rows wait, %v; want b", n, err)
		}
		posts, err := r.ClaimPosts(t.Context(), false, now, 9, lease)
		if err != nil || len(posts) != 1 || posts[0].ID != "b" {
			t.Errorf("posts %+v, %v; want b", posts, err)
		}
		if next, err := r.NextPost(t.Context()); !next.Equal(now.Add(lease)) || err != nil {
			t.Errorf("the next post is due at %v, %v; want b's at the end of its lease", next, err)
		}
		if all, err := r.OpenSlots(t.Context()); len(all) != 1 || all[0].ID != "b" || err != nil {
			t.Errorf("slots %+v, %v; want b", all, err)
		}
		if next, err := r.NextSlot(t.Context()); !next.Equal(now.Add(1e9)) || err != nil {
			t.Errorf("the next slot is due at %v, %v; want b's", next, err)
		}
	})
}

// Earlier versions stored the times of a row in RFC 3339. An upgrade doesn't forget when a text was
// sent.
func TestTimesOfEarlierVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
		storetest.Plan(t, r, "1", nil, storetest.Row(t, "a"))
		for _, s := range []struct{ stored, want string }{
			{stored: "2026-12-01T15:00:00Z", want: "2026-12-01T15:00:00Z"},
			{stored: "2026-12-01T10:00:00.5-05:00", want: "2026-12-01T15:00:00.5Z"},
			{stored: "1796137200000", want: "2026-12-01T15:00:00Z"},
			{stored: "", want: "0001-01-01T00:00:00Z"},
			{stored: "yesterday", want: "0001-01-01T00:00:00Z"},
		} {
			damage(t, c, "{beacon}:text:a", "at", s.stored)
			damage(t, c, "{beacon}:text:a", "first", s.stored)
			o := storetest.Stored(t, r, "a")
			at, first := o.At.UTC().Format(time.RFC3339Nano), o.First.UTC().Format(time.RFC3339Nano)
			if at != s.want || first != s.want {
				t.Errorf("%q is %s and %s, want %s", s.stored, at, first, s.want)
			}
		}
	})
}

// A replica that has lost its master answers, but refuses to be read: it isn't ready.
func TestReady(t *testing.T) {
	s := redistest.Start(t, "no", "--replica-serve-stale-data", "no")
	r := open(t, s.URL())
	if err := r.Ready(t.Context()); err != nil {
		t.Errorf("a server that is well: %v", err)
	}
	cli(t, s, "REPLICAOF", "127.0.0.1", "1")
	if err := r.Ready(t.Context()); redis.Word(err) != "MASTERDOWN" {
		t.Errorf("%v, want MASTERDOWN", err)
	}
}

// In a Cluster the server that has the clinic's keys is asked about itself, and not any other.
func TestServerOfACluster(t *testing.T) {
	_, urls := redistest.Cluster(t)
	var homes int
	for url := range strings.SplitSeq(urls, ",") {
		c := raw(t, url)
		if c.Exists(t.Context(), "{beacon}:probe").Err() != nil {
			continue // another server has the clinic's keys
		}
		homes++
		if err := c.ConfigSet(t.Context(), "maxmemory", "77mb").Err(); err != nil {
			t.Fatal(err)
		}
	}
	if homes != 1 {
		t.Fatalf("%d servers have the clinic's keys", homes)
	}
	r := open(t, urls)
	for range 8 { // one that asks any server would be right by chance now and then
		got, err := r.Server(t.Context())
		if err != nil || got.Max != 77<<20 || got.Replica || got.Fsync != "everysec" {
			t.Errorf("%+v, %v", got, err)
		}
	}
}
