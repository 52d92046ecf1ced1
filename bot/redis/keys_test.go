package redis_test

import (
	"maps"
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

// fill stores all that there can be of a number, so that every kind of key exists.
func fill(t *testing.T, r *redis.Redis, p handlers.Phone) {
	t.Helper()
	fillAtOnce(t, r, p)
	for _, c := range storetest.Claim(t, r, now, "asked failed due") {
		storetest.Begin(t, r, &c, uncapped)
		c.SID = "SM-" + c.ID
		storetest.Settle(t, r, c, handlers.Sent)
	}
	_, _, err := r.Advance(t.Context(), "failed", handlers.Failed, "SM-failed", "", now,
		time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	posts, err := r.ClaimPosts(t.Context(), false, now, 1, lease)
	if err != nil || len(posts) != 1 {
		t.Fatal(posts, err)
	}
	if err := r.SettlePost(t.Context(), posts[0], desk.Posted{Thread: "T1"}); err != nil {
		t.Fatal(err)
	}
	c, _, err := r.Case(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	c.Open = false
	storetest.Turn(t, r, "closes", p, handlers.Effects{Cases: []handlers.Case{c}})
	s, _, err := r.Slot(t.Context(), "s2")
	if err != nil {
		t.Fatal(err)
	}
	s.Notes++
	storetest.Turn(t, r, "slot", p, handlers.Effects{Slots: []handlers.Slot{s}})
}

// fillAtOnce is the part of fill that one event can write.
func fillAtOnce(t *testing.T, r *redis.Redis, p handlers.Phone) {
	t.Helper()
	other := storetest.Phone(t, "0199")
	text := func(id string, unasked bool) handlers.Outgoing {
		o := storetest.Row(t, id)
		o.To, o.Unasked, o.Body = p, unasked, "words for "+p.E164()
		return o
	}
	kase := func(id, channel string) handlers.Case {
		return handlers.Case{
			ID: id, Channel: channel, Phone: p, Kind: "handoff", Text: "hi", At: now, Open: true,
		}
	}
	slot := func(id string, from, to handlers.Phone) handlers.Slot {
		return handlers.Slot{
			ID: id, Start: now.Add(time.Hour), From: from, At: now, Next: now,
			State:  handlers.SlotOpen,
			Offers: []handlers.Offer{{To: to, At: now, State: handlers.OfferOpen}},
		}
	}
	storetest.Turn(t, r, "all", p, handlers.Effects{
		Once:         true,
		Reply:        handlers.Reply{Kind: "answer", Bodies: []string{"call " + p.E164()}},
		Conversation: &handlers.Conversation{Lang: "en", At: now},
		Consent:      &handlers.Consent{At: now},
		Reach:        &handlers.Reach{NoTexts: true, At: now},
		Visits:       []handlers.Visit{{ID: "v1", Phone: p, Start: now.Add(time.Hour)}},
		Cases: []handlers.Case{
			kase("c1", handlers.DeskChannel),
			kase("c2", handlers.UrgentChannel),
		},
		Posts: []handlers.Post{
			{ID: "p1", Case: "c1", Do: desk.PostCard, Due: now},
			{
				ID:   "p2",
				Case: "c1",
				Do:   desk.PostNote,
				Text: "call " + p.E164(),
				Due:  now.Add(time.Hour),
			},
			{ID: "p3", Case: "c2", Do: desk.PostCard, Due: now.Add(time.Hour)},
		},
		Pending: []handlers.Pending{
			{ID: "act1", Phone: p, Act: "off " + p.E164(), Due: now.Add(time.Hour)},
		},
		Said: []handlers.Said{
			{ID: "t1", At: now, From: handlers.FromPatient, Text: "call " + p.E164()},
		},
		Drafts: []handlers.Draft{{ID: "m1", Phone: p, Case: "c1", Text: "hi"}},
		WriteBacks: []handlers.WriteBack{
			{ID: "v1", Phone: p, Feed: "ehr", External: "a1", Due: now.Add(time.Hour)},
		},
		Texts:  []handlers.Outgoing{text("asked", false), text("due", true), text("failed", false)},
		Slots:  []handlers.Slot{slot("s1", p, other), slot("s2", other, p)},
		Wishes: []handlers.Wish{{Phone: p, Type: "consult", At: now}},
	})
}

// fillClinic stores all that belongs to no number.
func fillClinic(t *testing.T, r *redis.Redis) {
	t.Helper()
	pace := gate.Pace{Every: time.Second, Ahead: time.Second, Day: "2026-12-01", PerDay: 100}
	o := storetest.Row(t, "paced")
	storetest.Turn(t, r, "paced", o.To, handlers.Effects{Texts: []handlers.Outgoing{o}})
	rows, err := r.Claim(t.Context(), now, 1, pace, lease)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if b := beginAt(t, r, rows[0], now, pace); b.Answer != gate.Ready {
		t.Fatal(b)
	}
	_, err1 := r.NextRing(t.Context(), now, 0, 0)
	_, err2 := r.TakeRing(t.Context(), desk.Ring{ID: "r", Kind: "text", At: now}, 0, "")
	_, err3 := r.Announce(t.Context(), redis.Bot{ID: "host", Words: "w"}, time.Hour)
	_, _, err4 := r.HoldCard(t.Context(), "c", "by", now, time.Second)
	_, err5 := r.ClaimFeed(t.Context(), "main", "by", now, time.Second)
	for _, err := range []error{
		err1, err2, err3, err4, err5,
		r.StoreFeed(t.Context(), handlers.Feed{Name: "main"}, "by"),
		r.Link(t.Context(), handlers.Link{
			Feed: "main", Code: "a.e.", Phone: storetest.Phone(t, "0177"), Name: "Ana", At: now,
		}),
		save(t, r, "open?"),
		r.Writable(t.Context()),
		r.SetCaughtTo(t.Context(), now),
		r.CountCaught(t.Context(), desk.Caught{Done: 1}, now, time.Hour),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Two clinics can share a server: neither sees the other's data, and every key has its clinic's
// prefix.
func TestClinicsSideBySide(t *testing.T) {
	for name, url := range map[string]string{
		"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			client, p := raw(t, url), storetest.Phone(t, "0101")
			a := openWith(t, redis.Config{URL: url, Clinic: "east", Patience: testPatience})
			fill(t, a, p)
			fillClinic(t, a)
			east := stored(t, client)
			for _, key := range east {
				if !strings.HasPrefix(key, "{east}:") {
					t.Errorf("%s lies outside the clinic's prefix", key)
				}
			}
			b := openWith(t, redis.Config{URL: url, Clinic: "west", Patience: testPatience})
			seesNothing(t, b, p)
			before := contents(t, client, east)
			fill(t, b, p) // the same ids
			fillClinic(t, b)
			if after := contents(t, client, east); !maps.Equal(before, after) {
				t.Error("one clinic's store changed what is the other's")
			}
			for _, key := range stored(t, client) {
				if !slices.Contains(east, key) && !strings.HasPrefix(key, "{west}:") {
					t.Errorf("%s lies outside the clinic's prefix", key)
				}
			}
		})
	}
}

// contents returns what some keys hold, by key.
func contents(t *testing.T, c *goredis.Client, keys []string) map[string]string {
	out := map[string]string{}
	for _, key := range keys {
		out[key] = content(t, c, key)
	}
	return out
}

// seesNothing checks that a store is empty.
func seesNothing(t *testing.T, r *redis.Redis, p handlers.Phone) {
	t.Helper()
	s := storetest.Peek(t, r, p)
	if s.Version != "0" || len(s.Visits)+len(s.Cases)+len(s.Offers) > 0 || s.Texted {
		t.Errorf("it sees %+v", s)
	}
	storetest.Claim(t, r, now.AddDate(1, 0, 0), "")
	posts, err1 := r.ClaimPosts(t.Context(), false, now.AddDate(1, 0, 0), 9, lease)
	numbers, err2 := r.Numbers(t.Context(), p.Last4())
	slots, err3 := r.OpenSlots(t.Context())
	wishes, err4 := r.Wishes(t.Context())
	bots, err5 := r.Bots(t.Context())
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			t.Error(err)
		}
	}
	if n := len(posts) + len(numbers) + len(slots) + len(wishes) + len(bots.Bots); n > 0 {
		t.Errorf("it sees %v %v %v %v %v", posts, numbers, slots, wishes, bots.Bots)
	}
}

func TestNameOfAClinic(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault bool
	}{
		{name: ""},
		{name: "east-side"},
		{name: "a}b", fault: true},
		{name: "{a", fault: true},
		{name: "a:b", fault: true},
		{name: "a b", fault: true},
		{name: "a*", fault: true},
	} {
		config := redis.Config{URL: "redis://127.0.0.1:1", Clinic: c.name, Now: time.Now}
		r, err := redis.Open(config)
		if (err != nil) != c.fault {
			t.Errorf("%q: %v", c.name, err)
		}
		if err == nil {
			_ = r.Close()
		}
	}
}

// A clinic without a name of its own keeps its keys where they have always been, so that an upgrade
// doesn't lose opt-outs.
func TestTheClinicWithoutAName(t *testing.T) {
	url := "redis://" + miniredis.RunT(t).Addr()
	r := openClear(t, redis.Config{URL: url})
	storetest.Turn(t, r, "1", storetest.Phone(t, "0101"), handlers.Effects{
		Consent: &handlers.Consent{Out: true},
	})
	c := raw(t, url)
	out, err := c.Get(t.Context(), "{beacon}:consent:"+whoIs(t, c)).Result()
	if err != nil || out != `{"out":true}` {
		t.Errorf("%q %v", out, err)
	}
}

// Keys lists every key that mentions a number or belongs to it.
func TestKeysOfANumber(t *testing.T) {
	for name, url := range map[string]string{
		"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			r, client := openClear(t, redis.Config{URL: url}), raw(t, url)
			p, other := storetest.Phone(t, "0102"), storetest.Phone(t, "0199")
			fillClinic(t, r)
			before := stored(t, client)
			fill(t, r, p)
			got, err := r.Keys(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			others, err := r.Keys(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range stored(t, client) {
				if slices.Contains(got.Keys, key) || slices.Contains(others.Keys, key) {
					continue
				}
				all := content(t, client, key)
				if strings.Contains(all, p.E164()) || strings.Contains(all, whose(got)) {
					if got.Members[key] == nil {
						t.Errorf("%s mentions the number and isn't in its index", key)
					}
				} else if !slices.Contains(before, key) && !clinics(key) {
					t.Errorf("%s came with the number and isn't in its index", key)
				}
			}
			for key, members := range got.Members {
				for _, m := range members {
					if !strings.Contains(content(t, client, key), m) {
						t.Errorf("%s: %q isn't there", key, m)
					}
				}
			}
			if all := stored(t, client); !subset(got.Keys, all) || len(got.Members) != 2 {
				t.Errorf("of %v\nand %v some aren't there", got.Keys, got.Members)
			}
			none, err := r.Keys(t.Context(), storetest.Phone(t, "0103"))
			if err != nil || len(none.Keys)+len(none.Members) > 0 {
				t.Errorf("of a number that nothing is known of: %+v %v", none, err)
			}
		})
	}
}

// whose returns what keys call the number of some keys.
func whose(o redis.Owned) string {
	for _, key := range o.Keys {
		if who, is := strings.CutPrefix(key, "{beacon}:turn:"); is {
			return who
		}
	}
	return ""
}

// clinics reports whether a key is the clinic's: a queue or set of ids, or the version of a slot.
func clinics(key string) bool {
	switch rest := strings.TrimPrefix(key, "{beacon}:"); rest {
	case "handled:all": // it outlives its number
		return true
	case "acts", "backs", "changed", "visits", "cases", "cases:urgent", "texts:failed",
		"posts:due", "posts:first", "slots", "slots:due", "turn:slot:s2", "pace:":
		return true
	}
	return false
}

func subset(some, all []string) bool {
	for _, one := range some {
		if !slices.Contains(all, one) {
			return false
		}
	}
	return true
}
