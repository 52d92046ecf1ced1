package redis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// onBoth runs a test on miniredis and on a real server, with a raw client that sees what is stored.
func onBoth(t *testing.T, test func(t *testing.T, r *redis.Redis, c *goredis.Client)) {
	for name, url := range map[string]string{
		"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t, url), raw(t, url)) })
	}
}

// whoIs returns what keys call the one number that a server knows.
func whoIs(t *testing.T, c *goredis.Client) string {
	t.Helper()
	const stem = "{beacon}:phone:"
	all, err := c.Keys(t.Context(), stem+"*").Result()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return strings.TrimPrefix(all[0], stem)
}

// lasts checks that a key is kept for at least so long, less a minute for a busy machine.
func lasts(t *testing.T, c *goredis.Client, key string, want time.Duration) {
	t.Helper()
	left, err := c.TTL(t.Context(), key).Result()
	if left < want-time.Minute || err != nil {
		t.Errorf("%s is kept for %v, %v; want %v", key, left, err, want)
	}
}

// The sets of a number that is in use for years don't grow for ever: ids of visits, cases and texts
// are dropped once these have expired, and only the last 100 changes of consent are kept.
func TestWhatANumberKeepsIsBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
		p, ctx := storetest.Phone(t, "0101"), t.Context()
		kase := func(id string) handlers.Case {
			return handlers.Case{
				ID:      id,
				Phone:   p,
				Channel: handlers.DeskChannel,
				Open:    true,
				At:      now,
			}
		}
		storetest.Turn(t, r, "1", p, handlers.Effects{
			Visits: []handlers.Visit{{ID: "v1", Phone: p, Start: now.AddDate(0, 0, -91)}},
			Cases:  []handlers.Case{kase("c1"), kase("c2")},
		})
		who := whoIs(t, c)
		ageKeys(t, c, who)
		for i := range 120 {
			storetest.Turn(t, r, fmt.Sprint("consent", i), p, handlers.Effects{
				Consent: &handlers.Consent{Out: true, At: now},
			})
		}
		// It was last extended, and cleared of what has expired, an hour ago or more.
		if err := c.Expire(ctx, "{beacon}:of:"+who, time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		o := storetest.Row(t, "r2")
		storetest.Turn(t, r, "2", p, handlers.Effects{
			Visits: []handlers.Visit{{ID: "v2", Phone: p, Start: now}},
			Cases:  []handlers.Case{kase("c3")},
			Texts:  []handlers.Outgoing{o},
		})
		cases, err := c.SMembers(ctx, "{beacon}:cases:"+who).Result()
		if slices.Sort(cases); !slices.Equal(cases, []string{"c2", "c3"}) || err != nil {
			t.Errorf("cases %v %v", cases, err)
		}
		for set, want := range map[string][]string{
			"{beacon}:visits:" + who:   {"v2"},
			"{beacon}:texts:of:" + who: {"r2"},
			"{beacon}:unasked:" + who:  {},
		} {
			if got, err := c.ZRange(ctx, set, 0, -1).Result(); !slices.Equal(got, want) ||
				err != nil {
				t.Errorf("%s holds %v %v, want %v", set, got, err, want)
			}
		}
		index, err := c.ZRange(ctx, "{beacon}:of:"+who, 0, -1).Result()
		if slices.Contains(index, "old") || !slices.Contains(index, "case:c3") || err != nil {
			t.Errorf("the index holds %v %v", index, err)
		}
		if n, err := c.LLen(ctx, "{beacon}:consents:"+who).Result(); n != 20 ||
			err != nil {
			t.Errorf("%d changes of consent, %v; want the last 20", n, err)
		}
		if !storetest.Peek(t, r, p).Consent.Out {
			t.Error("the opt-out is lost")
		}
		lasts(t, c, "{beacon}:cases:"+who, 30*24*time.Hour)
		lasts(t, c, "{beacon}:of:"+who, 30*24*time.Hour)
	})
}

// ageKeys has the case c1 expire, and adds members that have outlived their time to the sets of a
// number.
func ageKeys(t *testing.T, c *goredis.Client, who string) {
	t.Helper()
	ctx := t.Context()
	if err := c.Del(ctx, "{beacon}:case:c1").Err(); err != nil {
		t.Fatal(err)
	}
	for set, at := range map[string]time.Time{
		"{beacon}:unasked:" + who:  now.AddDate(0, 0, -401),
		"{beacon}:texts:of:" + who: now.AddDate(0, 0, -91),
		"{beacon}:of:" + who:       now.Add(-time.Second), // it expired then
	} {
		old := goredis.Z{Score: float64(at.UnixMilli()), Member: "old"}
		if err := c.ZAdd(ctx, set, old).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// A post that is retried for weeks, while the desk can't be reached, doesn't expire, and neither
// does its case.
func TestAPostIsKeptWhileItIsTried(t *testing.T) {
	onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
		p := storetest.Phone(t, "0101")
		storetest.Turn(t, r, "1", p, handlers.Effects{
			Cases: []handlers.Case{
				{ID: "c1", Phone: p, Channel: handlers.DeskChannel, Open: true, At: now},
			},
			Posts: []handlers.Post{{ID: "a", Case: "c1", Do: desk.PostCard, Due: now}},
		})
		for _, key := range []string{"{beacon}:post:a", "{beacon}:case:c1"} {
			// Most of its time is over.
			if err := c.Expire(t.Context(), key, time.Hour).Err(); err != nil {
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
		lasts(t, c, "{beacon}:post:a", 7*24*time.Hour)
		lasts(t, c, "{beacon}:case:c1", 30*24*time.Hour)
	})
}

// What is tried again is due no sooner than it was put off to, by less than a millisecond either:
// else it would meet the very pause that it waits for.
func TestNothingIsTriedAgainTooSoon(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		for _, again := range []time.Duration{
			time.Second, time.Second + time.Nanosecond, time.Second + 999_999*time.Nanosecond,
		} {
			p, id, at := storetest.Phone(t, "0101"), again.String(), now.Truncate(time.Millisecond)
			o := storetest.Row(t, "row"+id)
			o.To, o.Due = p, at
			storetest.Turn(t, r, id, p, handlers.Effects{
				Cases: []handlers.Case{{ID: id, Phone: p, Channel: handlers.DeskChannel, At: at}},
				Posts: []handlers.Post{{ID: id, Case: id, Do: desk.PostCard, Due: at}},
				Texts: []handlers.Outgoing{o},
			})
			posts, err := r.ClaimPosts(t.Context(), false, at, 1, time.Minute)
			if err != nil || len(posts) != 1 {
				t.Fatalf("%v %v", posts, err)
			}
			if err := r.SettlePost(t.Context(), posts[0], desk.Posted{Again: at.Add(again)}); err != nil {
				t.Fatal(err)
			}
			if next, err := r.NextPost(t.Context()); err != nil || next.Before(at.Add(again)) {
				t.Errorf("a post put off by %v is due after %v, %v", again, next.Sub(at), err)
			}
			rows, err := r.Claim(t.Context(), at, 1, gate.Pace{}, time.Minute)
			if err != nil || len(rows) != 1 {
				t.Fatalf("%v %v", rows, err)
			}
			rows[0].Due = at.Add(again)
			if ok, err := r.Settle(t.Context(), rows[0].Outgoing); err != nil || !ok {
				t.Fatal(ok, err)
			}
			if next, err := r.Next(t.Context(), gate.Pace{}); err != nil || next.Before(at.Add(again)) {
				t.Errorf("a text put off by %v is due after %v, %v", again, next.Sub(at), err)
			}
			posts, _ = r.ClaimPosts(t.Context(), false, at.Add(time.Hour), 1, time.Minute)
			_ = r.SettlePost(t.Context(), posts[0], desk.Posted{})
			rows, _ = r.Claim(t.Context(), at.Add(time.Hour), 1, gate.Pace{}, time.Minute)
			rows[0].State = handlers.Skipped
			_, _ = r.Settle(t.Context(), rows[0].Outgoing)
		}
	})
}
