package redis_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// A server that comes back empty is given the secret of the names again by the bot that runs on, so
// a bot that starts later finds what this one stored in between.
func TestNamesOutliveAnEmptyServer(t *testing.T) {
	server := miniredis.RunT(t)
	url, p := "redis://"+server.Addr(), storetest.Phone(t, "0101")
	r := open(t, url)
	storetest.Turn(t, r, "1", p, handlers.Effects{})
	server.FlushAll()
	storetest.Turn(t, r, "2", p, handlers.Effects{Consent: &handlers.Consent{Out: true}})
	if _, err := r.Announce(t.Context(), redis.Bot{ID: "host"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	if !storetest.Peek(t, open(t, url), p).Consent.Out {
		t.Error("a later bot doesn't see the opt-out")
	}
}

// A Redis that holds what was stored before numbers were hashed is refused: its opt-outs would never
// be found.
func TestWhatAnEarlierVersionStoredIsRefused(t *testing.T) {
	server := miniredis.RunT(t)
	if _, err := server.ZAdd("{beacon}:visits", 1, "v1"); err != nil {
		t.Fatal(err)
	}
	r := open(t, "redis://"+server.Addr())
	if _, err := r.Sealed(t.Context()); !errors.Is(err, redis.ErrEarlier) {
		t.Error(err)
	}
	if _, err := r.Peek(t.Context(), storetest.Phone(t, "0101")); !errors.Is(err, redis.ErrEarlier) {
		t.Error(err)
	}
	if server.Exists("{beacon}:names") {
		t.Error("the next start would let it pass")
	}
}

// Bots that start at once agree on the names.
func TestNamesAreMadeOnce(t *testing.T) {
	url, p := realURL(t), storetest.Phone(t, "0101")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			storetest.Turn(t, open(t, url), fmt.Sprint(i), p, handlers.Effects{})
		})
	}
	wg.Wait()
	if v := storetest.Peek(t, open(t, url), p).Version; v != "8" {
		t.Errorf("version %s, want all 8 turns in one place", v)
	}
}
