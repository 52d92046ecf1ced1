package redistest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Hosted starts the server of a small clinic: one that stands alone, by the script and with the
// configuration of deploy/. It begins with what backup holds, put back by deploy's other script;
// with nothing if backup is nil.
func Hosted(t testing.TB, backup []byte) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped: no redis-server on this machine; this needs a real one")
	}
	port := FreePort(t)
	s := deployed(t, "one", port, port)
	if backup != nil {
		cmd := exec.CommandContext(t.Context(), "sh", script("restore.sh"), s.dir)
		cmd.Stdin = bytes.NewReader(backup)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("put back: %v\n%s", err, out)
		}
	}
	s.Run()
	t.Cleanup(s.Kill)
	s.Awake()
	return s
}

// Awake waits until the server has read its files.
func (s *Server) Awake() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	s.await(ctx, "PONG", "PING")
}

// Backup returns a backup, made while the server serves.
func (s *Server) Backup() []byte {
	s.t.Helper()
	name := filepath.Join(s.t.TempDir(), "backup.rdb")
	if out, err := s.CLI("--rdb", name); err != nil {
		s.t.Fatalf("back up: %v\n%s", err, out)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}
