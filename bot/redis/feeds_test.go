package redis_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// One bot at a time looks at a feed, and what it found is stored by whoever has the feed then.
func TestFeed(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		claim := func(by string, at time.Time, want bool) {
			t.Helper()
			got, err := r.ClaimFeed(t.Context(), "main", by, at, time.Minute)
			if err != nil || got != want {
				t.Fatalf("%s has it: %v %v", by, got, err)
			}
		}
		f, err := r.Feed(t.Context(), "main")
		if err != nil || f.Name != "main" || !f.Tried.IsZero() {
			t.Fatal(f, err)
		}
		claim("a", now, true)
		claim("a", now, true)
		claim("b", now.Add(59*time.Second), false)
		f.Why, f.Missing, f.Tried = "why", []string{"x"}, now
		if err := r.StoreFeed(t.Context(), f, "a"); err != nil {
			t.Fatal(err)
		}
		claim("b", now.Add(59*time.Second), true) // a has given it up
		claim("a", now.Add(3*time.Minute), true)  // b's lease is over
		if err := r.StoreFeed(t.Context(), handlers.Feed{Name: "main"}, "b"); err == nil {
			t.Error("b stores what a has by now")
		}
		got, err := r.Feed(t.Context(), "main")
		if err != nil || got.Why != "why" || len(got.Missing) != 1 || !got.Tried.Equal(now) {
			t.Error(got, err)
		}
	})
}

func TestLinks(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		a, b := storetest.Phone(t, "0101"), storetest.Phone(t, "0102")
		link := func(feed, code string, p handlers.Phone) {
			t.Helper()
			l := handlers.Link{Feed: feed, Code: code, Phone: p, Name: "Ana", At: now}
			if err := r.Link(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		links := func(want int, first handlers.Phone) {
			t.Helper()
			all, err := r.Links(t.Context(), "main")
			if err != nil || len(all) != want || want > 0 && all[0].Phone != first {
				t.Errorf("%+v %v", all, err)
			}
		}
		link("main", "x", a)
		link("other", "x", b)
		links(1, a)
		link("main", "x", b) // corrected
		links(1, b)
		if known, err := r.Known(t.Context(), a); err != nil || len(known.Links) != 0 {
			t.Errorf("%+v %v", known.Links, err)
		}
		if known, err := r.Known(t.Context(), b); err != nil || len(known.Links) != 2 {
			t.Errorf("%+v %v", known.Links, err)
		}
		link("main", "x", handlers.Phone{})
		links(0, a)
		link("main", "y", a)
		if _, err := r.Erase(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		links(0, a)
	})
}
