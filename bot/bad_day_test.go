package main_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// how is the way in which something that the bot depends on goes wrong.
type how string

const (
	hanging  how = "hanging"  // it takes requests and answers none
	refusing how = "refusing" // it answers each with an error
	down     how = "down"     // it takes no connection
	slowly   how = "slow"     // it answers late
)

// badDay is a period in which things go wrong: its spells come one after another, each as long as
// the others.
type badDay struct {
	name   string
	spells []spell
}

// spell is what goes wrong at the same time; "" is nothing.
type spell struct{ redis, slack, twilio how }

// badDays are all rows of the table.
func badDays() (all []badDay) {
	for _, h := range []how{hanging, refusing, down, slowly} {
		all = append(all,
			badDay{"Redis " + string(h), []spell{{redis: h}}},
			badDay{"Slack " + string(h), []spell{{slack: h}}},
			badDay{"Twilio " + string(h), []spell{{twilio: h}}})
	}
	return append(all, badPairs()...)
}

func badPairs() []badDay {
	return []badDay{
		{name: "Redis+Slack hanging", spells: []spell{{redis: hanging, slack: hanging}}},
		{name: "Redis+Twilio hanging", spells: []spell{{redis: hanging, twilio: hanging}}},
		{name: "Slack+Twilio hanging", spells: []spell{{slack: hanging, twilio: hanging}}},
		{name: "Redis down, Slack refusing", spells: []spell{{redis: down, slack: refusing}}},
		{
			name:   "one after another",
			spells: []spell{{redis: down}, {slack: refusing}, {twilio: hanging}},
		},
	}
}

// TestBadDays has patients text, some of them in danger, while what the bot needs goes wrong,
// then lets it recover. Every danger text gets the words and a person is told; nothing is lost or
// doubled. BEACON_CHAOS makes it long: all rows, more texts, and times that are held to goals.
func TestBadDays(t *testing.T) {
	load := texting{period: 4 * time.Second, every: 100 * time.Millisecond, old: 20 * time.Second}
	days := badPairs()[:3]
	if long() {
		load = texting{
			period: time.Duration(number("BEACON_CHAOS_SECONDS", 60)) * time.Second,
			every:  20 * time.Millisecond,
		}
		days = badDays()
	}
	var mu sync.Mutex
	var rows []outcome
	t.Run("days", func(t *testing.T) { // it returns when all of them have ended
		for _, d := range days {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				one := d.run(t, load)
				say(t, one.line())
				one.judge(t)
				mu.Lock()
				defer mu.Unlock()
				rows = append(rows, one)
			})
		}
	})
	say(t, table(days, rows))
}

// texting is the load of a day.
type texting struct {
	period time.Duration
	every  time.Duration // a text; one in danger comes each half second besides
	// old is how far the carrier's clock is behind, so that a refused text is soon old enough to be
	// fetched.
	old time.Duration
}

// now returns the time on the carrier's clock.
func (l texting) now() time.Time { return time.Now().Add(-l.old) }

const crisisEvery = 500 * time.Millisecond

// run lives through a bad day and returns what came of it.
func (d badDay) run(t *testing.T, load texting) outcome {
	slack, twilio := newBarrier(t), newBarrier(t)
	c := twiliotest.Config{ListLag: time.Second, Now: load.now}
	p := startBehind(t, c, clinic(t), func(p *program) []string {
		return []string{
			"SLACK_API_URL=" + slack.before(t, p.slack.URL()),
			"TWILIO_API_URL=" + twilio.before(t, p.twilio.URL()),
		}
	})
	w := watch(p, load.old)
	stop := progress(t, func() string { return d.name + ": " + w.progress() })
	defer stop()
	trouble, end := context.WithTimeout(p.ctx, load.period)
	defer end()
	var wg sync.WaitGroup
	wg.Go(func() { w.send(trouble, load.every, false) })
	wg.Go(func() { w.send(trouble, crisisEvery, true) })
	for _, s := range d.spells {
		part, over := context.WithTimeout(trouble, load.period/time.Duration(len(d.spells)))
		slack.set(s.slack)
		twilio.set(s.twilio)
		mend := harm(p, part, s.redis)
		<-part.Done()
		mend()
		slack.set("")
		twilio.set("")
		over()
	}
	w.back = time.Now()
	wg.Wait()
	w.settle()
	return w.outcome(d)
}

// slackAway reports whether Slack shows nothing for a time.
func (d badDay) slackAway() bool {
	return slices.ContainsFunc(d.spells, func(s spell) bool {
		return s.slack != "" && s.slack != slowly
	})
}

// nobody reports whether for a time no person can be told.
func (d badDay) nobody() bool {
	return slices.ContainsFunc(d.spells, func(s spell) bool {
		return s.slack != "" && s.slack != slowly && s.twilio != "" && s.twilio != slowly
	})
}

// harm makes Redis go wrong until the returned function mends it.
func harm(p *program, ctx context.Context, h how) (mend func()) {
	limit := func(bytes string) {
		if out, err := p.redis.CLI("CONFIG", "SET", "maxmemory", bytes); err != nil {
			p.t.Errorf("maxmemory %s: %s %v", bytes, out, err)
		}
	}
	switch h {
	case hanging:
		p.redis.Stop()
		return p.redis.Go
	case refusing:
		limit("1") // every write is refused with OOM
		return func() { limit("0") }
	case down:
		p.redis.Kill()
		return p.redis.Run
	case slowly:
		var wg sync.WaitGroup
		wg.Go(func() { limp(p, ctx) })
		return wg.Wait
	}
	return func() {}
}

// limp freezes Redis for two thirds of the time.
func limp(p *program, ctx context.Context) {
	for ctx.Err() == nil {
		p.redis.Stop()
		part, end := context.WithTimeout(ctx, 200*time.Millisecond)
		<-part.Done()
		end()
		p.redis.Go()
		part, end = context.WithTimeout(ctx, 100*time.Millisecond)
		<-part.Done()
		end()
	}
}

// barrier stands between the bot and an HTTP API, and passes, delays, fails or drops requests as
// the day wants it.
type barrier struct {
	mu      sync.Mutex
	how     how
	changed chan struct{}
	over    <-chan struct{}
	next    http.Handler
}

func newBarrier(t testing.TB) *barrier {
	return &barrier{changed: make(chan struct{}), over: t.Context().Done()}
}

// before puts the barrier in front of an API, and returns the URL to give the bot.
func (b *barrier) before(t testing.TB, api string) string {
	t.Helper()
	u, err := url.Parse(api)
	if err != nil {
		t.Fatal(err)
	}
	path := u.Path
	u.Path = ""
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {
		panic(http.ErrAbortHandler)
	}
	b.next = proxy
	s := httptest.NewServer(b)
	t.Cleanup(func() {
		b.set("")
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL + path
}

func (b *barrier) set(h how) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.how = h
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *barrier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	now, changed := b.how, b.changed
	b.mu.Unlock()
	switch now {
	case down:
		panic(http.ErrAbortHandler)
	case refusing:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case hanging:
		select {
		case <-changed: // as after a network's fault, the caller hears nothing of it
		case <-r.Context().Done():
		case <-b.over:
		}
		panic(http.ErrAbortHandler)
	case slowly:
		late, end := context.WithTimeout(r.Context(), 2*time.Second)
		<-late.Done()
		end()
	}
	b.next.ServeHTTP(w, r)
}
