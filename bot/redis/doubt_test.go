package redis_test

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// A restarted server may have forgotten its last writes. Each row whose text may have left before
// that is claimed with a doubt, for a day.
func TestClaimAfterTheServerWasStartedAnew(t *testing.T) {
	s := redistest.Start(t, "always")
	at := now
	r, err := redis.Open(redis.Config{URL: s.URL(), Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	doubt := func(id string, asked bool, due time.Time) handlers.Doubt {
		t.Helper()
		o := storetest.Row(t, id)
		o.Unasked, o.Due = !asked, due
		storetest.Plan(t, r, "plan "+id, nil, o)
		got := storetest.Claim(t, r, at, id)
		storetest.Settle(t, r, got[0], handlers.Skipped)
		return got[0].Doubt
	}
	if d := doubt("r1", false, at); d != (handlers.Doubt{}) {
		t.Errorf("%+v before anything happened", d)
	}
	seen := at
	threeQueues(t, r, at.Add(time.Minute))
	s.Kill()
	s.Run()
	until(t, func(int64) bool { return r.Ready(t.Context()) == nil }, 0)
	at = at.Add(time.Minute)
	again := at // when the server is found to be another, by the desk's queue
	if _, err := r.ClaimPosts(t.Context(), false, at, 64, lease); err != nil {
		t.Fatal(err)
	}
	at = at.Add(2 * time.Second)
	want := handlers.Doubt{From: seen, Until: again.Add(lease)}
	for _, o := range storetest.Claim(t, r, at, "alarm asked due") {
		if !same(o.Doubt, want) {
			t.Errorf("%s, due before: %+v, want %+v", o.ID, o.Doubt, want)
		}
		storetest.Settle(t, r, o, handlers.Skipped)
	}
	for _, c := range []struct {
		id    string
		asked bool
		after time.Duration
		doubt bool
	}{
		{id: "an unasked one, planned anew", after: time.Hour, doubt: true},
		{id: "an asked one of later", asked: true, after: 2 * time.Hour},
		{id: "the day after", after: 25 * time.Hour},
	} {
		at = again.Add(c.after)
		if got := doubt(c.id, c.asked, at); same(got, want) != c.doubt ||
			!c.doubt && got != (handlers.Doubt{}) {
			t.Errorf("%s: %+v", c.id, got)
		}
	}
}

// same reports whether two doubts are of the same time.
func same(a, b handlers.Doubt) bool { return a.From.Equal(b.From) && a.Until.Equal(b.Until) }

// threeQueues plans a row of each queue: "alarm", "asked", "due".
func threeQueues(t *testing.T, r *redis.Redis, due time.Time) {
	t.Helper()
	for id, as := range map[string]func(*handlers.Outgoing){
		"alarm": func(o *handlers.Outgoing) { o.Unasked, o.Alarm = false, true },
		"asked": func(o *handlers.Outgoing) { o.Unasked = false },
		"due":   func(*handlers.Outgoing) {},
	} {
		waits := storetest.Row(t, id)
		waits.Due = due
		as(&waits)
		storetest.Plan(t, r, "plan "+id, nil, waits)
	}
}
