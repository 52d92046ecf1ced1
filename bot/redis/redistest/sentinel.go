package redistest

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// Master is what the Sentinels of tests call the primary.
const Master = "beacon"

// password is that of servers and Sentinels.
const password = "s3cret"

// Guarded are a primary and two replicas, which three Sentinels look after.
type Guarded struct {
	servers   []*Server
	sentinels []*Server
}

// Sentinels starts them as deploy/ has it, and waits until they know each other. They give a
// primary up after one and a half seconds, half as long as deploy/ has it: on a busy machine a
// server that lives may be silent for half a second.
func Sentinels(t testing.TB) *Guarded {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped: no redis-server on this machine; this needs a real one")
	}
	primary, g := FreePort(t), &Guarded{}
	for i := range 3 {
		port := primary
		if i > 0 {
			port = FreePort(t)
		}
		g.servers = append(g.servers, deployed(t, "redis", port, primary))
	}
	for range 3 {
		g.sentinels = append(g.sentinels, deployed(t, "sentinel", FreePort(t), primary))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, s := range slices.Concat(g.servers, g.sentinels) {
		s.Run()
		t.Cleanup(s.Kill)
		s.await(ctx, "PONG", "PING")
		if s.port != primary && slices.Contains(g.servers, s) {
			// A Sentinel that doesn't find it at once asks again after ten seconds.
			s.await(ctx, "master_link_status:up", "INFO", "replication")
		}
	}
	for _, s := range g.sentinels {
		s.await(ctx, "OK 3 usable Sentinels", "SENTINEL", "CKQUORUM", Master)
		s.await(ctx, "num-slaves\n2\n", "SENTINEL", "MASTER", Master)
	}
	return g
}

// script is the path of a script of deploy/, wherever the test's package is.
func script(name string) string {
	path := "deploy/redis/" + name
	for range 5 {
		if _, err := os.Stat(path); err == nil {
			break
		}
		path = "../" + path
	}
	return path
}

// deployed is a server or a Sentinel by the script of deploy/.
func deployed(t testing.TB, role, port, primary string) *Server {
	t.Helper()
	s := &Server{t: t, dir: t.TempDir(), port: port, password: password}
	s.args = []string{
		"env", "ROLE=" + role, "HOST=127.0.0.1", "PORT=" + port, "DATA=" + s.dir,
		"PRIMARY=127.0.0.1", "PRIMARY_PORT=" + primary, "REDIS_PASSWORD=" + password,
		"DOWN_AFTER=1500", "FAILOVER_TIMEOUT=5000", "sh", script("start.sh"),
	}
	return s
}

// URL is a REDIS_URL.
func (g *Guarded) URL() string {
	urls := make([]string, len(g.sentinels))
	for i, s := range g.sentinels {
		urls[i] = "redis://:" + password + "@127.0.0.1:" + s.port + "?master_name=" + Master +
			"&sentinel_password=" + password
	}
	return strings.Join(urls, ",")
}

// Run starts all of them.
func (g *Guarded) Run() { g.each((*Server).Run) }

// Kill is kill -9 of all of them.
func (g *Guarded) Kill() { g.each((*Server).Kill) }

// Stop has all of them stand still.
func (g *Guarded) Stop() { g.each((*Server).Stop) }

func (g *Guarded) each(do func(*Server)) {
	for _, s := range slices.Concat(g.servers, g.sentinels) {
		do(s)
	}
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
