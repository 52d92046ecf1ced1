package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// TestRedisRefuses has Redis answer each command with an error of its own: the check of writes
// repeats it, and says what to do about that error and no other.
func TestRedisRefuses(t *testing.T) {
	const rights = "Put the user and the password into REDIS_URL"
	server := miniredis.RunT(t)
	for says, do := range map[string]string{
		"OOM command not allowed":          "Its memory is full: give it more (maxmemory)",
		"READONLY You can't write":         "It is a replica: let REDIS_URL name the primary.",
		"MASTERDOWN Link with MASTER is":   "It is a replica that has lost its primary:",
		"CLUSTERDOWN Hash slot not served": "The Cluster has lost a server that holds keys of ours:",
		"NOREPLICAS Not enough good":       "No replica follows it (min-replicas-to-write",
		"MISCONF Redis is configured to":   "It can't write to its disk: see its log",
		"LOADING Redis is loading":         "It reads its file after a start: wait.",
		"NOAUTH Authentication required.":  rights,
		"WRONGPASS invalid username":       rights,
		"NOPERM this user has no":          rights,
		"EXECABORT Transaction discarded":  "See the log of Redis.",
		"no word, as from something else":  "See that Redis runs, and that REDIS_URL names it.",
		"ERR unknown command 'SET', as if": "See the log of Redis.",
	} {
		server.SetError(says)
		store, err := redis.Open(redis.Config{URL: "redis://" + server.Addr(), Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		got := (&app{store: store}).checkWrite(t.Context())
		_ = store.Close()
		if len(got) != 1 || got[0].Level != faulty || got[0].Name != checkWrite ||
			!strings.HasPrefix(got[0].What, "it takes no writes: ") ||
			!strings.HasSuffix(got[0].What, says) || !strings.HasPrefix(got[0].Do, do) {
			t.Errorf("%s: %+v, want %q", says, got, do)
		}
	}
}

// gauged is a store whose figures and errors a test chooses.
type gauged struct {
	err   error
	away  bool
	times int64
}

func (g gauged) OpenCases(context.Context) (int64, error)   { return 2, g.err }
func (g gauged) Waiting(context.Context) (int64, error)     { return 30, g.err }
func (g gauged) FailedTexts(context.Context) (int64, error) { return 4, g.err }
func (g gauged) Away() (now bool, times int64)              { return g.away, g.times }

// TestMetrics shows what alerts go by. A store that doesn't answer is -1: 0 would be an empty desk.
func TestMetrics(t *testing.T) {
	for _, c := range []struct {
		name  string
		store gauged
		want  []string
	}{
		{
			name: "all is well", store: gauged{times: 1},
			want: []string{
				"beacon_desk_waiting 2", "beacon_texts_waiting 30", "beacon_texts_failed 4",
				"beacon_redis_away 0", "beacon_redis_away_total 1",
			},
		},
		{
			name: "away", store: gauged{err: errors.New("away"), away: true, times: 2},
			want: []string{
				"beacon_desk_waiting -1", "beacon_texts_waiting -1", "beacon_texts_failed -1",
				"beacon_redis_away 1", "beacon_redis_away_total 2",
			},
		},
	} {
		m := newMeter(c.store)
		m.Sent("booked", handlers.Sent, lateAfter)
		m.Sent("booked", handlers.Sent, lateAfter+time.Millisecond)
		m.Sent("confirm", "retry", 0)
		m.up("slack auth", true)
		m.up("slack auth", false)
		m.Odd("own")
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		for _, line := range append(
			c.want, `beacon_sends_total{kind="booked",outcome="sent"} 2`,
			`beacon_sends_total{kind="confirm",outcome="retry"} 1`, "beacon_texts_late_total 1",
			"beacon_send_delay_seconds_count 2", `beacon_up{check="slack auth"} 0`,
			`beacon_texts_odd_total{sender="own"} 1`,
		) {
			if !strings.Contains("\n"+w.Body.String(), "\n"+line+"\n") {
				t.Errorf("%s: no line %s in\n%s", c.name, line, w.Body)
			}
		}
	}
}

// TestStatusTable shows the operator since when each check stands, what was wrong last, and what to
// do about what is wrong now.
func TestStatusTable(t *testing.T) {
	now := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	states := []state{
		{
			finding: good("redis write", "it takes writes"), Since: now.Add(-time.Minute),
			Asked: now.Add(-1499 * time.Millisecond), Took: 1234 * time.Microsecond,
			LastError: "it takes no writes: OOM", LastAt: now.Add(-61 * time.Second),
		},
		{
			finding: bad("slack auth", "Slack refuses it", "Copy it anew."),
			Since:   now.Add(-time.Hour), Asked: now.Add(time.Second),
			LastError: "Slack refuses it", LastAt: now,
		},
	}
	var b strings.Builder
	if err := statusTable(&b, states, now); err != nil {
		t.Fatal(err)
	}
	const want = `STATE  CHECK        SINCE       ASKED   TOOK   WHAT
ok     redis write  1m0s ago    1s ago  1.2ms  it takes writes
                                               last wrong 1m1s ago: it takes no writes: OOM
fault  slack auth   1h0m0s ago  0s ago  0s     Slack refuses it
                                               → Copy it anew.
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestStatusOfTheSandbox finds nothing wrong with a sandbox on the shipped words, and so nothing
// for anybody to do: it sends what awaits review, and marks it.
func TestStatusOfTheSandbox(t *testing.T) {
	base, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := openEmpty(base, slog.New(slog.DiscardHandler), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.store.Close(); _ = a.page.Close() })
	a.health.ask(t.Context(), probeTime, func(*watch) bool { return true })
	w := httptest.NewRecorder()
	a.status(w, httptest.NewRequest(http.MethodGet, "/status?format=text", nil))
	got := w.Body.String()
	if !strings.HasPrefix(got, "ready true, full\n\nSTATE  CHECK ") ||
		strings.Count(got, "\nok ") != 6 || strings.Contains(got, "→") ||
		!strings.Contains(got, "have no review that holds") {
		t.Error(got)
	}
	for _, s := range a.health.all() {
		if s.Level != fine || s.Do != "" {
			t.Errorf("%+v", s)
		}
	}
}
