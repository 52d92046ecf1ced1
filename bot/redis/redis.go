// Package redis keeps what outlives a restart: conversations, consent, visits, cases, slots, and
// the queues of what is to be sent, texts and posts.
//
// All that concerns one number is read in one step, and written in one if nobody has written it in
// between: see [Redis.Turn]. What waits in a queue is claimed for a lease, and comes back by itself
// if its worker dies. Each such step is one Lua script, so it is atomic. script.go puts scripts
// together, and keys.go names every key.
//
// Redis may be away or hang. Every command is bounded and an error without an answer is
// handlers.ErrAway: what was asked may have been done or not. What claims or counts isn't retried;
// all else is, since it is idempotent.
package redis

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is the store. Open one; it is safe for concurrent use.
type Redis struct {
	// db retries what failed on the way, so what goes through it must be idempotent. once is the
	// same client for what isn't: a claim that was made twice would leave the rows of the first
	// one lying until their lease ends.
	db   redis.UniversalClient
	once once
	line *line // batches the calls that many make at once, of once
	keys keys
	// seals seals what is stored; named is the secret of what stands in the names of keys, nil
	// until it was read.
	seals seals
	named atomic.Pointer[names]
	keep  Keep
	count Counter
	clock shared
	now   func() time.Time // of clock

	breaker *breaker // of db
	guarded bool     // by Sentinels; see held

	fence    *fence                   // of db
	started  atomic.Int64             // ms at which this process was first announced; 0 before
	standing atomic.Pointer[standing] // among the other bots; nil before it was announced
}

// Config is what Open needs.
type Config struct {
	URL string // a REDIS_URL, see Options
	// Clinic is the name that all keys begin with, as a hash tag. Several clinics can share a
	// Redis, or be spread over a Cluster, and don't see each other's data. "" is the clinic of a
	// Redis that has only one.
	Clinic string
	// Keys seal what is stored, the newest first. Without any it lies in clear.
	Keys []Key
	Keep Keep // how long what concerns a patient is kept
	// Count says what is counted of what is written. Without it nothing is.
	Count Counter
	Now   func() time.Time // the clock that lifetimes and queues go by
	// Skew is by how much that clock may differ from the server's. Beyond it, queues, leases and
	// the pace go by the server's. 0 is for a clock that is turned by hand: it is always believed.
	Skew time.Duration
	// Upgrades lets the store work on what a build of an earlier layout has written: for a bot,
	// which raises the layout when it is announced. A command must leave that to a bot.
	Upgrades bool
	// Patience bounds one try of a command, 600 ms if it is 0. A Redis that can't hang may be given
	// longer.
	Patience time.Duration
}

// Open makes the store. It doesn't connect yet, so that the bot can start while Redis is away. An
// error is about the Config: its URL or the clinic's name.
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
		db: connect(o), keys: k, seals: s, keep: c.Keep, count: c.Count,
		clock:   shared{own: c.Now, skew: c.Skew},
		breaker: &breaker{now: time.Now, patience: c.Patience},
	}
	r.now = r.clock.now
	r.fence = &fence{look: r.Bots, upgrades: c.Upgrades}
	r.db.AddHook(r.fence)
	r.db.AddHook(r.breaker)
	if r.guarded = o.MasterName != ""; r.guarded {
		r.db.AddHook(held{r.db, c.Patience / 2, k.probe(), new(atomic.Int32)})
	}
	r.once = once{r.db}
	r.line = &line{db: r.once}
	return r, nil
}

// reload is how old what the client knows of a Cluster may be. go-redis learns of a replica that has
// taken a dead server's place in no other way, and by default looks once a minute.
const reload = time.Second

// connect returns a client that connects when it is first used.
func connect(o *redis.UniversalOptions) redis.UniversalClient {
	if !o.IsClusterMode {
		return redis.NewUniversalClient(o)
	}
	c := o.Cluster()
	c.ClusterStateReloadInterval = reload
	return redis.NewClusterClient(c)
}

// quiet silences the logger of go-redis, which would write a line for every failed dial past our
// own log.
type quiet struct{}

// Printf implements the logger of go-redis.
func (quiet) Printf(context.Context, string, ...any) {}

// poolSize is how many connections there are, and so how many commands may be in flight at once.
// Redis runs one after another, so more would only wait there. The default of go-redis is ten a
// core, so on a small machine they would wait here.
const poolSize = 64

// Options reads a REDIS_URL. There are three forms of it:
//
//	redis://user:password@host:6379/0                    one server
//	redis://a:6379,redis://b:6379                        some servers of a Cluster
//	redis://a:26379?master_name=beacon,redis://b:26379   Sentinels, and what they call the primary
//
// With rediss:// all of it is TLS. User, password and number are those of the servers, and the last
// URL's. Sentinels that want a password have it as ?sentinel_username= and ?sentinel_password=.
// The error doesn't repeat the URL, which may hold a password.
func Options(url string) (*redis.UniversalOptions, error) {
	o := &redis.UniversalOptions{
		ContextTimeoutEnabled: true, // else a deadline of 100 ms waits for the read timeout
		DialTimeout:           2 * time.Second,
		// The default of five for each try would keep a patient in danger waiting while Redis is
		// away.
		DialerRetries: 1,
		PoolSize:      poolSize,
		MaxRetries:    3,
		// Under RESP3 the client looks for pushed messages before every answer, which Beacon asks
		// for none of: 3 % of the time of a text.
		Protocol:        2,
		DisableIdentity: true,
	}
	for _, u := range strings.Split(url, ",") {
		one, err := parse(o, strings.TrimSpace(u))
		if err != nil {
			return nil, err
		}
		o.Addrs = append(o.Addrs, one.Addr)
		o.Username, o.Password, o.DB = one.Username, one.Password, one.DB
		if one.TLSConfig != nil {
			name := one.TLSConfig.ServerName
			o.TLSConfig = &tls.Config{ServerName: name, MinVersion: tls.VersionTLS12}
		}
	}
	o.IsClusterMode = len(o.Addrs) > 1 && o.MasterName == ""
	if o.TLSConfig != nil && (o.IsClusterMode || o.MasterName != "") {
		o.TLSConfig.ServerName = "" // each node is checked by its own name
	}
	return o, nil
}

// Close closes the connections. Calls after it fail.
func (r *Redis) Close() error { return r.db.Close() }

// wrap adds to an error what was being done; nil stays nil.
func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("redis: %s: %w", what, err)
	}
	return nil
}
