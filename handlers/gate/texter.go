package gate

import (
	"log/slog"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Texter is the gate: a text reaches a phone only through [Texter.Reply], the answer to a webhook,
// and through [Texter.Deliver] or a [Crew], which send what waits in the ledger. Consent, caps,
// pace, length and forbidden words are checked here, so no caller can bypass them. Its
// methods may be called concurrently.
type Texter struct {
	Clinic   *settings.Clinic
	Store    handlers.Store
	Ledger   Ledger
	Receipts Receipts
	Wording  Wording
	Carrier  Carrier
	// Place says where a number is. It is a func because the tables of numbers are a vendor's.
	Place func(handlers.Phone) budget.Place
	Free  bool // texts cost nothing, as in the sandbox: answers have no budget
	Now   func() time.Time
	// Sleep waits until the pace lets a text out. It is nil where time doesn't pass by itself, as
	// in tests; a text that is too early is then put back. It is a func because only package main
	// may make a process wait.
	Sleep func(time.Duration)
	Meter Meter
	Log   *slog.Logger

	look glance // for outages that may be over
}

// lookEvery is how often a process has a text that met no trouble look for an outage to end: a look
// reads the open cases of the desk, which is too much for every text.
const lookEvery = time.Minute

// glance limits how often a process looks for an outage to end.
type glance struct {
	mu   sync.Mutex
	next map[string]time.Time // when to look again, by way
}

// due reports whether it is time to look at a way, and notes that somebody does.
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
