package redis_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	miniserver "github.com/alicebob/miniredis/v2/server"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// cli changes a server's configuration.
func cli(t *testing.T, s *redistest.Server, args ...any) {
	t.Helper()
	c := goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:" + s.Port()})
	defer func() { _ = c.Close() }()
	if err := c.Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(args, err)
	}
}

// A server that answers but takes no writes is told from one that does, by Redis' own word.
func TestWritable(t *testing.T) {
	for _, test := range []struct {
		name string
		set  [][]any // what makes the server so
		want string  // Redis' word
	}{
		{name: "it takes writes"},
		{
			name: "its memory is full",
			set:  [][]any{{"CONFIG", "SET", "maxmemory", "1"}},
			want: "OOM",
		},
		{
			name: "it is a replica",
			set:  [][]any{{"REPLICAOF", "127.0.0.1", "1"}},
			want: "READONLY",
		},
		{
			name: "too few replicas",
			set:  [][]any{{"CONFIG", "SET", "min-replicas-to-write", "1"}},
			want: "NOREPLICAS",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := redistest.Start(t, "everysec")
			r := open(t, s.URL())
			for _, one := range test.set {
				cli(t, s, one...)
			}
			err := r.Writable(t.Context())
			if (err == nil) != (test.want == "") || redis.Word(err) != test.want {
				t.Errorf("write: %v, word %q; want %q", err, redis.Word(err), test.want)
			}
		})
	}
	t.Run("it is away", func(t *testing.T) {
		s := redistest.Start(t, "everysec")
		r := open(t, s.URL())
		s.Kill()
		if err := r.Writable(t.Context()); err == nil || redis.Word(err) != "" {
			t.Errorf("a server that is gone: %v, word %q", err, redis.Word(err))
		}
	})
}

// A server that refuses a write is asked once. go-redis would ask a read-only one four times, and
// the check would wait in between.
func TestWritableAsksOnce(t *testing.T) {
	m := miniredis.RunT(t)
	var asked atomic.Int64
	m.Server().SetPreHook(func(c *miniserver.Peer, cmd string, args ...string) bool {
		if !strings.EqualFold(cmd, "SET") {
			return false
		}
		asked.Add(1)
		c.WriteError("READONLY You can't write against a read only replica.")
		return true
	})
	err := open(t, "redis://"+m.Addr()).Writable(t.Context())
	if redis.Word(err) != "READONLY" || asked.Load() != 1 {
		t.Errorf("%v after asking %d times", err, asked.Load())
	}
}

// Word finds Redis' own word in an error that callers have wrapped, and takes no other for one.
func TestWordOfAnError(t *testing.T) {
	m := miniredis.RunT(t)
	r := open(t, "redis://"+m.Addr())
	for _, c := range []struct{ answer, want string }{
		{answer: "OOM command not allowed when used memory > 'maxmemory'.", want: "OOM"},
		{answer: "MISCONF Redis is configured to save RDB snapshots", want: "MISCONF"},
		{answer: "NOAUTH", want: "NOAUTH"},
		{answer: "something else went wrong"},
		{answer: "Max number of clients"},
	} {
		m.SetError(c.answer)
		err := r.Writable(t.Context())
		if got := redis.Word(err); err == nil || got != c.want {
			t.Errorf("%v: %q, want %q", err, got, c.want)
		}
	}
	if got := redis.Word(errors.New("OOM of our own")); got != "" {
		t.Errorf("%q of an error that isn't Redis'", got)
	}
	if got := redis.Word(nil); got != "" {
		t.Errorf("%q of no error", got)
	}
}

// What the server says of itself is read, and how far its clock is off.
func TestServerTellsOfItself(t *testing.T) {
	s := redistest.Start(t, "always",
		"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	ours := time.Now().Add(-10 * time.Second)
	r, err := redis.Open(redis.Config{URL: s.URL(), Now: func() time.Time { return ours }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	got, err := r.Server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Major < 7 || !strings.HasPrefix(got.Version, "7") && got.Major == 7 {
		t.Errorf("version %q, major %d", got.Version, got.Major)
	}
	if got.Policy != "allkeys-lru" || got.Max != 100<<20 || got.Used == 0 || got.Replica ||
		!got.Appends || got.Fsync != "always" {
		t.Errorf("got %+v", got)
	}
	if got.Skew < 9*time.Second || got.Skew > 15*time.Second {
		t.Errorf("its clock is %v ahead of ours, want some 10 s", got.Skew)
	}
	cli(t, s, "CONFIG", "SET", "appendonly", "no")
	cli(t, s, "REPLICAOF", "127.0.0.1", "1")
	if got, err = r.Server(t.Context()); err != nil || got.Appends || !got.Replica {
		t.Errorf("a replica without a file: %+v %v", got, err)
	}
	s.Kill()
	if _, err := r.Server(t.Context()); err == nil {
		t.Error("known of a server that is away")
	}
}

// What a hosted server leaves out, or refuses to tell, is zero, and no error.
func TestServerThatTellsLittle(t *testing.T) {
	m := miniredis.RunT(t)
	m.Server().SetPreHook(func(c *miniserver.Peer, cmd string, args ...string) bool {
		switch strings.ToUpper(cmd) {
		case "INFO":
			c.WriteBulk("# Server\r\nredis_version:6.2.14\r\n\r\n# Replication\r\nrole:master\r\n")
		case "CONFIG":
			c.WriteError("NOPERM this user has no permissions to run the 'config|get' command")
		default:
			return false
		}
		return true
	})
	got, err := open(t, "redis://"+m.Addr()).Server(t.Context())
	if err != nil || got.Major != 6 || got.Version != "6.2.14" || got.Policy != "" ||
		got.Fsync != "" {
		t.Errorf("got %+v %v", got, err)
	}
}

// A server that doesn't answer holds up no check beyond its deadline.
func TestChecksKeepTheirDeadline(t *testing.T) {
	r := open(t, "redis://192.0.2.1:6379") // nobody answers there
	for name, ask := range map[string]func(context.Context) error{
		"ready": r.Ready, "writable": r.Writable,
		"server": func(ctx context.Context) error { _, err := r.Server(ctx); return err },
		"bots":   func(ctx context.Context) error { _, err := r.Bots(ctx); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		began := time.Now()
		if err := ask(ctx); err == nil {
			t.Errorf("%s: nobody answered, and that is no error", name)
		}
		cancel()
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
