package gate

import (
	"log/slog"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Texter is the one gate: nothing reaches a phone but through Reply (the answer to a text, in the
// same breath) and Deliver or a Crew (what waits in the ledger). Consent, the window, the caps, the
// pace, the length and the words are held here, so no caller can go round them.
type Texter struct {
	Clinic   *knowledge.Clinic
	Store    handlers.Store
	Ledger   Ledger
	Receipts Receipts
	Wording  Wording
	Carrier  Carrier
	Now      func() time.Time
	// Sleep waits until the pace lets a text out; nil where time doesn't pass by itself. It is a
	// func because only package main may make a process wait.
	Sleep func(time.Duration)
	Meter Meter
	Log   *slog.Logger

	look glance // for outages
}

// lookEvery is how often a text that had no trouble looks for an outage to end.
const lookEvery = time.Minute

// glance keeps a process from looking at every text whether there is an outage.
type glance struct {
	mu   sync.Mutex
	next map[string]time.Time // by way
}

// due says whether it is time to look.
func (g *glance) due(way string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.next[way]) {
		return false
	}
	if g.next == nil {
		g.next = map[string]time.Time{}
	}
	g.next[way] = now.Add(lookEvery)
	return true
}
