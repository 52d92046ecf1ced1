package redistest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Master is what the Sentinels of tests call the primary.
const Master = "beacon"

// Guarded are a primary and two replicas, which three Sentinels look after.
type Guarded struct {
	servers   []*Server
	sentinels []*Server
}

// Sentinels starts them and waits until they know each other. Its servers sync their files at every
// write, as deploy/ has it.
func Sentinels(t testing.TB) *Guarded {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	more := []string{
		"--repl-diskless-sync-delay", "0",
		"--repl-ping-replica-period", "1",
	}
	g := &Guarded{servers: []*Server{Start(t, "always", more...)}}
	primary := g.servers[0]
	more = append(more, "--replicaof", "127.0.0.1 "+primary.port)
	for range 2 {
		g.servers = append(g.servers, Start(t, "always", more...))
	}
	for _, s := range g.servers[1:] {
		s.await(ctx, "master_link_status:up", "INFO", "replication")
	}
	for range 3 {
		g.sentinels = append(g.sentinels, startSentinel(t, primary.port))
	}
	for _, s := range g.sentinels {
		s.await(ctx, "PONG", "PING")
		s.await(ctx, "OK 3 usable Sentinels", "SENTINEL", "CKQUORUM", Master)
		s.await(ctx, "num-slaves\n2\n", "SENTINEL", "MASTER", Master)
	}
	return g
}

// startSentinel starts a Sentinel, which gives a primary up after half a second.
func startSentinel(t testing.TB, primary string) *Server {
	t.Helper()
	s := &Server{t: t, dir: t.TempDir(), port: FreePort(t)}
	file := filepath.Join(s.dir, "sentinel.conf") // it writes there what it learns
	conf := fmt.Sprintf(`port %s
bind 127.0.0.1
dir %s
sentinel monitor %[3]s 127.0.0.1 %[4]s 2
sentinel down-after-milliseconds %[3]s 500
sentinel failover-timeout %[3]s 3000
`, s.port, s.dir, Master, primary)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	s.args = []string{file, "--sentinel"}
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

// URL is a REDIS_URL.
func (g *Guarded) URL() string {
	urls := make([]string, len(g.sentinels))
	for i, s := range g.sentinels {
		urls[i] = "redis://127.0.0.1:" + s.port + "?master_name=" + Master
	}
	return strings.Join(urls, ",")
}

// Primary is the server that takes writes, as a Sentinel has it now.
func (g *Guarded) Primary() *Server {
	for _, sentinel := range g.sentinels {
		out, err := sentinel.CLI("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Master)
		for _, s := range g.servers {
			if err == nil && strings.Contains(out, s.port+"\n") {
				return s
			}
		}
	}
	return nil
}

// Replicas are the servers besides the primary.
func (g *Guarded) Replicas() (out []*Server) {
	primary := g.Primary()
	for _, s := range g.servers {
		if s != primary {
			out = append(out, s)
		}
	}
	return out
}

// Stop has all of them stand still.
func (g *Guarded) Stop() {
	for _, s := range append(g.servers, g.sentinels...) {
		s.Stop()
	}
}
