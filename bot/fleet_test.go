package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// fleet is some bots on one Redis, one Twilio and one Slack, which reach them past a load balancer.
type fleet struct {
	t      testing.TB
	ctx    context.Context
	bots   []*program
	twilio *twiliotest.Fake
	slack  *slacktest.Slack
	redis  *redistest.Server
	log    *tally
	url    string
	turn   atomic.Uint64 // of the bots, at the load balancer
}

// launch starts a fleet of n bots on a Redis and waits until all are ready; it ends with the test,
// or after the time it is given.
func launch(
	t testing.TB, n int, redis, words string, c twiliotest.Config, limit time.Duration,
) *fleet {
	t.Helper()
	return launchBehind(t, n, redis, words, c, limit, nil)
}

// launchBehind is launch with something between the bots and what they use: between is called for
// each bot before it runs, may change it, and returns variables that override its own. Their load
// balancer passes over a bot that is down.
func launchBehind(
	t testing.TB, n int, redis, words string, c twiliotest.Config, limit time.Duration,
	between func(f *fleet, i int, p *program) []string,
) *fleet {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	f := &fleet{t: t, ctx: ctx, log: newTally(t)}
	f.slack = slacktest.New()
	t.Cleanup(f.slack.Close)
	f.twilio = twiliotest.Start(t, c)
	way := f.balance()
	if between != nil {
		way.Transport = passing{f}
	}
	balancer := httptest.NewServer(way)
	t.Cleanup(balancer.Close)
	f.url = balancer.URL
	f.slack.Point(f.url)
	f.twilio.Own(twiliotest.Number{
		Phone: twiliotest.From, TextURL: f.url + "/twilio/text#rc=2&rp=all",
	})
	for i := range n {
		p := &program{
			t: t, ctx: ctx, twilio: f.twilio, slack: f.slack, out: &voice{tally: f.log},
			url: "http://127.0.0.1:" + redistest.FreePort(t),
		}
		p.configure(f.url, redis, words)
		if between != nil {
			p.env = append(p.env, between(f, i, p)...)
		}
		f.bots = append(f.bots, p)
	}
	for _, p := range f.bots {
		p.run()
		t.Cleanup(p.kill)
	}
	for _, p := range f.bots {
		p.serves()
	}
	return f
}

// balance passes requests on to the bots in turn. For one that is down it answers with 502, as a
// load balancer does that hasn't noticed yet.
func (f *fleet) balance() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			f.direct(r.Out)
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.WriteHeader(
				http.StatusBadGateway,
			)
		},
	}
}

// direct sends a request to the bot whose turn it is.
func (f *fleet) direct(r *http.Request) {
	to, _ := url.Parse(f.bots[f.turn.Add(1)%uint64(len(f.bots))].url)
	r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
}

// passing is the way of a load balancer that has noticed which bots are down.
type passing struct{ *fleet }

// RoundTrip sends a request to the next bot if one takes no connection.
func (f passing) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	for range f.bots {
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		var op *net.OpError
		resp, err = http.DefaultTransport.RoundTrip(r)
		if !errors.As(err, &op) || op.Op != "dial" {
			return resp, err
		}
		f.direct(r)
	}
	return nil, err
}

// book imports visits by the bot's own command, as often as it takes: it fails while Redis is away.
// It returns how many the last time were new, and how many Redis has forgotten of those that it had
// taken the times before.
func (f *fleet) book(csv string) (imported, forgotten int) {
	f.t.Helper()
	file := filepath.Join(f.t.TempDir(), "visits.csv")
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		f.t.Fatal(err)
	}
	had, same := 0, 0
	f.bots[0].await("the visits to be imported", func() bool {
		out, err := f.bots[0].command("appointments", "import", file)
		if err != nil { // "… visit v7 (6 of 9 are done): …"
			if _, rest, ok := strings.Cut(out, "("); ok {
				done := 0
				_, _ = fmt.Sscanf(rest, "%d of", &done) // it may have failed before the first
				had = max(had, done)
			}
			return false
		}
		var updated int
		if _, err := fmt.Sscanf(
			out, "%d imported, %d updated, %d unchanged", &imported, &updated, &same,
		); err != nil {
			f.t.Fatalf("import: %s", out)
		}
		return true
	})
	return imported, max(0, had-same)
}

// tally counts what the bots say, and keeps it in a file, which is named when the test has failed.
type tally struct {
	mu    sync.Mutex
	count map[string]int
	file  *os.File
}

// The words that are counted.
const (
	saidUnknown = "text: outcome unknown"
	saidFound   = "text: it is at the carrier"
	saidNone    = "text: it isn't at the carrier"
)

func newTally(t testing.TB) *tally {
	t.Helper()
	file, err := os.CreateTemp("", "beacon-fleet-*.log")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = file.Close()
		if t.Failed() {
			t.Log("what the bots said is in", file.Name())
			return
		}
		_ = os.Remove(file.Name())
	})
	return &tally{count: map[string]int{}, file: file}
}

func (l *tally) said(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count[what]
}

// voice is what one bot says, line by line.
type voice struct {
	tally *tally
	rest  []byte
}

func (v *voice) Write(p []byte) (int, error) {
	v.rest = append(v.rest, p...)
	end := bytes.LastIndexByte(v.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	v.tally.mu.Lock()
	defer v.tally.mu.Unlock()
	for _, what := range []string{saidUnknown, saidFound, saidNone} {
		v.tally.count[what] += bytes.Count(v.rest[:end], []byte(what))
	}
	_, err := v.tally.file.Write(v.rest[:end])
	v.rest = append(v.rest[:0], v.rest[end:]...)
	return len(p), err
}
