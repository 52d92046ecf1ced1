package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
)

// turned turns the clock and returns the answer.
func (r rig) turned(t *testing.T, body string) (now time.Time, sent int) {
	t.Helper()
	status, text := r.call(t, "/sandbox/clock", body)
	var a struct {
		Now  time.Time
		Sent int
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil || status != 200 {
		t.Fatalf("turn %s: %d %s %v", body, status, text, err)
	}
	return a.Now, a.Sent
}

// TestTurn checks that rows that fall due during a turn are delivered in order and at their own
// time, along with the rows that they plan.
func TestTurn(t *testing.T) {
	r := newRig(t)
	var did []string
	note := func(what string) func(context.Context) {
		return func(context.Context) {
			did = append(
				did, what+" at "+r.Now().Format("02 15:04:05"),
			)
		}
	}
	r.bot.at(start().Add(48*time.Hour), note("late"))
	r.bot.at(start().Add(26*time.Hour), note("just in"))
	r.bot.at(start().Add(2*time.Hour), func(ctx context.Context) {
		note("first")(ctx)
		r.bot.at(r.Now(), note("follows at once"))
		r.bot.at(r.Now().Add(time.Hour), note("follows in an hour"))
		if _, err := r.Send(
			ctx, handlers.Outgoing{ID: "x", To: mustPhone(t, "+12125550101"), Body: "hi"},
		); err != nil {
			t.Error(err)
		}
	})
	to := start().Add(26 * time.Hour).Format(time.RFC3339)
	now, sent := r.turned(t, fmt.Sprintf(`{"to":%q}`, to))
	if sent != 4 || now.Format(time.RFC3339) != to {
		t.Errorf("sent %d, now %s", sent, now)
	}
	equal(
		t, did, "first at 23 11:00:00", "follows at once at 23 11:00:00",
		"follows in an hour at 23 12:00:00", "just in at 24 11:00:00",
	)
	if at := r.bot.receipts[1].At; !at.Equal(start().Add(2 * time.Hour)) {
		t.Errorf("the receipt came at %s", at)
	}
	if now, sent = r.turned(t, `{"to":"next"}`); sent != 1 ||
		!now.Equal(start().Add(48*time.Hour)) {
		t.Errorf("next: sent %d, now %s", sent, now)
	}
	if now, sent = r.turned(t, `{"advance":"26h"}`); sent != 0 ||
		now.Before(start().Add(74*time.Hour)) || now.After(start().Add(75*time.Hour)) {
		t.Errorf("advance: sent %d, now %s", sent, now)
	}
	if before := r.Now(); r.Now().Before(before) || before.Before(now) {
		t.Error("the clock doesn't run on")
	}
}

func TestTurnRefused(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ body, want string }{
		{body: `{}`, want: "either"},
		{body: `{"advance":"1h","to":"next"}`, want: "either"},
		{body: `{"advance":"tomorrow"}`, want: "span like"},
		{body: `{"advance":"-1h"}`, want: "only runs forward"},
		{body: `{"to":"2026-11-23T08:00:00-05:00"}`, want: "only runs forward"},
		{body: `{"to":"2026-11-24"}`, want: "RFC 3339"},
		{body: `{"to":"2036-11-24T00:00:00Z"}`, want: "two years"},
		{body: `{"to":"next"}`, want: "nothing is planned"},
	} {
		if status, text := r.call(t, "/sandbox/clock", c.body); status != 400 ||
			!strings.Contains(text, c.want) {
			t.Errorf("%s: got %d %s; want %q", c.body, status, text, c.want)
		}
	}
	if now := r.Now(); now.After(start().Add(time.Minute)) {
		t.Errorf("a refused turn moved the clock to %s", now)
	}
	r.turned(t, fmt.Sprintf(`{"to":%q}`, start().Format(time.RFC3339))) // now, as the page shows it
}

// A turn ends on its way when somebody stops it, and when too much comes due; the next one goes on.
func TestTurnEndsOnItsWay(t *testing.T) {
	r := newRig(t)
	ends := func(body, stopped string, hours float64, sent int) {
		t.Helper()
		_, text := r.call(t, "/sandbox/clock", body)
		var a struct {
			Now     time.Time
			Sent    int
			Stopped string
		}
		if err := json.Unmarshal([]byte(text), &a); err != nil || a.Sent != sent ||
			!strings.Contains(a.Stopped, stopped) || (a.Stopped == "") != (stopped == "") ||
			a.Now.Sub(start()).Hours() < hours || a.Now.Sub(start()).Hours() > hours+.1 {
			t.Errorf("%s: %s %v", body, text, err)
		}
	}
	r.bot.at(start().Add(time.Hour), func(context.Context) {
		r.call(t, "/sandbox/clock", `{"stop":true}`)
	})
	r.bot.at(start().Add(2*time.Hour), func(context.Context) {})
	ends(`{"advance":"24h"}`, "you stopped it", 1, 1)
	ends(`{"advance":"2h"}`, "", 3, 1)
	for i := range 3001 {
		r.bot.at(start().Add(4*time.Hour+time.Duration(i)*time.Millisecond), func(context.Context) {})
	}
	ends(`{"advance":"2h"}`, "turn it again to go on", 4, 3000)
	ends(`{"advance":"1h"}`, "", 5, 1)
}

func TestTurnStuck(t *testing.T) {
	r := newRig(t, func(c *sandbox.Config) {
		c.Due = func(_ context.Context, now time.Time) (int, time.Time, error) {
			return 0, start().Add(
				time.Hour,
			), nil
		}
	})
	if status, text := r.call(t, "/sandbox/clock", `{"advance":"2h"}`); status != 500 ||
		!strings.Contains(text, "stays due at 2026-11-23T10:00:00-05:00") {
		t.Errorf("got %d %s", status, text)
	}
}

// TestTurnsAtOnce checks that concurrent turns are made one after another.
func TestTurnsAtOnce(t *testing.T) {
	r := newRig(t)
	var did []string
	for i := range 20 {
		r.bot.at(
			start().Add(time.Duration(i)*time.Hour),
			func(context.Context) { did = append(did, fmt.Sprint(i)) },
		)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { r.call(t, "/sandbox/clock", `{"advance":"2h"}`) })
		all.Go(func() { r.call(t, "/sandbox/text", `{"from":"2125550101","body":"hi"}`) })
	}
	all.Wait()
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprint(i))
	}
	equal(t, did, want...)
	if now := r.Now(); now.Before(start().Add(20 * time.Hour)) {
		t.Errorf("now %s", now)
	}
}

// TestRedis checks that keys expire by the sandbox's clock.
func TestRedis(t *testing.T) {
	r := newRig(t)
	url, err := r.Redis()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(url, "redis://127.0.0.1:") {
		t.Errorf("not on loopback: %s", url)
	}
	ask := asker(t, url)
	at := start().Add(2 * time.Hour)
	for _, c := range []struct{ ask, want string }{
		{ask: "SET short 1 EX 3600", want: "+OK"},
		{ask: "SET long 1 PX 90000000", want: "+OK"},
		{ask: fmt.Sprintf("SET until 1 EXAT %d", at.Unix()), want: "+OK"},
	} {
		if got := ask(c.ask); got != c.want {
			t.Fatalf("%s: %s", c.ask, got)
		}
	}
	r.turned(t, `{"advance":"3h"}`)
	for _, c := range []struct{ ask, want string }{
		{ask: "EXISTS short", want: ":0"},
		{ask: "EXISTS long", want: ":1"},
		{ask: "EXISTS until", want: ":0"},
	} {
		if got := ask(c.ask); got != c.want {
			t.Errorf("three hours on, %s: %s", c.ask, got)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.DialTimeout(
		"tcp", strings.TrimSuffix(strings.TrimPrefix(url, "redis://"), "/0"), time.Second,
	); err == nil {
		t.Error("Redis runs on after Close")
	}
}

// A turn that heeds alarms ends when one begins, however soon it is taken, and not for one that
// already was; another turn goes past it.
func TestTurnEndsAtAnAlarm(t *testing.T) {
	for _, c := range []struct {
		name, kind, turn string
		taken            bool // somebody has it before it is shown
		want             string
	}{
		{name: "an alarm", kind: "crisis", turn: `{"advance":"3h","until":"alarm"}`, want: "10:00"},
		{name: "one that is heeded by nobody", kind: "crisis", turn: `{"advance":"3h"}`, want: "12:00"},
		{
			name: "one that somebody has", kind: "crisis", taken: true,
			turn: `{"advance":"3h","until":"alarm"}`, want: "12:00",
		},
		{
			name: "what is to be read", kind: "concern", turn: `{"advance":"3h","until":"alarm"}`,
			want: "12:00",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			shown := handlers.Case{
				ID: "c1", Kind: c.kind, Channel: handlers.UrgentChannel, At: start(), Open: true,
			}
			if c.taken {
				shown.TakenBy = "Sam"
			}
			r.bot.at(start().Add(time.Hour), func(context.Context) { r.card(t, shown, "T1") })
			if now, _ := r.turned(t, c.turn); now.Format("15:04") != c.want {
				t.Errorf("the clock shows %s", now)
			}
			// It pages again: no other alarm.
			r.bot.at(r.Now().Add(time.Hour), func(context.Context) { r.card(t, shown, "T1") })
			before := r.Now()
			if now, _ := r.turned(t, c.turn); now.Sub(before) < 179*time.Minute {
				t.Errorf("the clock ended at %s for an alarm that was known", now)
			}
		})
	}
	r := newRig(t)
	r.want(t, "/sandbox/clock", `{"advance":"1h","until":"noon"}`, 400,
		`{"error":"until: want \"alarm\", or leave it out"}`)
}
