// Package redistest starts real redis-servers for tests, which stop, kill and crash them, and a
// proxy that breaks connections to them. Tests alone import it.
//
// A fake can't show what a store has to survive: a script that ran though its answer was lost,
// writes that were acknowledged and didn't reach the disk, a Cluster's redirects. Where there is no
// redis-server, these tests are skipped.
package redistest

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a real redis-server that appends its writes to a file.
type Server struct {
	t    testing.TB
	dir  string // of its files, which outlive a Kill
	port string
	args []string  // the command that runs it, the same each time
	cmd  *exec.Cmd // the process that was run last

	password string // "" if it wants none
}

// Key is a key for tests, as BEACON_KEYS has it.
const Key = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// Start starts a server on a free port of 127.0.0.1 and waits until it answers. It syncs its file
// as fsync says ("always", "everysec", "no") and takes more arguments of redis-server. It ends with
// the test, which is skipped where there is no redis-server.
func Start(t testing.TB, fsync string, more ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped: no redis-server on this machine; this needs a real one")
	}
	s := &Server{t: t, dir: t.TempDir(), port: FreePort(t)}
	s.args = append([]string{
		"redis-server", "--port", s.port, "--bind", "127.0.0.1", "--dir", s.dir,
		"--appendonly", "yes", "--appendfsync", fsync, "--save", "",
	}, more...)
	s.Run()
	t.Cleanup(s.Kill)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s.await(ctx, "PONG", "PING")
	return s
}

// Run starts the server again after Kill or Crash, on the same port and with what its file holds.
// It doesn't wait until the server answers.
func (s *Server) Run() {
	s.t.Helper()
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// Kill ends the server by SIGKILL and waits until it is gone. What it has written to its file
// stays: the system has it, synced or not.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may be gone
	_ = s.cmd.Wait()
}

// Stop makes the server stand still, as on a machine that swaps: the system takes connections and
// requests for it, but nothing is answered. Go ends that.
func (s *Server) Stop() { s.signal(syscall.SIGSTOP) }

// Go lets a stopped server go on, with the requests that came meanwhile.
func (s *Server) Go() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// Crash is the sudden end of the server's machine: what the server writes while lost runs was
// acknowledged but isn't on its disk. Run brings it back without that. Killing the process alone
// would lose nothing that the system has taken, so the file is cut to the length that it had
// before.
func (s *Server) Crash(lost func()) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) != 1 {
		s.t.Fatal("the append-only file: ", files, err)
	}
	kept, err := os.Stat(files[0])
	if err != nil {
		s.t.Fatal(err)
	}
	lost()
	s.Kill()
	if err := os.Truncate(files[0], kept.Size()); err != nil {
		s.t.Fatal(err)
	}
}

// Port returns the port of 127.0.0.1 that the server listens on, before and after a Run.
func (s *Server) Port() string { return s.port }

// URL returns the server's REDIS_URL.
func (s *Server) URL() string {
	if s.password != "" {
		return "redis://:" + s.password + "@127.0.0.1:" + s.port + "/0"
	}
	return "redis://127.0.0.1:" + s.port + "/0"
}

// Memory returns what the server says of its memory, for a benchmark's log.
func (s *Server) Memory() string {
	out, _ := s.CLI("INFO", "memory")
	var used, rss string
	for line := range strings.SplitSeq(out, "\r\n") {
		if v, ok := strings.CutPrefix(line, "used_memory_human:"); ok {
			used = v
		}
		if v, ok := strings.CutPrefix(line, "used_memory_rss_human:"); ok {
			rss = v
		}
	}
	return "redis " + used + ", resident " + rss
}

// CLI runs a command by redis-cli and returns what it prints. With -c it follows a Cluster's
// redirects. redis-cli prints an error of the server and exits with 0, so look at the output.
func (s *Server) CLI(args ...string) (string, error) {
	args = append([]string{"-c", "-p", s.port}, args...)
	if s.password != "" {
		args = append([]string{"-a", s.password, "--no-auth-warning"}, args...)
	}
	out, err := exec.Command("redis-cli", args...).CombinedOutput()
	return string(out), err
}

// Cluster starts three servers that form a Cluster, as few as redis-cli makes one of, and waits
// until each finds it complete. It returns one of them and the REDIS_URL of all.
func Cluster(t testing.TB) (*Server, string) {
	t.Helper()
	servers, url := cluster(t, 0)
	return servers[0], url
}

// Holder starts a Cluster of three servers, each with so many replicas, and returns the server that
// holds a key, and the REDIS_URL of all. A server that is gone for some seconds is replaced by a
// replica, if it has one.
func Holder(t testing.TB, key string, replicas int) (*Server, string) {
	t.Helper()
	servers, url := cluster(t, replicas)
	for _, s := range servers {
		// Without -c, all others, its replicas too, redirect.
		out, err := exec.Command("redis-cli", "-p", s.port, "GET", key).CombinedOutput()
		if err == nil && !strings.Contains(string(out), "MOVED") {
			return s, url
		}
	}
	t.Fatal("no server takes " + key)
	return nil, ""
}

func cluster(t testing.TB, replicas int) ([]*Server, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var servers []*Server
	var urls []string
	create := []string{"--cluster", "create"}
	gone := "15000" // ms, as by default
	if replicas > 0 {
		gone = "3000"
	}
	for range 3 * (1 + replicas) {
		s := Start(t, "everysec", "--cluster-enabled", "yes", "--cluster-node-timeout", gone,
			"--cluster-config-file", "nodes.conf", "--cluster-port", FreePort(t))
		servers, urls = append(servers, s), append(urls, s.URL())
		create = append(create, "127.0.0.1:"+s.port)
	}
	create = append(create, "--cluster-replicas", strconv.Itoa(replicas), "--cluster-yes")
	if out, err := exec.CommandContext(ctx, "redis-cli", create...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, s := range servers {
		s.await(ctx, "cluster_state:ok", "CLUSTER", "INFO")
	}
	if replicas > 0 {
		for _, s := range servers[:3] { // redis-cli makes them the primaries
			s.await(ctx, "state=online", "INFO", "replication")
		}
	}
	return servers, strings.Join(urls, ",")
}

// Alone starts a Cluster of one server, which its clients reach through a proxy. A Cluster's
// clients connect to the addresses that the servers announce, so this one announces the proxy's
// port. Alone returns the proxy and a REDIS_URL.
func Alone(t testing.TB) (*Proxy, string) {
	t.Helper()
	port := FreePort(t)
	s := Start(t, "everysec", "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf",
		"--cluster-port", FreePort(t), "--cluster-announce-port", port)
	p := NewProxy(t, port, s.port)
	if out, err := s.CLI("CLUSTER", "ADDSLOTSRANGE", "0", "16383"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s.await(ctx, "cluster_state:ok", "CLUSTER", "INFO")
	url := "redis://127.0.0.1:" + port
	return p, url + "," + url // two addresses are a Cluster's
}

// await asks the server by redis-cli every 20 ms until the answer holds what is wanted. When ctx
// ends, the test fails with the last answer.
func (s *Server) await(ctx context.Context, want string, args ...string) {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		out, err := s.CLI(args...)
		if err == nil && strings.Contains(out, want) {
			return
		}
		select {
		case <-ctx.Done():
			s.t.Fatalf("redis-server: %v answers %q %v, want %q", args, out, err, want)
		case <-tick.C:
		}
	}
}

// FreePort returns a port of 127.0.0.1 that nothing listens on. It lies below those that the system
// gives to outgoing connections (32768 and up on Linux), else one of these could take it while its
// server is down. It isn't reserved: another process could still take it first.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}
