package redis_test

import (
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// A connection is cut after the server has run a script, and before its answer is heard. What
// claims or counts isn't run again: the caller gets an error, which leaves the outcome open.
func TestCutConnectionRunsNothingTwice(t *testing.T) {
	before := func(t *testing.T, server string) (*redistest.Proxy, string) {
		port := redistest.FreePort(t)
		return redistest.NewProxy(t, port, server), "redis://127.0.0.1:" + port
	}
	for _, c := range []struct {
		name string
		open func(t *testing.T) (proxy *redistest.Proxy, url string)
	}{
		{name: "miniredis", open: func(t *testing.T) (*redistest.Proxy, string) {
			return before(t, miniredis.RunT(t).Port())
		}},
		{name: "redis-server", open: func(t *testing.T) (*redistest.Proxy, string) {
			return before(t, redistest.Start(t, "always").Port())
		}},
		{name: "Cluster", open: func(t *testing.T) (*redistest.Proxy, string) {
			return redistest.Alone(t)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			proxy, url := c.open(t)
			r := open(t, url)
			warm(t, r)
			t.Run("claim of texts", func(t *testing.T) { cutClaim(t, proxy, r) })
			t.Run("claim of posts", func(t *testing.T) { cutPosts(t, proxy, r) })
			t.Run("begin", func(t *testing.T) { cutBegin(t, proxy, r) })
			t.Run("a turn", func(t *testing.T) { cutTurn(t, proxy, r) })
			if proxy.Cuts() != 4 {
				t.Errorf("%d connections were cut: the test shows nothing", proxy.Cuts())
			}
		})
	}
}

// warm runs every script once. A server that doesn't know a script yet gets a second call, which
// would hide what the test looks for.
func warm(t *testing.T, r *redis.Redis) {
	t.Helper()
	storetest.Plan(t, r, "warm", nil, storetest.Row(t, "warm"))
	o := storetest.Claim(t, r, now, "warm")[0]
	storetest.Begin(t, r, &o, uncapped)
	storetest.Settle(t, r, o, handlers.Sent)
	if _, err := r.ClaimPosts(t.Context(), false, now, 1, lease); err != nil {
		t.Fatal(err)
	}
}

func cutClaim(t *testing.T, proxy *redistest.Proxy, r *redis.Redis) {
	storetest.Plan(t, r, "c", nil, storetest.Row(t, "c1"), storetest.Row(t, "c2"))
	proxy.CutAfter("evalsha")
	if got, err := r.Claim(t.Context(), now, 1, unpaced, lease); err == nil {
		t.Errorf("claimed %d with nobody to tell", len(got))
	}
	// The script that ran has claimed one, and no other has run.
	for _, o := range storetest.Claim(t, r, now, "c2") {
		storetest.Settle(t, r, o, handlers.Skipped)
	}
	for _, o := range storetest.Claim(t, r, now.Add(lease), "c1") {
		storetest.Settle(t, r, o, handlers.Skipped)
	}
}

func cutPosts(t *testing.T, proxy *redistest.Proxy, r *redis.Redis) {
	posts := []handlers.Post{{ID: "p1", Due: now}, {ID: "p2", Due: now}}
	storetest.Turn(t, r, "p", storetest.Phone(t, "0101"), handlers.Effects{Posts: posts})
	proxy.CutAfter("evalsha")
	if got, err := r.ClaimPosts(t.Context(), false, now, 1, lease); err == nil {
		t.Errorf("claimed %d with nobody to tell", len(got))
	}
	if got, err := r.ClaimPosts(t.Context(), false, now, 9, lease); len(got) != 1 || err != nil {
		t.Errorf("%v %v: want the other one", got, err)
	}
}

func cutBegin(t *testing.T, proxy *redistest.Proxy, r *redis.Redis) {
	day := gate.Pace{Day: "d", PerDay: 2, Ends: now.Add(lease)}
	storetest.Plan(t, r, "b", nil, storetest.Row(t, "b1"), storetest.Row(t, "b2"))
	rows := storetest.Claim(t, r, now, "b1 b2")
	first := rows[0]
	first.Tries++
	proxy.CutAfter("evalsha")
	b, err := r.Begin(t.Context(), first.Outgoing, first.Known, uncapped, day, lease)
	if err == nil {
		t.Errorf("%+v: want that it isn't known", b)
	}
	rows[1].Known = storetest.Peek(t, r, rows[1].To)
	if b := beginAt(t, r, rows[1], now, day); b.Answer != gate.Ready {
		t.Errorf("%+v: the first one was counted twice", b)
	}
}

// A turn is tried again, and finds by its event's id that it was written.
func cutTurn(t *testing.T, proxy *redistest.Proxy, r *redis.Redis) {
	p := storetest.Phone(t, "0102")
	reply := handlers.Reply{Kind: "answer", Bodies: []string{"We are open."}}
	storetest.Turn(t, r, "t0", p, handlers.Effects{})
	proxy.CutAfter("rpush")
	got, _, err := r.Turn(t.Context(), "t1", p, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Reply: reply, Consent: &handlers.Consent{Out: true, At: now}}, nil
	})
	if err != nil || len(got.Bodies) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	if all, err := r.Consents(t.Context(), p); len(all) != 1 || err != nil {
		t.Errorf("%v %v: want it written once", all, err)
	}
}
