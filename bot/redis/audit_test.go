package redis_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// record writes acts down, an event each.
func record(t testing.TB, r *redis.Redis, events ...string) {
	t.Helper()
	for _, event := range events {
		err := r.Record(t.Context(), audit.Act{
			Event: event, User: "UANN", Do: "command why", Phone: storetest.Phone(t, "0101"),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func verified(t testing.TB, r *redis.Redis, known redis.Head) redis.Verified {
	t.Helper()
	v, err := r.Verify(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAudit(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		if v := verified(t, r, redis.Head{}); v != (redis.Verified{}) {
			t.Errorf("before anything: %+v", v)
		}
		record(t, r, "e1", "e2", "e1", "e2", "e3")
		all, err := r.Audit(t.Context(), now.Add(-time.Hour))
		if err != nil || len(all) != 3 || all[0].Prev != "" {
			t.Fatalf("%+v %v", all, err)
		}
		for i, e := range all {
			if e.N != int64(i+1) || e.Event != fmt.Sprint("e", i+1) || e.User != "UANN" ||
				e.Do != "command why" || e.About != "…0101" || e.Number == "" || !e.At.Equal(now) {
				t.Errorf("%+v", e)
			}
			b, _ := json.Marshal(e)
			if strings.Contains(string(b), "5550101") {
				t.Errorf("it holds a whole number: %s", b)
			}
		}
		if all, err = r.Audit(t.Context(), now.Add(time.Hour)); len(all) > 0 || err != nil {
			t.Errorf("of later: %+v %v", all, err)
		}
		head, err := r.AuditHead(t.Context())
		if v := verified(t, r, head); err != nil || v.Broken != 0 || v.Entries != 3 || v.Head != head {
			t.Errorf("%+v %v", v, err)
		}
		same, err := redis.ParseHead(head.String())
		if v := verified(t, r, same); err != nil || v.Broken != 0 || v.First.Event != "e1" || v.Last.Event != "e3" {
			t.Errorf("%+v %v", v, err)
		}
	})
}

func TestParseHead(t *testing.T) {
	hash := strings.Repeat("0f", 32)
	for text, ok := range map[string]bool{
		"12:" + hash: true, " 1:" + strings.ToUpper(hash) + "\n": true,
		"": false, "12": false, "0:" + hash: false, "-1:" + hash: false, "x:" + hash: false,
		"12:" + hash[2:]: false, "12:" + hash[1:] + "g": false, "012:" + hash: false,
	} {
		h, err := redis.ParseHead(text)
		if (err == nil) != ok || ok && h.Hash != hash {
			t.Errorf("%q: %v %v", text, h, err)
		}
	}
}

// Writers at once make one unbroken chain with an entry for each event.
func TestAuditOfManyAtOnce(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		const writers, each = 20, 6
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					event := fmt.Sprint("e", w, "-", i)
					if i == 0 { // one event that all of them bring
						event = "shared"
					}
					a := audit.Act{Event: event, User: fmt.Sprint("U", w), Do: "press take"}
					if err := r.Record(t.Context(), a); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		v := verified(t, r, redis.Head{})
		if v.Broken != 0 || v.Entries != writers*(each-1)+1 || v.Head.N != v.Entries {
			t.Errorf("%+v", v)
		}
	})
}

// tampering is what somebody may do who can write to Redis, but has no key.
var tampering = []struct {
	name   string
	tamper func(t *testing.T, c *goredis.Client, day string)
	known  bool // it shows only against a head that was written down elsewhere
	broken int64
	why    string
}{
	{
		name: "an entry's bytes are changed", broken: 3, why: "changed",
		tamper: func(t *testing.T, c *goredis.Client, day string) {
			was := at(t, c, day, 2)
			set(t, c, day, 2, was[:len(was)-4]+"AAAA")
		},
	},
	{
		name: "an entry is put in clear", broken: 3, why: "changed",
		tamper: func(t *testing.T, c *goredis.Client, day string) { set(t, c, day, 2, "a lie") },
	},
	{
		name: "an entry is made in clear", broken: 3, why: "changed",
		tamper: func(t *testing.T, c *goredis.Client, day string) {
			set(t, c, day, 2, `{"n":3,"user":"UNOBODY","do":"command why","prev":"00"}`)
		},
	},
	{
		name: "all is made anew, in clear", broken: 1, why: "the end of the chain was changed",
		tamper: func(t *testing.T, c *goredis.Client, day string) {
			const entry = `{"n":1,"user":"UNOBODY","do":"command why","prev":""}`
			sum := sha256.Sum256([]byte(entry))
			c.Del(t.Context(), day)
			c.RPush(t.Context(), day, entry)
			head := fmt.Sprintf(`{"n":1,"hash":"%x","day":"%s"}`, sum, day[len(day)-10:])
			c.Set(t.Context(), "{beacon}:audit-head", head, 0)
			c.Set(t.Context(), "{beacon}:audit-anchor", `{"n":0,"hash":"","day":"2026-11-01"}`, 0)
		},
	},
	{
		name: "an entry is cut out", broken: 3, why: "missing: entry 4",
		tamper: func(t *testing.T, c *goredis.Client, day string) {
			set(t, c, day, 2, "gone")
			c.LRem(t.Context(), day, 1, "gone")
		},
	},
	{
		name: "two change places", broken: 2, why: "out of order: it stands behind",
		tamper: func(t *testing.T, c *goredis.Client, day string) {
			second, third := at(t, c, day, 1), at(t, c, day, 2)
			set(t, c, day, 1, third)
			set(t, c, day, 2, second)
		},
	},
	{
		name: "one stands twice", broken: 6, why: "out of order: entry 5 stands",
		tamper: func(t *testing.T, c *goredis.Client, day string) {
			c.RPush(t.Context(), day, at(t, c, day, 4))
		},
	},
	{
		name: "the last is cut off", broken: 5, why: "cut off: there were 5",
		tamper: func(t *testing.T, c *goredis.Client, day string) { c.RPop(t.Context(), day) },
	},
	{
		name: "the first is cut off", broken: 1, why: "missing: entry 2",
		tamper: func(t *testing.T, c *goredis.Client, day string) { c.LPop(t.Context(), day) },
	},
	{
		name: "the day is removed", broken: 1, why: "cut off: there were 5",
		tamper: func(t *testing.T, c *goredis.Client, day string) { c.Del(t.Context(), day) },
	},
	{
		name: "the head is removed", broken: 1, why: "cut off: the end of the chain is missing",
		tamper: func(t *testing.T, c *goredis.Client, _ string) {
			c.Del(t.Context(), "{beacon}:audit-head")
		},
	},
	{
		name: "the head is changed", broken: 1, why: "the end of the chain was changed",
		tamper: func(t *testing.T, c *goredis.Client, _ string) {
			was := mustGet(t, c, "{beacon}:audit-head")
			c.Set(t.Context(), "{beacon}:audit-head", was[:len(was)-4]+"AAAA", 0)
		},
	},
	{
		name: "the anchor is removed", broken: 1, why: "the beginning of the chain is missing",
		tamper: func(t *testing.T, c *goredis.Client, _ string) {
			c.Del(t.Context(), "{beacon}:audit-anchor")
		},
	},
	{
		name: "the anchor is changed", broken: 1, why: "the beginning of the chain was changed",
		tamper: func(t *testing.T, c *goredis.Client, _ string) {
			was := mustGet(t, c, "{beacon}:audit-anchor")
			c.Set(t.Context(), "{beacon}:audit-anchor", was[:len(was)-4]+"AAAA", 0)
		},
	},
	{
		name: "all is removed", known: true, broken: 1, why: "cut off: there were 5",
		tamper: func(t *testing.T, c *goredis.Client, _ string) { c.FlushDB(t.Context()) },
	},
}

func at(t *testing.T, c *goredis.Client, list string, i int64) string {
	t.Helper()
	v, err := c.LIndex(t.Context(), list, i).Result()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func set(t *testing.T, c *goredis.Client, list string, i int64, is string) {
	t.Helper()
	if err := c.LSet(t.Context(), list, i, is).Err(); err != nil {
		t.Fatal(err)
	}
}

func TestAuditShowsTampering(t *testing.T) {
	day := "{beacon}:audit:" + now.UTC().Format(time.DateOnly)
	for _, c := range tampering {
		t.Run(c.name, func(t *testing.T) {
			for server, url := range map[string]string{
				"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
			} {
				r, db := open(t, url), raw(t, url)
				record(t, r, "e1", "e2", "e3", "e4", "e5")
				head, err := r.AuditHead(t.Context())
				if v := verified(t, r, head); err != nil || v.Broken != 0 {
					t.Fatalf("before: %+v %v", v, err)
				}
				c.tamper(t, db, day)
				if v := verified(t, r, redis.Head{}); c.known && v.Broken != 0 {
					t.Errorf("%s, without a head: %+v", server, v)
				} else if !c.known {
					head = redis.Head{}
				}
				if v := verified(t, r, head); v.Broken != c.broken || !strings.HasPrefix(v.Why, c.why) {
					t.Errorf("%s: %d %q, want %d %q", server, v.Broken, v.Why, c.broken, c.why)
				}
			}
		})
	}
}

// A backup that is put back has an end that was once right: only a head that was written down since
// shows it. What is written down after that makes another chain.
func TestAuditOfABackup(t *testing.T) {
	url := realURL(t)
	r, db, day := open(t, url), raw(t, url), "{beacon}:audit:"+now.UTC().Format(time.DateOnly)
	record(t, r, "e1", "e2", "e3")
	backup := mustGet(t, db, "{beacon}:audit-head")
	record(t, r, "e4")
	known, err := r.AuditHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db.RPop(t.Context(), day)
	db.Set(t.Context(), "{beacon}:audit-head", backup, 0)
	if v := verified(t, r, redis.Head{}); v.Broken != 0 || v.Entries != 3 {
		t.Errorf("without a head: %+v", v)
	}
	if v := verified(t, r, known); v.Broken != 4 || !strings.HasPrefix(v.Why, "cut off: there were 4") {
		t.Errorf("with the head: %+v", v)
	}
	record(t, r, "e5")
	if v := verified(t, r, known); v.Broken != 4 || !strings.HasPrefix(v.Why, "changed: it isn't the one") {
		t.Errorf("after another act: %+v", v)
	}
	// The end alone is put back: what comes after it shows.
	db.Set(t.Context(), "{beacon}:audit-head", backup, 0)
	if v := verified(t, r, redis.Head{}); v.Broken != 4 || v.Why != "the end of the chain doesn't know of it" {
		t.Errorf("the end alone: %+v", v)
	}
}

// Without keys nothing is sealed; the chain still shows an entry that isn't what it was.
func TestAuditInClear(t *testing.T) {
	url := realURL(t)
	r, db := openClear(t, redis.Config{URL: url, Patience: testPatience}), raw(t, url)
	record(t, r, "e1", "e2", "e3")
	day := "{beacon}:audit:" + now.UTC().Format(time.DateOnly)
	for i, broken := range []int64{1, 2, 3} {
		was := at(t, db, day, int64(i))
		set(t, db, day, int64(i), strings.Replace(was, "UANN", "UBOB", 1))
		if v := verified(t, r, redis.Head{}); v.Broken != broken || !strings.HasPrefix(v.Why, "changed") {
			t.Errorf("entry %d: %+v", broken, v)
		}
		set(t, db, day, int64(i), was)
	}
}
