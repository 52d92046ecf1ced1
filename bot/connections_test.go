package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// listening has the doors listen as the program does, and the carrier call them there.
func (d *doors) listening() (addr string) {
	d.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := d.app.listen(world{ctx: ctx}, l)
		ended <- err
	}()
	d.t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			d.t.Error(err)
		}
	})
	d.twilio.Route(d.url, "http://"+l.Addr().String())
	return l.Addr().String()
}

// dawdlers are connections that send the same and then wait. closed tells of each that is closed.
type dawdlers struct {
	t      *testing.T
	conns  []net.Conn
	closed chan struct{}
	read   sync.WaitGroup
}

// dawdle connects so many times and sends something on each.
func dawdle(t *testing.T, addr string, n int, send string) *dawdlers {
	t.Helper()
	d := &dawdlers{t: t, closed: make(chan struct{}, n)}
	for range n {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		d.conns = append(d.conns, c)
		_, _ = io.WriteString(c, send) // it may be closed already
		d.read.Go(func() {
			_, _ = io.Copy(io.Discard, c)
			d.closed <- struct{}{}
		})
	}
	t.Cleanup(d.leave)
	return d
}

func (d *dawdlers) leave() {
	for _, c := range d.conns {
		_ = c.Close()
	}
	d.read.Wait()
}

// await waits until so many were closed.
func (d *dawdlers) await(n int) {
	d.t.Helper()
	limit := time.After(time.Minute)
	for range n {
		select {
		case <-d.closed:
		case <-limit:
			d.t.Fatalf("%d of %d were closed", len(d.closed), n)
		}
	}
}

const (
	slowHeader = "POST /twilio/text HTTP/1.1\r\nHost: x\r\n"
	slowBody   = slowHeader + "Content-Type: application/x-www-form-urlencoded\r\n" +
		"X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nContent-Length: 40000\r\n\r\na=b"
)

// Three thousand who dawdle leave a thousand connections, and a patient in danger gets through
// meanwhile.
func TestWhoDawdlesKeepsNobodyOut(t *testing.T) {
	for _, c := range []struct {
		name, send string
		over       int // how many more they are than there is room for
	}{
		{name: "silent", over: 200},
		{name: "slow header", send: slowHeader, over: 200},
		{name: "slow body", send: slowBody, over: 2000},
		{
			name: "slow body of another kind", over: 200,
			send: strings.Replace(slowBody, "x-www-form", "json", 1),
		},
		{name: "idle", send: "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", over: 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoors(t, "2026-12-01 10:00")
			addr := d.listening()
			before := runtime.NumGoroutine()
			slow := dawdle(t, addr, mostConnections+c.over, c.send)
			slow.await(c.over)
			// One of the test's for each that is left, one or two of the server's.
			if n := runtime.NumGoroutine() - before; n > 3*mostConnections+100 {
				t.Errorf("%d goroutines more", n)
			}
			said := d.text("+12125550101", "i want to kill myself")
			told := len(d.cards(kinds.Crisis)) == 1
			if !strings.Contains(strings.Join(said, " "), "988") || !told {
				t.Errorf("danger was answered with %q", said)
			}
			const counted = `beacon_connections_closed_total{because="too many"} 2`
			if !strings.Contains(d.metrics(), counted) {
				t.Errorf("not counted:\n%s", d.metrics())
			}
		})
	}
}

// served serves a handler with room for some connections.
func served(
	t *testing.T, most int, h http.Handler, change func(*http.Server, *connections),
) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, bounded := newDoors(t, "2026-12-01 10:00").app.server(l, most, h)
	if change != nil {
		change(s, bounded)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Serve(bounded) }()
	t.Cleanup(func() { _ = s.Close(); <-ended })
	return l.Addr().String()
}

// Bodies that aren't whole hold no more together than is allowed, whoever sends them.
func TestUnfinishedBodiesHoldNoMoreThanIsAllowed(t *testing.T) {
	read := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		_, _ = fmt.Fprint(w, len(b), err)
	})
	var bounded *connections
	addr := served(t, 100, read, func(_ *http.Server, c *connections) {
		c.bytes, bounded = 50_000, c
	})
	part := "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n" +
		strings.Repeat("a", 10_000)
	dawdle(t, addr, 20, part).await(15)
	bounded.mu.Lock()
	if bounded.held > 50_000 || bounded.all > 5 {
		t.Errorf("%d bytes are held by %d", bounded.held, bounded.all)
	}
	bounded.mu.Unlock()
	answer, err := http.Post("http://"+addr, "text/plain", strings.NewReader("whole"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if b, err := io.ReadAll(answer.Body); string(b) != "5 <nil>" || err != nil {
		t.Errorf("a whole one: %q, %v", b, err)
	}
}

// Whose request is whole is worked on, whatever comes meanwhile; then it is waited for again.
func TestAWholeRequestIsWorkedOn(t *testing.T) {
	began, end := make(chan struct{}), make(chan struct{})
	hold := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b, _ := io.ReadAll(r.Body); string(b) == "hold" {
			close(began)
			<-end
		}
		_, _ = io.WriteString(w, "done")
	})
	addr := served(t, 3, hold, nil)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nhold")
	<-began
	dawdle(t, addr, 10, "").await(8) // two stay
	close(end)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", answer, err)
	}
	dawdle(t, addr, 3, "") // now it is as idle as others
	if _, err := io.Copy(io.Discard, c); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
}

// Nobody holds a connection for good: not by a header or a body that doesn't end, not by an answer
// that isn't read, not by silence. What takes its time is the same as the program's, only shorter.
func TestNobodyHoldsAConnectionForGood(t *testing.T) {
	long := strings.Repeat("x", 64<<20) // more than the network takes by itself
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			_, _ = io.WriteString(w, long)
		}
	})
	for _, c := range []struct {
		name, send string
		limit      func(*http.Server) *time.Duration
	}{
		{
			name: "header", send: slowHeader,
			limit: func(s *http.Server) *time.Duration { return &s.ReadHeaderTimeout },
		},
		{
			name: "body", send: slowBody,
			limit: func(s *http.Server) *time.Duration { return &s.ReadTimeout },
		},
		{
			name: "answer", send: "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
			limit: func(s *http.Server) *time.Duration { return &s.WriteTimeout },
		},
		{
			name:  "silence",
			limit: func(s *http.Server) *time.Duration { return &s.ReadHeaderTimeout },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			closed := make(chan struct{})
			addr := served(t, 10, answer, func(s *http.Server, _ *connections) {
				if is := c.limit(s); *is <= 0 || *is > time.Minute {
					t.Errorf("the limit is %v", *is)
				} else {
					*is = 10 * time.Millisecond
				}
				s.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateClosed {
						close(closed)
					}
				}
			})
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close() // it reads nothing
			_, _ = io.WriteString(conn, c.send)
			<-closed
		})
	}
}

// A header has a limit, so that a thousand of them do.
func TestALongHeaderIsRefused(t *testing.T) {
	addr := served(t, 10, http.NotFoundHandler(), nil)
	for _, c := range []struct{ size, code int }{
		{size: 8 << 10, code: 404}, {size: 32 << 10, code: 431},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Long", strings.Repeat("x", c.size))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = answer.Body.Close(); answer.StatusCode != c.code {
			t.Errorf("%d bytes: HTTP %d, want %d", c.size, answer.StatusCode, c.code)
		}
	}
}

// The private listener is bounded as well: it may stand open to a network.
func TestThePrivateListenerIsBounded(t *testing.T) {
	d := newDoors(t, "2026-12-01 10:00")
	d.app.watch(newHealth(nil, time.Now, d.app.meter, d.app.log))
	p, err := d.app.openPrivate("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	addr := p.listener.Addr().String()
	dawdle(t, addr, mostOperators+20, "").await(20)
	at := url.URL{Scheme: "http", Host: addr, Path: "/metrics"}
	answer, err := http.Get(at.String())
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", answer, err)
	}
	_ = answer.Body.Close()
}
