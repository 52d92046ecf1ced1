// Package redis keeps what outlives a restart: conversations, consent, visits, cases, and the
// queues of what is to be sent, texts and posts. All that concerns one number is read and written
// in one step (Turn). What waits is claimed for a lease, and comes back by itself if its worker
// dies.
package redis

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is the store. Use Open.
type Redis struct {
	// db retries what failed on the way: all that goes through it is idempotent. once is the same
	// client for what is not. A claim made twice would leave the first one to its lease.
	db   redis.UniversalClient
	once once
	line *line // of once, for the workers that send texts
	keys keys
	// seals seals what is stored; named is the secret of what stands in the names of keys, nil
	// until it was read.
	seals seals
	named atomic.Pointer[names]
	keep  Keep
	now   func() time.Time
	skew  time.Duration

	breaker *breaker // of db
}

// Config is what Open needs.
type Config struct {
	URL string // redis:// or rediss://; several, comma-separated, are a Cluster
	// Clinic names whose keys these are, by the hash tag that all of them begin with. Several
	// clinics can share a Redis, or be spread over a Cluster; neither sees another's. "" is the
	// clinic of a Redis that has only one.
	Clinic string
	// Keys seal what is stored, the newest first. Without any it lies in clear.
	Keys []Key
	Keep Keep             // how long what concerns a patient is kept
	Now  func() time.Time // the clock that lifetimes and queues go by
	// Skew is by how much that clock may differ from the server's. Beyond it, queues, leases and
	// the pace go by the server's. It is 0 if the clock is turned by hand.
	Skew time.Duration
	// Patience bounds a command. 0 is 600 ms; a Redis that can't hang may be given longer.
	Patience time.Duration
}

// Open makes the store; it does not connect yet, so that the bot can start while Redis is away.
func Open(c Config) (*Redis, error) {
	o, err := Options(c.URL)
	if err != nil {
		return nil, err
	}
	k, err := newKeys(c.Clinic)
	if err != nil {
		return nil, err
	}
	s, err := newSeals(c.Keys)
	if err != nil {
		return nil, err
	}
	if err := c.Keep.settle(); err != nil {
		return nil, err
	}
	c.Patience = cmp.Or(c.Patience, patience)
	o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = c.Patience, c.Patience, c.Patience
	redis.SetLogger(quiet{}) // every error is returned as well, and logged once at the edge
	r := &Redis{
		db: redis.NewUniversalClient(o), keys: k, seals: s, keep: c.Keep, now: c.Now, skew: c.Skew,
		breaker: &breaker{now: time.Now, patience: c.Patience},
	}
	r.db.AddHook(r.breaker)
	r.once = once{r.db}
	r.line = &line{db: r.once}
	return r, nil
}

// quiet silences the vendor's logger: it would write a line for every failed dial past our own log.
type quiet struct{}

// Printf implements the vendor's logger.
func (quiet) Printf(context.Context, string, ...any) {}

// poolSize is how many commands may be in flight at once. Redis runs one after another, so more
// would only wait there; with the vendor's default on a small machine they would wait here.
const poolSize = 64

// Options reads a REDIS_URL.
func Options(url string) (*redis.UniversalOptions, error) {
	o := &redis.UniversalOptions{
		ContextTimeoutEnabled: true, // else a deadline of 100 ms takes the read timeout
		DialTimeout:           2 * time.Second,
		// The default of five a try would keep a patient in danger waiting while Redis is away.
		DialerRetries:   1,
		PoolSize:        poolSize,
		MaxRetries:      3,
		DisableIdentity: true,
	}
	for _, u := range strings.Split(url, ",") {
		one, err := redis.ParseURL(strings.TrimSpace(u))
		if err != nil {
			return nil, errors.New("want redis://user:password@host:port/0 or rediss://…; " +
				"several, comma-separated, are a Cluster")
		}
		o.Addrs = append(o.Addrs, one.Addr)
		o.Username, o.Password, o.DB = one.Username, one.Password, one.DB
		if one.TLSConfig != nil {
			name := one.TLSConfig.ServerName
			o.TLSConfig = &tls.Config{ServerName: name, MinVersion: tls.VersionTLS12}
		}
	}
	if len(o.Addrs) > 1 {
		o.IsClusterMode = true
		if o.TLSConfig != nil {
			o.TLSConfig.ServerName = "" // each node answers to its own name
		}
	}
	return o, nil
}

// Close closes the connections.
func (r *Redis) Close() error { return r.db.Close() }

// wrap says what an error came of.
func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("redis: %s: %w", what, err)
	}
	return nil
}
