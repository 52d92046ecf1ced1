package main

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
)

// unsealed is what BEACON_KEYS says where Redis is to hold everything in clear.
const unsealed = "unsealed"

// keys returns the keys of BEACON_KEYS. check has looked at them.
func (c *Config) keys() []redis.Key {
	if c.BeaconKeys == unsealed {
		return nil
	}
	keys, _ := redis.ParseKeys(c.BeaconKeys)
	return keys
}

// checkKeys says what is wrong with BEACON_KEYS.
func (c *Config) checkKeys(fault func(name, what string)) {
	if c.BeaconKeys == unsealed {
		return
	}
	keys, err := redis.ParseKeys(c.BeaconKeys)
	switch {
	case err != nil:
		fault("BEACON_KEYS", err.Error())
	case c.live() && len(keys) == 0:
		fault("BEACON_KEYS", "missing: names, numbers and words would lie in clear in Redis and in"+
			" its backups. `bot keys new` makes a key. Set "+unsealed+" if that is what you want")
	}
}

type keysCommand struct {
	New    keysNewCommand    `cmd:"" help:"Make a key, and print BEACON_KEYS with it in front."`
	Rotate keysRotateCommand `cmd:"" help:"Seal with the newest key what another sealed, or none; bots may run meanwhile."`
}

type keysNewCommand struct{}

// Run prints the value of BEACON_KEYS with a new key in front. The key is named by the day.
func (keysNewCommand) Run(w world, c *Config) error {
	var faults []string
	c.checkKeys(func(name, what string) {
		if c.BeaconKeys != "" {
			faults = append(faults, name+": "+what)
		}
	})
	if len(faults) > 0 {
		return fmt.Errorf("%s", strings.Join(faults, "; "))
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails
	id := newKeyID(c.keys(), time.Now())
	value := id + ":" + base64.StdEncoding.EncodeToString(secret)
	if len(c.keys()) > 0 {
		value += "," + c.BeaconKeys
	}
	_, err := fmt.Fprintln(w.out, value)
	return err
}

// newKeyID names a key by its day, and a second of that day by a number besides.
func newKeyID(old []redis.Key, now time.Time) string {
	day := now.UTC().Format("2006-01-02")
	id := day
	for n := 2; slices.ContainsFunc(old, func(k redis.Key) bool { return k.ID == id }); n++ {
		id = fmt.Sprintf("%s.%d", day, n)
	}
	return id
}

type keysRotateCommand struct{}

// Run seals with the newest key what another sealed, and says which keys are needed still. It is an
// error if any but the newest is.
func (keysRotateCommand) Run(w world, c *Config) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.RedisURL == "" {
		return fmt.Errorf("REDIS_URL: missing: the sandbox keeps nothing that could be sealed")
	}
	if len(c.keys()) == 0 {
		return fmt.Errorf("BEACON_KEYS: no key to seal with; `bot keys new` makes one")
	}
	store, err := redis.Open(redis.Config{URL: c.RedisURL, Keys: c.keys(), Now: time.Now})
	if err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	defer func() { _ = store.Close() }() // nothing is left to write
	if err := record(w.ctx, store, "bot keys rotate", handlers.Phone{}); err != nil {
		return err
	}
	did, err := store.Rotate(w.ctx, progress(w.err))
	if err != nil {
		return fmt.Errorf("after %d values: %w; what is left is still readable, run it again",
			did.Resealed, err)
	}
	newest := c.keys()[0].ID
	fmt.Fprintf(w.out, "%d values sealed anew with the key %s\n", did.Resealed, newest)
	if len(did.Left) == 0 {
		_, err = fmt.Fprintf(w.out, "No other key is needed: BEACON_KEYS may hold %s alone.\n", newest)
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	for _, id := range slices.Sorted(maps.Keys(did.Left)) {
		fmt.Fprintf(t, "%d\tare still sealed with\t%s\n", did.Left[id], cmp.Or(id, "no key"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return fmt.Errorf("a bot still writes with an old key: restart each with %s in front of"+
		" BEACON_KEYS, then run this again", newest)
}
