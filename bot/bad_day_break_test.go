package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// onSlack and onTwilio make the vendor answer in a way, or not at all.
func onSlack(h how) fault  { return behind(h, func(s *stage) *barrier { return s.slackWay }) }
func onTwilio(h how) fault { return behind(h, func(s *stage) *barrier { return s.twilioWay }) }

func behind(h how, way func(*stage) *barrier) fault {
	return func(_ context.Context, s *stage) func() {
		way(s).set(h)
		return func() { way(s).set("") }
	}
}

// killed ends Redis by SIGKILL, and runs it again with what its file holds.
func killed(_ context.Context, s *stage) func() {
	s.redis.Kill()
	return s.redis.Run
}

// replaced kills a server whose replica takes its place: before it comes back, a bot that needs it
// must be back in full.
func replaced(ctx context.Context, s *stage) func() {
	mend := killed(ctx, s)
	return func() {
		if !s.bots[0].full() {
			s.t.Error("the bot doesn't go on with the replica")
		}
		mend()
	}
}

// frozen has Redis stand still, and go on with the requests that came meanwhile.
func frozen(_ context.Context, s *stage) func() {
	s.redis.Stop()
	return s.redis.Go
}

// limping freezes Redis for two thirds of the time.
func limping(ctx context.Context, s *stage) func() {
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			s.redis.Stop()
			till(ctx, time.Now().Add(200*time.Millisecond))
			s.redis.Go()
			till(ctx, time.Now().Add(100*time.Millisecond))
		}
	})
	return wg.Wait
}

// command runs commands of redis-server, each the words of one.
func (s *stage) command(lines ...string) {
	for _, line := range lines {
		if out, err := s.redis.CLI(strings.Fields(line)...); err != nil ||
			strings.TrimSpace(out) != "OK" {
			s.t.Errorf("%s: %s %v", line, out, err)
		}
	}
}

// full makes Redis refuse writes with OOM.
func full(_ context.Context, s *stage) func() {
	s.command("CONFIG SET maxmemory 1")
	return func() { s.command("CONFIG SET maxmemory 0") }
}

// noPrimary is of a primary that never answers.
const noPrimary = "REPLICAOF 127.0.0.1 1"

// following makes Redis refuse writes with READONLY, and answer reads.
func following(_ context.Context, s *stage) func() {
	s.command(noPrimary)
	return func() { s.command("REPLICAOF NO ONE") }
}

// orphaned makes Redis refuse reads too, with MASTERDOWN.
func orphaned(_ context.Context, s *stage) func() {
	s.command("CONFIG SET replica-serve-stale-data no", noPrimary)
	return func() { s.command("REPLICAOF NO ONE", "CONFIG SET replica-serve-stale-data yes") }
}

// unsaved makes Redis refuse writes with MISCONF, as on a full disk: its snapshot can't be written,
// since a directory has the name of its file.
func unsaved(ctx context.Context, s *stage) func() {
	out, err := s.redis.CLI("CONFIG", "GET", "dir")
	lines := strings.Fields(out)
	if err != nil || len(lines) != 2 {
		s.t.Errorf("CONFIG GET dir: %s %v", out, err)
		return func() {}
	}
	file := filepath.Join(lines[1], "dump.rdb")
	if err := os.MkdirAll(filepath.Join(file, "full"), 0o700); err != nil {
		s.t.Error(err)
	}
	if out, err := s.redis.CLI("CONFIG", "SET", "save", "3600 1000000"); err != nil {
		s.t.Error(out, err)
	}
	s.save(ctx, "rdb_last_bgsave_status:err")
	return func() {
		if err := os.RemoveAll(file); err != nil {
			s.t.Error(err)
		}
		s.save(s.ctx, "rdb_last_bgsave_status:ok")
	}
}

// save has Redis write a snapshot, until INFO says what is wanted.
func (s *stage) save(ctx context.Context, want string) {
	for ctx.Err() == nil {
		_, err := s.redis.CLI("BGSAVE")
		out, err1 := s.redis.CLI("INFO", "persistence")
		if err := errors.Join(err, err1); err != nil {
			s.t.Error(err)
		}
		if strings.Contains(out, want) {
			return
		}
		till(ctx, time.Now().Add(100*time.Millisecond))
	}
}

// evicting has Redis throw away keys instead of refusing writes.
func evicting(_ context.Context, s *stage) func() {
	used := 0
	out, err := s.redis.CLI("INFO", "memory")
	if _, rest, ok := strings.Cut(out, "used_memory:"); ok {
		_, err = fmt.Sscan(rest, &used)
	}
	if err != nil || used == 0 {
		s.t.Errorf("INFO memory: %s %v", out, err)
	}
	s.command("CONFIG SET maxmemory-policy allkeys-lru",
		fmt.Sprintf("CONFIG SET maxmemory %d", used+used/10))
	return func() {
		s.command("CONFIG SET maxmemory 0", "CONFIG SET maxmemory-policy noeviction")
	}
}

// holder returns how to start a Cluster whose servers have so many replicas each.
func holder(replicas int) func(testing.TB) (*redistest.Server, string) {
	return func(t testing.TB) (*redistest.Server, string) {
		return redistest.Holder(t, "{beacon}", replicas)
	}
}

// guarded starts a primary with replicas, one of which the Sentinels put in its place when it ends.
func guarded(t testing.TB) (*redistest.Server, string) {
	g := redistest.Sentinels(t)
	return g.Primary(), g.URL()
}

// ended ends one bot in a way, and runs it again when it is mended.
func ended(end func(*program)) fault {
	return func(_ context.Context, s *stage) func() {
		end(s.bots[0])
		return s.bots[0].run
	}
}

// rolling ends one bot after another in a way, runs it again, and goes on with the next as soon as
// it is ready.
func rolling(end func(*program)) fault {
	return func(ctx context.Context, s *stage) func() {
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				p := s.bots[i%len(s.bots)]
				till(ctx, time.Now().Add(time.Second)) // all are at work meanwhile
				end(p)
				p.run()
				p.serves()
			}
		})
		return wg.Wait
	}
}

// term ends a bot in order, which it must do by itself.
func (p *program) term() {
	if err := p.stop(); err != nil {
		p.t.Errorf("after SIGTERM: %v", err)
	}
}

// well breaks nothing.
func well(context.Context, *stage) func() { return func() {} }
