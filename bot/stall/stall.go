// Package stall lets the fake servers of tests hold their answers back, as a server does that
// accepts connections and then hangs. The fakes of Twilio and Slack embed a [Gate].
package stall

import (
	"context"
	"sync"
)

// Gate is what requests pass through, and where they wait while it hangs. The zero Gate lets all
// pass. Its methods may be called concurrently.
type Gate struct {
	mu   sync.Mutex
	open chan struct{} // closed to let those who wait go on; nil while the gate is open
}

// Hang makes requests wait from now on, or lets all that wait go on. Calls don't add up: two of
// Hang(true) are ended by one of Hang(false).
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

// Pass waits while the gate hangs, but no longer than until ctx ends. It returns false if ctx ended
// first: the caller has gone and needs no answer. A request that waits when the gate is opened goes
// on even if the gate hangs again at once.
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
