package redis

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// errURL doesn't repeat what it is about, which may hold a password.
var errURL = errors.New("want redis://user:password@host:port/0 or rediss://…; several, " +
	"comma-separated, are a Cluster, or Sentinels if they end in ?master_name=NAME")

// parse reads one URL. What it says of Sentinels, which go-redis doesn't know in such a URL, goes
// into o: the name that they have for the primary, and their own user and password.
func parse(o *redis.UniversalOptions, one string) (*redis.Options, error) {
	u, err := url.Parse(one)
	if err != nil {
		return nil, errURL
	}
	q := u.Query()
	for name, to := range map[string]*string{
		"master_name":       &o.MasterName,
		"sentinel_username": &o.SentinelUsername,
		"sentinel_password": &o.SentinelPassword,
	} {
		if !q.Has(name) {
			continue
		}
		v := q.Get(name)
		if v == "" || *to != "" && *to != v {
			return nil, errors.New("want one " + name + ", the same wherever it is said")
		}
		*to = v
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	options, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, errURL
	}
	return options, nil
}

// held has a write count only when every replica that keeps up has it too, and one at least. Redis
// answers a write before it replicates it: when the primary then dies, a replica takes its place
// without the write; and a primary that comes back before all Sentinels know of its successor takes
// writes that are then thrown away. One replica isn't enough: the Sentinels may promote another. A
// write that isn't on all of them is an error, like any whose outcome isn't known. held is a
// redis.Hook, of clients that go by Sentinels.
type held struct {
	db    redis.UniversalClient
	wait  time.Duration // how long the replicas may take
	probe string        // the key that Writable writes
	// among is how many replicas kept up when a write was last made, which is how many the next one
	// waits for: the server says what it is only with the answer.
	among *atomic.Int32
}

// keepsUp is the longest, in seconds, since a replica has last told how far it is. One that lives
// tells it every second, and with every write. One that has vanished without a word (its machine is
// gone, or it stands still) keeps writes from counting for as long, and is then left behind.
const keepsUp = 2

var _ redis.Hook = held{}

// unheld is the answer of a server whose replicas don't have a write, in the form of Redis' own.
type unheld struct{}

// Error implements redis.Error.
func (unheld) Error() string { return "NOREPLICAS not all replicas have it" }

// RedisError implements redis.Error: the server did answer.
func (unheld) RedisError() {}

// DialHook implements redis.Hook.
func (held) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook. WAIT speaks of the connection's own writes, so both go in one
// pipeline.
func (h held) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !writes(cmd) {
			return next(ctx, cmd)
		}
		pipe := h.db.Pipeline()
		_ = pipe.Process(ctx, cmd) // it is only gathered
		_, _ = pipe.Exec(ctx)      // cmd holds its own error
		return cmd.Err()
	}
}

// ProcessPipelineHook implements redis.Hook.
func (h held) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if !slices.ContainsFunc(cmds, writes) {
			return next(ctx, cmds)
		}
		among := max(1, h.among.Load())
		wait := redis.NewIntCmd(ctx, "wait", among, h.wait.Milliseconds())
		info := redis.NewStringCmd(ctx, "info", "replication")
		err := next(ctx, append(slices.Clip(cmds), wait, info))
		if h.has(ctx, among, int32(wait.Val()), info.Val()) {
			return err
		}
		for _, c := range cmds {
			if writes(c) && c.Err() == nil {
				c.SetErr(unheld{})
			}
		}
		if err == nil {
			err = unheld{}
		}
		return err
	}
}

// has reports whether a write is on all replicas that keep up, by what INFO says after it was
// waited for: so many were to have it, and so many had. If more keep up than were waited for, it
// waits for something that is written later, since replicas write all in one order.
func (h held) has(ctx context.Context, waited, had int32, info string) bool {
	among := max(1, keepingUp(info))
	h.among.Store(among)
	switch {
	case had >= among:
		return true
	case had < waited, ctx.Err() != nil:
		return false
	}
	return h.db.Set(ctx, h.probe, "held", keepProbe).Err() == nil
}

// keepingUp counts the replicas that keep up, by what INFO says of replication: one that still
// fetches what it missed isn't "online".
func keepingUp(info string) (n int32) {
	for line := range strings.Lines(info) {
		_, says, is := strings.Cut(line, ":ip=")
		_, lag, _ := strings.Cut(says, ",lag=")
		behind, err := strconv.Atoi(strings.TrimSpace(lag))
		if is && strings.Contains(says, ",state=online,") && err == nil && behind <= keepsUp {
			n++
		}
	}
	return n
}

// reading are the commands of this package, and of a connection's handshake, that write nothing.
var reading = strings.Fields("auth client command config exists get hello hget hgetall hmget " +
	"hvals info lrange mget ping pttl readonly select sismember smembers srandmember time ttl zcard " +
	"zcount zrange zrangebyscore zrevrange zrevrangebyscore zscore")

// writes says whether a command may write. What isn't known may.
func writes(cmd redis.Cmder) bool {
	name := strings.ToLower(cmd.Name())
	if args := cmd.Args(); len(args) > 1 && strings.HasPrefix(name, "eval") {
		for _, s := range []*script{readTurn, readSlots} {
			if args[1] == s.lua.Hash() || args[1] == s.source {
				return false
			}
		}
	}
	return !slices.Contains(reading, name)
}

// hold has all that was acknowledged before be on a replica: it writes something that comes after.
func (r *Redis) hold(ctx context.Context) error {
	if !r.guarded {
		return nil
	}
	return r.Writable(ctx)
}
