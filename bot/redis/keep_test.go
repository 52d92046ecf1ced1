package redis_test

import (
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// A number that is in use for years keeps no ids of visits and cases that are forgotten.
func TestWhatANumberHasIsForgottenWithIt(t *testing.T) {
	for _, url := range []string{"redis://" + miniredis.RunT(t).Addr(), realURL(t)} {
		r, p := open(t, url), storetest.Phone(t, "0101")
		o, err := goredis.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		raw := goredis.NewClient(o)
		t.Cleanup(func() { _ = raw.Close() })
		open := func(id string) handlers.Case {
			c := handlers.Case{ID: id, Phone: p, Channel: handlers.DeskChannel, Open: true}
			c.At = now
			return c
		}
		storetest.Turn(t, r, "1", p, handlers.Effects{
			Visits: []handlers.Visit{{ID: "v1", Phone: p, Start: now.AddDate(0, 0, -91)}},
			Cases:  []handlers.Case{open("c1"), open("c2")},
		})
		if err := raw.Del(t.Context(), "{beacon}:case:c1").Err(); err != nil { // its time is over
			t.Fatal(err)
		}
		storetest.Turn(t, r, "2", p, handlers.Effects{
			Visits: []handlers.Visit{{ID: "v2", Phone: p, Start: now}},
			Cases:  []handlers.Case{open("c3")},
		})
		visits, err1 := raw.ZRange(t.Context(), "{beacon}:visits:+12125550101", 0, -1).Result()
		cases, err2 := raw.SMembers(t.Context(), "{beacon}:cases:+12125550101").Result()
		slices.Sort(cases)
		if !slices.Equal(visits, []string{"v2"}) || !slices.Equal(cases, []string{"c2", "c3"}) {
			t.Errorf("visits %v, cases %v: %v %v", visits, cases, err1, err2)
		}
		left, err := raw.TTL(t.Context(), "{beacon}:cases:+12125550101").Result()
		if left < 29*24*time.Hour || err != nil {
			t.Errorf("the cases are kept for %v, %v", left, err)
		}
	}
}
