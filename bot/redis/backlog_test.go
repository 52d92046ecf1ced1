package redis_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// counted is a ledger that counts the moments that the pace gave out. There can be more than sends:
// a busy machine may miss its moment, and the row gets another one.
type counted struct {
	*redis.Redis
	ready *atomic.Int64
}

func (c counted) Begin(
	ctx context.Context, o handlers.Outgoing, s handlers.State,
	caps gate.Caps, p gate.Pace, lease time.Duration,
) (gate.Begun, error) {
	b, err := c.Redis.Begin(ctx, o, s, caps, p, lease)
	if b.Answer == gate.Ready {
		c.ready.Add(1)
	}
	return b, err
}

// Two processes share a backlog: the carrier never gets more than the limit in any second, and at
// least 98 % of the limit is used.
func TestPaceUnderABacklog(t *testing.T) {
	const rate, seconds = 20, 4
	r, err := redis.Open(redis.Config{URL: realURL(t), Now: time.Now, Skew: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	b := handlerstest.Words(t)
	b.Clinic.Pace.PerSecond, b.Clinic.Pace.PerDay = rate, 0
	b.Clinic.Reminders.Window.From, b.Clinic.Reminders.Window.To = 0, 24*60
	reminders(t, r, rate*seconds, time.Now())
	ledger, carrier := counted{r, new(atomic.Int64)}, &slowCarrier{}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			sendAll(t, r, (&gate.Texter{
				Clinic: b.Clinic, Store: r, Ledger: ledger, Place: handlerstest.PlaceOf,
				Carrier: &handlerstest.Carrier{OnSend: carrier.send},
				Now:     time.Now, Sleep: func(d time.Duration) { <-time.After(d) },
				Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
				Wording: &handlerstest.Wording{OnCompose: seeYou},
			}).Crew())
		})
	}
	wg.Wait()
	sent := carrier.sent
	if len(sent) != rate*seconds {
		t.Fatalf("%d sent", len(sent))
	}
	slices.SortFunc(sent, time.Time.Compare)
	for i := rate; i < len(sent); i++ {
		// Other tests hold each moment to the microsecond. Here a send may leave up to 50 ms late.
		if in := sent[i].Sub(sent[i-rate]); in < time.Second-50*time.Millisecond {
			t.Errorf("%d within %v", rate+1, in)
		}
	}
	took := sent[len(sent)-1].Sub(sent[0])
	given := ledger.ready.Load()
	used := float64(given-1) / took.Seconds() / rate
	t.Logf("%d in %v, %d moments given out: %.1f %% of the limit", len(sent), took, given, 100*used)
	if used < .98 {
		t.Errorf("only %.1f %% of the limit is used", 100*used)
	}
}

// seeYou is what every row says.
func seeYou(handlers.State, handlers.Outgoing, time.Time) handlers.Composed {
	return handlers.Composed{Body: "See you."}
}

// slowCarrier takes as long as a real one, and notes when each send came in.
type slowCarrier struct {
	mu   sync.Mutex
	sent []time.Time
}

func (c *slowCarrier) send(handlers.Outgoing) (string, error) {
	c.mu.Lock()
	c.sent = append(c.sent, time.Now())
	c.mu.Unlock()
	<-time.After(150 * time.Millisecond)
	return "", nil
}

// sendAll has a crew look for work every 100 ms until no row waits.
func sendAll(t *testing.T, r *redis.Redis, c *gate.Crew) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for n := int64(1); n > 0; {
		if err := c.Work(t.Context()); err != nil {
			t.Error(err)
			return
		}
		n, _ = r.Waiting(t.Context())
		<-tick.C
	}
	if _, err := c.Wait(); err != nil {
		t.Error(err)
	}
}
