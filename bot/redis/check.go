package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ready returns nil if Redis can be read. It reads a key, since a server that answers a PING may
// still refuse reads.
func (r *Redis) Ready(ctx context.Context) error {
	if err := r.db.Get(ctx, r.keys.probe()).Err(); err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("redis read: %w", err)
	}
	return nil
}

// Writable returns nil if Redis takes a write, by making one. A full or read-only server answers
// with an error; see Word. That isn't retried, since it would only make the caller wait.
func (r *Redis) Writable(ctx context.Context) error {
	set := redis.NewCmd(ctx, "set", r.keys.probe(), ms(r.now()), "ex", seconds(keepProbe))
	if err := r.db.Process(ctx, unrepeated{set}); err != nil {
		return fmt.Errorf("redis write: %w", err)
	}
	return nil
}

// Seal is how what is stored is sealed.
type Seal struct {
	Keys   bool   // there are keys to seal with
	By     string // the id of the key that sealed the names' secret; "" if it lies in clear
	Newest bool   // that is the newest key
}

// Sealed says how what is stored is sealed. It goes by the names' secret, the first value that is
// ever stored. If the key is missing the error is an [ErrKey].
func (r *Redis) Sealed(ctx context.Context) (Seal, error) {
	if err := r.keepNames(ctx); err != nil {
		return Seal{}, err
	}
	stored, err := r.db.Get(ctx, r.keys.names()).Result()
	if err != nil {
		return Seal{}, wrap("read the names' secret", err)
	}
	id, _, _ := unpackSeal(stored)
	return Seal{Keys: r.seals.newest != "", By: id, Newest: id == r.seals.newest}, nil
}

// Word returns the word in capitals that an error of Redis itself begins with, like OOM or
// READONLY. It is "" for any other error.
func Word(err error) string {
	own, ok := errors.AsType[redis.Error](err)
	if !ok {
		return ""
	}
	word, _, _ := strings.Cut(own.Error(), " ")
	if word == "" || strings.ToUpper(word) != word {
		return ""
	}
	return word
}

// Server is what a Redis server says of itself: in a Cluster, the one that has the clinic's keys.
// What it doesn't tell is zero; a hosted one may withhold some of it.
type Server struct {
	Version   string // "7.2.4"
	Major     int    // 7
	Replica   bool   // it takes no writes of ours
	Policy    string // maxmemory-policy: what is evicted when memory is full
	Used, Max int64  // memory in bytes; Max 0 is no limit
	Appends   bool   // it keeps an append-only file, so writes survive a restart
	Fsync     string // appendfsync: how much of that file the end of its machine can cost
	// Skew is how far its clock is ahead of this machine's, give or take half a round trip.
	Skew time.Duration
}

// Server asks the server about itself, and sets [Redis.Now] by its clock. That it doesn't tell its configuration is no error. If it
// doesn't tell the time, the error comes with all the rest.
func (r *Redis) Server(ctx context.Context) (Server, error) {
	db, err := r.home(ctx)
	if err != nil {
		return Server{}, fmt.Errorf("redis: %w", err)
	}
	text, err := db.Info(ctx).Result()
	if err != nil {
		return Server{}, fmt.Errorf("redis info: %w", err)
	}
	s := parseInfo(text)
	if how, err := db.ConfigGet(ctx, "appendfsync").Result(); err == nil {
		s.Fsync = how["appendfsync"]
	}
	asked := r.clock.own()
	theirs, err := db.Time(ctx).Result()
	if err != nil {
		return s, fmt.Errorf("redis time: %w", err)
	}
	// It looked at its clock halfway.
	s.Skew = theirs.Sub(asked.Add(r.clock.own().Sub(asked) / 2))
	r.clock.learn(s.Skew)
	return s, nil
}

// home returns a client of the server that has the clinic's keys. A Cluster's own client would send
// commands without a key to any node.
func (r *Redis) home(ctx context.Context) (redis.Cmdable, error) {
	if c, ok := r.db.(*redis.ClusterClient); ok {
		return c.MasterForKey(ctx, r.keys.probe())
	}
	return r.db, nil
}

// parseInfo reads the answer to INFO: lines of "name:value" under headings. What is missing stays
// zero.
func parseInfo(text string) (s Server) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "redis_version":
			s.Version = value
			major, _, _ := strings.Cut(value, ".")
			s.Major = int(number(major))
		case "role":
			s.Replica = value != "master"
		case "maxmemory_policy":
			s.Policy = value
		case "used_memory":
			s.Used = number(value)
		case "maxmemory":
			s.Max = number(value)
		case "aof_enabled":
			s.Appends = value == "1"
		}
	}
	return s
}
