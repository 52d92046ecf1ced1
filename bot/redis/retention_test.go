package redis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// Nothing is found in a dump that is older than its time, but ids in queues, which whoever claims
// next drops. An opt-out is kept for good.
func TestNothingOutlivesItsTime(t *testing.T) {
	const day = 24 * time.Hour
	server, at := miniredis.RunT(t), now
	r, err := redis.Open(redis.Config{
		URL: "redis://" + server.Addr(), Keys: keys(t, keyA), Patience: testPatience,
		Now: func() time.Time { return at },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	p, stranger, c := storetest.Phone(t, "0101"), storetest.Phone(t, "0177"), raw(t, "redis://"+server.Addr())
	fillMarked(t, r, p)
	storetest.Turn(t, r, "hello", stranger, handlers.Effects{})
	err = r.SetOwnPhone(t.Context(), handlers.OwnPhone{User: "U1", Phone: p})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range storetest.Claim(t, r, now, "waits") { // a row that ends
		storetest.Begin(t, r, &c, uncapped)
		c.SID = "SM2"
		storetest.Settle(t, r, c, handlers.Delivered)
	}
	// What is there after how long: the first parts of its keys.
	for _, step := range []struct {
		after time.Duration
		left  string
	}{
		{
			after: time.Hour,
			left: "back backs case cases changed consent consents done draft feed handled last4 layout links names " +
				"of offers out own pace phone post posts proposals question questions reach said server slot " +
				"slots talk text texts turn unasked visit visits waitlist words",
		},
		{
			after: 25 * time.Hour,
			left: "back backs case cases changed consent consents done feed handled last4 layout links names " +
				"of offers out own pace phone post posts proposals question questions reach said server slot " +
				"slots text texts turn unasked visit visits waitlist words",
		},
		{
			after: 4 * day,
			left: "back backs case cases changed consent consents feed handled last4 layout links names of out own " +
				"phone post posts proposals question questions reach said server slot slots text texts " +
				"unasked visit visits waitlist",
		},
		{
			after: 8 * day,
			left: "backs case cases changed consent consents feed handled last4 layout links names of out own " +
				"phone posts proposals question questions reach said server slot slots text texts unasked " +
				"visit visits waitlist",
		},
		{
			after: 31 * day,
			left: "backs changed consent consents feed handled last4 layout links names of out own phone posts " +
				"proposals question questions reach server slots text texts unasked visit visits " +
				"waitlist",
		},
		{
			after: 92 * day,
			left: "backs changed consent consents handled last4 layout links names out own phone posts proposals " +
				"reach server slots unasked waitlist",
		},
		{
			after: 181 * day,
			left: "backs changed consent consents handled last4 layout links names out own phone posts proposals " +
				"reach server slots unasked",
		},
		{
			after: 399 * day,
			left: "backs changed consent consents handled last4 layout links names out own phone posts proposals " +
				"reach server slots unasked",
		},
		{
			after: 401 * day,
			left:  "backs changed consent consents layout names out posts proposals server slots",
		},
		{after: 1826 * day, left: "backs changed layout names out posts proposals server slots"},
	} {
		server.FastForward(now.Add(step.after).Sub(at))
		at = now.Add(step.after)
		if err := r.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := stems(stored(t, c)); left != step.left {
			t.Errorf("after %v there is\n%s, want\n%s", step.after, left, step.left)
		}
		if !storetest.Peek(t, r, p).Consent.Out {
			t.Errorf("after %v the opt-out is gone", step.after)
		}
	}
	numbers, err := r.Numbers(t.Context(), "0177")
	if err != nil || len(numbers) > 0 {
		t.Errorf("the stranger is found: %v %v", numbers, err)
	}
}

// stems are the first parts of some keys, sorted.
func stems(keys []string) string {
	var out []string
	for _, key := range keys {
		stem, _, _ := strings.Cut(strings.TrimPrefix(key, "{beacon}:"), ":")
		out = append(out, stem)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// A clinic may keep things for another time, but no reply for less than the carrier's list needs.
func TestKeepIsTheClinics(t *testing.T) {
	server := miniredis.RunT(t)
	url := "redis://" + server.Addr()
	r := openClear(t, redis.Config{URL: url, Keep: redis.Keep{Talk: 2 * time.Hour}})
	p := storetest.Phone(t, "0101")
	storetest.Turn(t, r, "1", p, handlers.Effects{Conversation: &handlers.Conversation{Lang: "es"}})
	server.FastForward(time.Hour)
	if lang := storetest.Peek(t, r, p).Conversation.Lang; lang != "es" {
		t.Errorf("after an hour: %q", lang)
	}
	server.FastForward(time.Hour)
	if lang := storetest.Peek(t, r, p).Conversation.Lang; lang != "" {
		t.Errorf("after two hours: %q", lang)
	}
	_, err := redis.Open(redis.Config{URL: url, Keep: redis.Keep{Reply: time.Hour}, Now: time.Now})
	if err == nil || !strings.Contains(err.Error(), "replies are kept 1h0m0s, want 72h0m0s") {
		t.Error(err)
	}
}

// A flood of signed texts from numbers that nobody knows leaves what is bounded: each number some
// hundred bytes, which expire.
func TestAFloodOfStrangersExpires(t *testing.T) {
	server := miniredis.RunT(t)
	url := "redis://" + server.Addr()
	r, c := open(t, url), raw(t, url)
	for i := range 300 {
		storetest.Turn(t, r, fmt.Sprint("start", i), storetest.Phone(t, fmt.Sprintf("%04d", i)),
			handlers.Effects{Reply: handlers.Reply{Kind: "start"}})
	}
	for _, key := range stored(t, c) {
		if key == "{beacon}:names" || key == "{beacon}:layout" {
			continue
		}
		left, err := c.TTL(t.Context(), key).Result()
		if err != nil || left <= 0 || left > 31*24*time.Hour {
			t.Errorf("%s expires in %v, %v", key, left, err)
		}
	}
	server.FastForward(31 * 24 * time.Hour)
	if left := stored(t, c); !slices.Equal(left, []string{"{beacon}:layout", "{beacon}:names"}) {
		t.Errorf("after a month there is %v", left)
	}
}
