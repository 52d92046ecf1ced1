package redis_test

import (
	"maps"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// today is the day that everything is counted on.
const today = "2026-11-30"

// counts counts every turn, and every row by its state.
type counts struct{}

func (counts) Turn(handlers.State, handlers.Effects, time.Time) []figures.Tally {
	return []figures.Tally{{Day: today, Name: "turns", N: 1}, {Day: "2026-12-01", Name: "a", N: -2}}
}

func (counts) Row(_ handlers.Outgoing, state string, _ time.Time) []figures.Tally {
	return []figures.Tally{{Day: today, Name: state, N: 1}}
}

// onCounted runs a test on a store that counts, as on does.
func onCounted(t *testing.T, test func(t *testing.T, r *redis.Redis)) {
	for name, url := range map[string]string{
		"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			test(t, openWith(t, redis.Config{URL: url, Patience: testPatience, Count: counts{}}))
		})
	}
}

// days reads the figures of two days and of one of which nothing is known.
func days(t *testing.T, r *redis.Redis) []figures.Day {
	t.Helper()
	out, err := r.Figures(t.Context(), []string{"2026-11-29", today, "2026-12-01"})
	if err != nil || len(out) != 3 || len(out[0].Of) > 0 {
		t.Fatal(out, err)
	}
	return out
}

// A turn counts once, however often its event comes, and each day by itself.
func TestATurnCountsOnce(t *testing.T) {
	onCounted(t, func(t *testing.T, r *redis.Redis) {
		p := storetest.Phone(t, "0101")
		nothing := func(handlers.State) (handlers.Effects, error) { return handlers.Effects{}, nil }
		for _, event := range []string{"1", "2", "2"} {
			if _, _, err := r.Turn(t.Context(), event, p, nothing); err != nil {
				t.Fatal(err)
			}
		}
		d := days(t, r)
		if d[1].Of["turns"] != 2 || d[2].Of["a"] != -4 || d[1].Date != today {
			t.Error(d)
		}
	})
}

// A text counts as sent when the claim that sent it is settled, and as delivered or failed when it
// first is. One that is tried again, or belongs to the on-call phone, doesn't count.
func TestTextsCountOnce(t *testing.T) {
	onCounted(t, func(t *testing.T, r *redis.Redis) {
		p := storetest.Phone(t, "0101")
		row := func(id string, alarm bool) handlers.Outgoing {
			o := storetest.Row(t, id)
			o.To, o.Alarm = p, alarm
			return o
		}
		storetest.Turn(t, r, "plan", p, handlers.Effects{Texts: []handlers.Outgoing{
			row("a", false), row("b", false), row("alarm", true),
		}})
		for _, c := range storetest.Claim(t, r, now, "alarm a b") {
			storetest.Begin(t, r, &c, uncapped)
			c.SID = "SM-" + c.ID
			storetest.Settle(t, r, c, handlers.Sent)
			if ok, err := r.Settle(t.Context(), c.Outgoing); ok || err != nil {
				t.Error(ok, err)
			}
		}
		receipt := func(id, state string, again time.Time) {
			t.Helper()
			if _, _, err := r.Advance(t.Context(), id, state, "SM-"+id, "", now, again); err != nil {
				t.Fatal(err)
			}
		}
		receipt("a", handlers.Delivered, time.Time{})
		receipt("a", handlers.Delivered, time.Time{})
		receipt("a", handlers.Failed, time.Time{})
		receipt("b", handlers.Failed, now.Add(time.Hour))
		receipt("alarm", handlers.Delivered, time.Time{})
		want := map[string]int{"turns": 1, handlers.Sent: 3, handlers.Delivered: 1}
		if got := days(t, r)[1].Of; !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// Whoever shows visits and cases sees that one has changed, and nothing else.
func TestWhatHasChanged(t *testing.T) {
	onCounted(t, func(t *testing.T, r *redis.Redis) {
		p, was := storetest.Phone(t, "0101"), int64(0)
		for _, c := range []struct {
			name string
			e    handlers.Effects
			want bool
		}{
			{name: "a text", e: handlers.Effects{Conversation: &handlers.Conversation{Lang: "en"}}},
			{name: "a visit", e: handlers.Effects{Visits: []handlers.Visit{{ID: "v1"}}}, want: true},
			{name: "a case", e: handlers.Effects{Cases: []handlers.Case{{ID: "c1"}}}, want: true},
			{name: "a visit that is gone", e: handlers.Effects{Gone: []string{"v1"}}, want: true},
		} {
			storetest.Turn(t, r, c.name, p, c.e)
			is, err := r.Changed(t.Context())
			if err != nil || (is > was) != c.want {
				t.Errorf("%s: %d after %d: %v", c.name, is, was, err)
			}
			was = is
		}
	})
}
