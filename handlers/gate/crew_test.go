package gate_test

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// What is due for one number leaves in the order in which it was due, and of one moment how to
// prepare before other reminders.
func TestANumbersTextsLeaveInTurn(t *testing.T) {
	g := newDoor(t)
	var sending, most atomic.Int32
	g.carrier.OnSend = func(handlers.Outgoing) (string, error) {
		most.Store(max(most.Load(), sending.Add(1)))
		for range 1000 { // any other would come in between
			runtime.Gosched()
		}
		sending.Add(-1)
		return "", nil
	}
	now := g.clock.Now()
	first, second := staffText("d", "Yes, do."), staffText("c", "May I come?")
	first.Due, second.Due = now.Add(-time.Second), now.Add(-2*time.Second)
	prepare := reminder("b")
	prepare.Kind = kinds.Prepare
	g.plan(reminder("a"), prepare, first, second)
	g.deliver(t)
	var order []string
	for _, o := range g.carrier.Sent() {
		order = append(order, o.ID)
	}
	if got := strings.Join(order, " "); got != "c d b" { // the day's cap has one
		t.Errorf("they left as %s, want c d b", got)
	}
	if most.Load() > 1 {
		t.Errorf("%d were sent at once", most.Load())
	}
}
