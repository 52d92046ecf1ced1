package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/knowledge"
)

// said keeps what the bot says while it runs.
type said struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// await waits for what the bot says, and returns its first group.
func (s *said) await(t *testing.T, pattern string) string {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		s.mu.Lock()
		found := regexp.MustCompile(pattern).FindStringSubmatch(s.b.String())
		s.mu.Unlock()
		if found != nil {
			return found[1]
		}
		select {
		case <-t.Context().Done():
			t.Fatal("waited in vain for ", pattern)
		case <-tick.C:
		}
	}
}

// A second sandbox on a machine does without the private listener, and says so.
func TestSandboxWithoutPrivateListener(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out said
	ended := make(chan error, 1)
	go func() {
		w := world{ctx: ctx, transport: http.DefaultTransport, out: &out, err: &out}
		ended <- run(w, func(n string) string {
			return map[string]string{"PORT": "0", "METRICS_ADDR": taken.Addr().String()}[n]
		}, nil)
	}()
	url := out.await(t, `Open (http://localhost:\d+)`)
	out.await(t, `level=WARN msg="(no private listener)`)
	resp, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"mode":"full"`) {
		t.Errorf("/readyz %d %s", resp.StatusCode, body)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A bot whose screen doesn't find danger isn't ready, whatever else works.
func TestNotReadyWithoutScreen(t *testing.T) {
	a := &app{meter: newMeter((*redis.Redis)(nil)), log: slog.New(slog.DiscardHandler)}
	screen := fine
	ask := func(context.Context) []finding {
		return []finding{
			{Name: checkScreen, Level: screen, Fatal: true}, {Name: checkWrite, Level: fine},
		}
	}
	a.health = newHealth([]probe{{first: true, ask: ask}}, time.Now, a.meter, a.log)
	for _, test := range []struct {
		level  level
		status int
		fatal  int
	}{
		{level: fine, status: http.StatusOK},
		{level: faulty, status: http.StatusServiceUnavailable, fatal: 1},
	} {
		screen = test.level
		fatal := a.health.begin(t.Context())
		w := httptest.NewRecorder()
		a.readyz(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if w.Code != test.status || len(fatal) != test.fatal {
			t.Errorf("screen %s: /readyz %d %s, fatal %v", test.level, w.Code, w.Body, fatal)
		}
	}
}

// The screen that is shipped finds the danger that every bot is asked about at its start.
func TestCheckScreen(t *testing.T) {
	base, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := (&app{base: base}).checkScreen(t.Context()); got[0].Level != fine {
		t.Errorf("got %+v", got)
	}
}

// A write that succeeded counts for five seconds.
func TestWriteCounts(t *testing.T) {
	began := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	now, level := began, fine
	ask := func(context.Context) []finding {
		return []finding{{Name: checkWrite, Level: level, What: "x"}}
	}
	log := slog.New(slog.DiscardHandler)
	probes := []probe{{first: true, ask: ask}}
	h := newHealth(probes, func() time.Time { return now }, newMeter((*redis.Redis)(nil)), log)
	if h.writes() {
		t.Error("nobody has written yet")
	}
	h.begin(t.Context())
	level = faulty
	for _, test := range []struct {
		after time.Duration
		want  bool
	}{{after: 0, want: true}, {after: 5 * time.Second, want: true}, {after: time.Millisecond}} {
		now = now.Add(test.after)
		h.begin(t.Context())
		if got := h.writes(); got != test.want {
			t.Errorf("%v later: %v, want %v", test.after, got, test.want)
		}
	}
	s, _ := h.state(checkWrite)
	if !s.Since.Equal(began) || s.LastError != "x" || !s.LastAt.Equal(now) {
		t.Errorf("since when, and the last error: %+v", s)
	}
}
