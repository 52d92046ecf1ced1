package main_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"
)

// how is the way in which a vendor's API goes wrong.
type how string

const (
	hanging  how = "hanging"      // it takes requests and answers none
	refusing how = "refusing"     // it answers each with a 503
	down     how = "down"         // it takes no connection
	slowly   how = "slow"         // it answers late
	limiting how = "limiting"     // it answers each with a 429, and when to ask again
	paging   how = "a page"       // it answers each with a 200 and a page of HTML
	gateway  how = "a 502's page" // it answers each with a 502 and a page of HTML
	mute     how = "mute"         // it does what is asked, and its answers are lost
)

// hows are all of them.
func hows() []how {
	return []how{hanging, refusing, down, slowly, limiting, paging, gateway, mute}
}

// limitAgain is the Retry-After of a vendor that limits, in seconds.
const limitAgain = "3"

// What the two answer with a 429. sources: https://docs.slack.dev/apis/web-api/rate-limits,
// https://www.twilio.com/docs/api/errors/20429
const (
	slackLimited  = `{"ok":false,"error":"ratelimited"}`
	twilioLimited = `{"code":20429,"message":"Too Many Requests","status":429}`
)

// page is what a gateway or a captive portal puts in place of an answer.
const page = "<!doctype html><html><head><title>Sorry</title></head><body>" +
	"<h1>We'll be back soon</h1></body></html>"

// barrier stands between the bot and an HTTP API, and passes, delays, fails or drops requests as
// the day wants it.
type barrier struct {
	limited string // the body of a 429
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
	case limiting:
		w.Header().Set("Retry-After", limitAgain)
		answers(w, http.StatusTooManyRequests, "application/json", b.limited)
		return
	case paging:
		answers(w, http.StatusOK, "text/html", page)
		return
	case gateway:
		answers(w, http.StatusBadGateway, "text/html", page)
		return
	case mute:
		b.next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
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

// answers answers a request in the vendor's place.
func answers(w http.ResponseWriter, status int, kind, body string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // an error means that the bot has gone
}
