// Package stall lets the fake servers of tests hold their answers back, as a server that hangs
// does.
package stall

import (
	"context"
	"sync"
)

// Gate is where requests pass, or wait while it hangs. The zero Gate lets them pass.
type Gate struct {
	mu   sync.Mutex
	open chan struct{} // closed when those who wait go on; nil while nobody has to wait
}

// Hang makes every request wait for its answer, or lets all of them go on.
func (p *Gate) Hang(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case on && p.open == nil:
		p.open = make(chan struct{})
	case !on && p.open != nil:
		close(p.open)
		p.open = nil
	}
}

// Pass waits while the gate is shut, until the context ends at the latest. It reports whether the
// caller is still there to be answered.
func (p *Gate) Pass(ctx context.Context) bool {
	p.mu.Lock()
	open := p.open
	p.mu.Unlock()
	if open == nil {
		return true
	}
	select {
	case <-open:
		return true
	case <-ctx.Done():
		return false
	}
}
