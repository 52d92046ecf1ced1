package redis

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
)

// trips is a redis.Hook that counts round trips: a pipeline is one.
type trips struct{ n atomic.Int64 }

func (t *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (t *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		t.n.Add(1)
		return next(ctx, cmd)
	}
}

func (t *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		t.n.Add(1)
		return next(ctx, cmds)
	}
}

// A text is one read and one write, whatever is known of its number. The client's hooks are seen
// inside the package only, so this test is in it.
func TestATextIsTwoRoundTrips(t *testing.T) {
	r, err := Open(Config{
		URL: redistest.Start(t, "everysec").URL(), Now: time.Now, Patience: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	p, err := handlers.NewPhone("+12125550101")
	if err != nil {
		t.Fatal(err)
	}
	plan := func(handlers.State) (handlers.Effects, error) {
		var e handlers.Effects
		for _, id := range []string{"a", "b", "c"} {
			one := handlers.Outgoing{ID: id, To: p, Kind: "confirm", Due: time.Now()}
			e.Texts = append(e.Texts, one)
		}
		return e, nil
	}
	if _, _, err := r.Turn(t.Context(), "plan", p, plan); err != nil { // loads both scripts, too
		t.Fatal(err)
	}
	var count trips
	r.db.AddHook(&count)
	rows := 0
	decide := func(_ handlers.State, all []handlers.Record) (handlers.Effects, error) {
		rows = len(all)
		return handlers.Effects{Conversation: &handlers.Conversation{Last: "cost"}}, nil
	}
	for _, c := range []struct {
		name string
		id   string
		want int64
	}{
		{name: "a text", id: "SM1", want: 2},
		{name: "the same again", id: "SM1", want: 1},
		{name: "the next", id: "SM2", want: 2},
	} {
		count.n.Store(0)
		_, _, err := r.TurnWithRecords(t.Context(), c.id, p, decide)
		if n := count.n.Load(); err != nil || n != c.want || rows != 3 {
			t.Errorf("%s: %d round trips with %d rows, %v; want %d with 3", c.name, n, rows, err,
				c.want)
		}
	}
}
