package gate_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// stage is a store and a carrier on one clock. The first turn that tells the slot of a text takes a
// while.
type stage struct {
	*handlerstest.Store
	*handlerstest.Carrier
	clock *handlerstest.Clock
	takes time.Duration
	begun []time.Time
	until []time.Time // when each request has ended at the latest
}

func (s *stage) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	if strings.HasPrefix(id, "leaves") {
		s.clock.Add(s.takes)
		s.takes = 0
	}
	return s.Store.Turn(ctx, id, p, decide)
}

func (s *stage) Begin(
	ctx context.Context, o handlers.Outgoing, from handlers.State,
	c gate.Caps, p gate.Pace, lease time.Duration,
) (gate.Begun, error) {
	s.begun = append(s.begun, s.clock.Now())
	return s.Store.Begin(ctx, o, from, c, p, lease)
}

func (s *stage) Send(ctx context.Context, o handlers.Outgoing) (string, error) {
	in := time.Hour
	if deadline, ok := ctx.Deadline(); ok {
		in = time.Until(deadline)
	}
	s.until = append(s.until, s.clock.Now().Add(in))
	return s.Carrier.Send(ctx, o)
}

// A request ends within the lease that its begin renewed, however slow the steps before it were.
// After the lease another process may look the text up, and must find it.
func TestNoRequestOutlivesItsLease(t *testing.T) {
	for _, c := range []struct {
		name   string
		takes  time.Duration
		begins int
	}{
		{name: "at once", takes: 0, begins: 1},
		{name: "a slow turn", takes: 9 * time.Second, begins: 1},
		{name: "a turn that leaves no time", takes: 11 * time.Second, begins: 2},
		{name: "a turn longer than the lease", takes: 25 * time.Second, begins: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newDoor(t)
			s := &stage{Store: g.store, Carrier: g.carrier, clock: g.clock, takes: c.takes}
			g.Texter.Store, g.Ledger, g.Texter.Carrier = s, s, s
			o := reminder("offer")
			o.Slot = "slot"
			g.plan(o)
			for range 3 { // the second time it may leave a moment later
				g.deliver(t)
				g.clock.Add(time.Second)
			}
			if len(s.until) != 1 || len(s.begun) != c.begins {
				t.Fatalf("%d requests, %d begins", len(s.until), len(s.begun))
			}
			last := s.begun[len(s.begun)-1]
			if in := s.until[0].Sub(last); in > gate.Lease-5*time.Second {
				t.Errorf("it may run for %v, with a lease of %v", in, gate.Lease)
			}
			if row := g.store.Text("offer"); row.State != handlers.Sent {
				t.Errorf("%+v", row)
			}
		})
	}
}
