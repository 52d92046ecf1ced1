package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

var keyValue = regexp.MustCompile(`^\d{4}-\d\d-\d\d(\.\d)?:[A-Za-z0-9+/]{43}=$`)

func TestKeysNew(t *testing.T) {
	value := ""
	for n := 1; n <= 3; n++ {
		out, err := typed(t.Context(), map[string]string{"BEACON_KEYS": value}, "", "keys", "new")
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Split(strings.TrimSpace(out), ",")
		if len(all) != n || !keyValue.MatchString(all[0]) || strings.Join(all[1:], ",") != value {
			t.Errorf("%q after %q", out, value)
		}
		value = strings.TrimSpace(out)
		if keys, err := redis.ParseKeys(value); len(keys) != n || err != nil {
			t.Errorf("%q: %v", value, err)
		}
	}
	out, err := typed(t.Context(), map[string]string{"BEACON_KEYS": "unsealed"}, "", "keys", "new")
	if err != nil || !keyValue.MatchString(strings.TrimSpace(out)) {
		t.Errorf("%q %v", out, err)
	}
	_, err = typed(t.Context(), map[string]string{"BEACON_KEYS": "a:short"}, "", "keys", "new")
	if err == nil || !strings.HasPrefix(err.Error(), `BEACON_KEYS: key "a": want 32 bytes`) {
		t.Error(err)
	}
}

func TestKeysRotate(t *testing.T) {
	url := redistest.Start(t, "no").URL()
	const other = "other:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="
	for _, c := range []struct {
		name, redis, keys string
		err, out          string
	}{
		{name: "no Redis", keys: redistest.Key, err: "REDIS_URL: missing"},
		{name: "no key", redis: url, keys: "", err: "BEACON_KEYS: no key to seal with"},
		{name: "in clear", redis: url, keys: "unsealed", err: "BEACON_KEYS: no key to seal with"},
		{name: "no such key", redis: url, keys: redistest.Key[:20], err: "the configuration isn't right"},
		{
			name: "the first key", redis: url, keys: redistest.Key,
			out: "3 values sealed anew with the key test\n" +
				"No other key is needed: BEACON_KEYS may hold test alone.\n",
		},
		{
			name: "again", redis: url, keys: redistest.Key,
			out: "0 values sealed anew with the key test\n" +
				"No other key is needed: BEACON_KEYS may hold test alone.\n",
		},
		{
			name: "another key", redis: url, keys: other + "," + redistest.Key,
			// Besides the names, a number and a reply: where the audit begins, and its first two acts.
			out: "6 values sealed anew with the key other\n" +
				"No other key is needed: BEACON_KEYS may hold other alone.\n",
		},
		{name: "a key that is gone", redis: url, keys: redistest.Key, err: "nothing was done, since it can't be written down: "},
	} {
		if c.name == "the first key" { // what a bot without keys has stored
			r, err := redis.Open(redis.Config{URL: url, Now: time.Now, Patience: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			storetest.Turn(t, r, "1", storetest.Phone(t, "0101"), handlers.Effects{})
			_ = r.Close()
		}
		env := map[string]string{"REDIS_URL": c.redis, "BEACON_KEYS": c.keys}
		out, err := typed(t.Context(), env, "", "keys", "rotate")
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.HasPrefix(err.Error(), c.err)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.err)
		}
		if c.out != "" && out != c.out {
			t.Errorf("%s:\n%swant\n%s", c.name, out, c.out)
		}
	}
}
