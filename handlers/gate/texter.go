package gate

import (
	"log/slog"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Texter is the gate: a text reaches a phone only through [Texter.Reply], the answer to a webhook,
// and through [Texter.Deliver] or a [Crew], which send what waits in the ledger. Consent, the
// window, caps, pace, length and forbidden words are checked here, so no caller can bypass them.
type Texter struct {
	Clinic   *settings.Clinic
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

// glance limits how often a process checks for an outage.
type glance struct {
	mu   sync.Mutex
	next map[string]time.Time // by way
}

// due says whether it is time to check a way, and notes that it was checked.
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
