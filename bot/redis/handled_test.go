package redis_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// What the carrier signed is handled once, for as long as it can be believed: also when its reply
// is forgotten, and when its number is.
func TestASignedEventIsHandledOnceForAsLongAsItIsBelieved(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name  string
		once  bool
		erase bool
		after time.Duration
		again bool
		reply string // its kind
	}{
		{name: "soon", once: true, after: day, again: true, reply: "answer"},
		{name: "its reply is forgotten", once: true, after: 4 * day, again: true},
		{name: "a year later", once: true, after: 399 * day, again: true},
		{name: "longer than the token is to stand", once: true, after: 401 * day},
		{name: "an event of our own", after: 4 * day},
		{name: "its number is erased", once: true, erase: true, after: 4 * day, again: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := miniredis.RunT(t)
			r := open(t, "redis://"+server.Addr())
			p := storetest.Phone(t, "0101")
			storetest.Turn(t, r, "SM1", p, handlers.Effects{
				Once: c.once, Reply: handlers.Reply{Kind: "answer"},
				Consent: &handlers.Consent{At: now},
			})
			if c.erase {
				if _, err := r.Erase(t.Context(), p); err != nil {
					t.Fatal(err)
				}
			}
			server.FastForward(c.after)
			decided := false
			reply, again, err := r.Turn(t.Context(), "SM1", p,
				func(handlers.State) (handlers.Effects, error) {
					decided = true
					return handlers.Effects{}, nil
				})
			want := handlers.Reply{Kind: c.reply}
			if err != nil || again != c.again || decided == c.again ||
				!reflect.DeepEqual(reply, want) {
				t.Errorf("again %v, decided %v, %+v, %v", again, decided, reply, err)
			}
		})
	}
}

// BenchmarkHandled measures the memory of Redis that it takes to know of one text that it was
// handled.
func BenchmarkHandled(b *testing.B) {
	server := redistest.Start(b, "no")
	r, c := openWith(b, redis.Config{URL: server.URL()}), raw(b, server.URL())
	const texts = 10_000
	used := func() int64 {
		s, err := r.Server(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		return s.Used
	}
	before := used()
	for i := range texts {
		key := fmt.Sprintf("{beacon}:handled:SM%032x", i)
		if err := c.Set(b.Context(), key, "", 400*24*time.Hour).Err(); err != nil {
			b.Fatal(err)
		}
	}
	bytes := float64(used()-before) / texts
	for b.Loop() {
		if _, err := r.Server(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(bytes, "B/text")
}
