package desk

import (
	"context"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// holdLease is how long the first card of a case is held for whoever posts it: as long as
	// posting an urgent one may take. It is shorter than the lease of its post, so that a process
	// that dies while it posts holds nobody up.
	holdLease = urgentTime
	// askTime is how long people wait to be told of an alarm while the store is asked whether
	// another process is telling them.
	askTime = 250 * time.Millisecond
)

// holds are the cases whose first card this process is posting. It works while the store is away,
// which other processes don't see.
type holds struct {
	mu sync.Mutex
	of map[string]bool // by the case's id
}

// begin notes that the first card of a case is being posted; false if it is already.
func (h *holds) begin(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of[id] {
		return false
	}
	if h.of == nil {
		h.of = map[string]bool{}
	}
	h.of[id] = true
	return true
}

// end notes that it isn't being posted any more.
func (h *holds) end(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.of, id)
}

// hold has by alone post the first card of a case, among all that this process does and, if the
// store answers within askTime, among all processes. It returns false if somebody else is posting
// it. With again, somebody may have posted it a moment ago, so the desk is to be searched for it. A
// store that doesn't answer holds nobody back: better two cards than none. Call free once the card
// is posted or has failed.
func (p *Poster) hold(ctx context.Context, id, by string) (free func(), again, ok bool) {
	if !p.holds.begin(id) {
		return nil, false, false
	}
	ask := func(lease time.Duration) (bool, bool, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
		defer cancel()
		return p.Posts.HoldCard(ctx, id, by, p.Now(), lease)
	}
	held, before, err := ask(holdLease)
	switch {
	case err != nil:
		p.Log.Warn("desk: a card is posted though another process may be posting it",
			"case", id, "err", err)
		return func() { p.holds.end(id) }, false, true
	case !held:
		p.holds.end(id)
		return nil, false, false
	}
	return func() {
		p.holds.end(id)
		if _, _, err := ask(0); err != nil { // it ends by itself
			p.Log.Warn("desk: a card is held a moment longer", "case", id, "err", err)
		}
	}, before, true
}

// first shows a card whose case has no thread yet, unless somebody else is posting it: the vigil,
// or another post of the case. Then it is looked at again a moment later.
func (p *Poster) first(ctx context.Context, c handlers.Case, one handlers.Post) error {
	free, again, ok := p.hold(ctx, c.ID, one.Token)
	if !ok {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
		defer cancel()
		return p.Posts.SettlePost(ctx, one, Posted{Again: p.Now().Add(postAfter)})
	}
	defer free()
	one.Again = one.Again || again
	return p.show(ctx, c, one)
}
