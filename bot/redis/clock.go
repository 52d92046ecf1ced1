package redis

import (
	"sync/atomic"
	"time"
)

// shared is the clock that all processes on one Redis go by: each machine's own, or the server's
// where the two differ by more than skew. What one process stores as due is claimed by another, so
// an alarm that a machine with a fast clock stores would wait until the others' clocks get there.
type shared struct {
	own  func() time.Time // this machine's, or one that is turned by hand
	skew time.Duration    // see Config.Skew
	off  atomic.Int64     // by how much the server's is ahead, in ns, if that is more than skew
}

// learn notes by how much the server's clock is ahead of this machine's. A clock that is turned by
// hand is always believed.
func (s *shared) learn(ahead time.Duration) {
	if s.skew == 0 || ahead.Abs() <= s.skew {
		ahead = 0
	}
	s.off.Store(int64(ahead))
}

func (s *shared) now() time.Time { return s.own().Add(time.Duration(s.off.Load())) }

// Now returns the time that all processes on this Redis go by: this machine's, or the server's once
// [Redis.Server] has found that they differ by more than Config.Skew.
func (r *Redis) Now() time.Time { return r.clock.now() }
