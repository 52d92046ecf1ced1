package redis

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
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

// held has a write count only when a replica has it too. Redis answers a write before it replicates
// it: when the primary then dies, a replica takes its place without the write; and a primary that
// comes back before all Sentinels know of its successor takes writes that are then thrown away. One
// that no replica has is an error, like any whose outcome isn't known. held is a redis.Hook, of
// clients that go by Sentinels.
type held struct {
	db   redis.UniversalClient
	wait time.Duration // how long a replica may take
}

var _ redis.Hook = held{}

// unheld is the answer of a server that no replica follows, in the form of Redis' own.
type unheld struct{}

// Error implements redis.Error.
func (unheld) Error() string { return "NOREPLICAS no replica has it" }

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
		wait := redis.NewIntCmd(ctx, "wait", 1, h.wait.Milliseconds())
		err := next(ctx, append(slices.Clip(cmds), wait))
		if wait.Err() == nil && wait.Val() > 0 {
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

// reading are the commands of this package, and of a connection's handshake, that write nothing.
var reading = strings.Fields("auth client command config exists get hello hget hgetall hmget hvals " +
	"info lrange mget ping pttl readonly select sismember smembers srandmember time ttl zcard " +
	"zcount zrange zrangebyscore zrevrange zscore")

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
