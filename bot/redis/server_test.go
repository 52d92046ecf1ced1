package redis_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// lease is how long claims last.
const lease = storetest.Lease

var (
	now      = storetest.Now() // when the tests happen
	uncapped = gate.Caps{Now: now}
	unpaced  gate.Pace
)

// on runs a test on the Redis of the sandbox, and on a real one: the server that BEACON_TEST_REDIS names, whose database is emptied, or one
// of its own.
func on(t *testing.T, test func(t *testing.T, r *redis.Redis)) {
	t.Run("miniredis", func(t *testing.T) { test(t, open(t, "redis://"+miniredis.RunT(t).Addr())) })
	t.Run("redis-server", func(t *testing.T) { test(t, open(t, realURL(t))) })
}

// testPatience is as long as a busy machine needs.
const testPatience = 10 * time.Second

func open(t testing.TB, url string) *redis.Redis {
	t.Helper()
	return openWith(t, redis.Config{URL: url, Patience: testPatience})
}

func openWith(t testing.TB, c redis.Config) *redis.Redis {
	t.Helper()
	c.Now = func() time.Time { return now }
	r, err := redis.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// realURL is that of a real server with nothing in it.
func realURL(t testing.TB) string {
	t.Helper()
	url := os.Getenv("BEACON_TEST_REDIS")
	if url == "" {
		return newServer(t).url()
	}
	o, err := goredis.ParseURL(url)
	if err != nil {
		t.Fatal("BEACON_TEST_REDIS:", err)
	}
	c := goredis.NewClient(o)
	defer func() { _ = c.Close() }()
	if err := c.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal("BEACON_TEST_REDIS:", err)
	}
	return url
}

// everyWrite has the server write a command to disk before it acknowledges it. Without it the server holds writes back for up to two seconds
// while an earlier one is being synced, and a kill then loses what it has acknowledged.
func everyWrite() []string { return []string{"--appendfsync", "always"} }

// server is a redis-server that belongs to one test.
type server struct {
	port, dir string
	args      []string
	cmd       *exec.Cmd
}

func newServer(t testing.TB, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped on a real server: no redis-server in PATH, and BEACON_TEST_REDIS is not set")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close() // the port is free for the server now
	s := &server{port: port, dir: t.TempDir(), args: args}
	s.start(t)
	t.Cleanup(s.kill)
	return s
}

func (s *server) url() string { return "redis://127.0.0.1:" + s.port }

// start starts the server on its port and directory, and waits until it takes connections.
func (s *server) start(t testing.TB) {
	t.Helper()
	args := append([]string{"--port", s.port, "--bind", "127.0.0.1", "--dir", s.dir, "--appendonly", "yes", "--save", ""}, s.args...)
	s.cmd = exec.Command("redis-server", args...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			go func() { // the pipe must be read, or the server stands still
				for lines.Scan() {
				}
			}()
			return
		}
	}
	t.Fatal("redis-server ended before it was ready")
}

// kill is kill -9.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}
