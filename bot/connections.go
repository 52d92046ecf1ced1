package main

import (
	linked "container/list"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
)

const (
	// mostConnections is how many connections the public listener holds. A hundred texts a second,
	// each on a connection of its own, need about thirty.
	mostConnections = 1000
	// mostOperators is the same of the private listener.
	mostOperators = 50
	// mostHeld is how many bytes are held of bodies that aren't whole yet, all together. Twilio's
	// are about 1 KiB.
	mostHeld = 64 << 20
)

// connections is a listener that bounds what those hold who keep us waiting: who has connected and
// sends no request, sends one slowly, or lies idle between two. When there is one too many, the one
// that has kept us waiting longest is closed. So whoever comes anew and sends a whole request is
// let in, however many others dawdle; a listener that waits at its limit, as netutil's does, would
// keep a patient in danger waiting with them. A limit for each address wouldn't do either: behind a
// proxy all have the same.
//
// A connection whose request is whole isn't closed while that is worked on. Who sends more than
// mostConnections of them in the time that one takes is for a firewall or a proxy to stop.
type connections struct {
	net.Listener
	most   int   // how many connections
	bytes  int64 // how much of unfinished bodies
	closes func(because string)

	mu      sync.Mutex
	all     int          // how many connections are open
	held    int64        // bytes of unfinished bodies
	waiting *linked.List // of *connection: who has kept us waiting longest comes first
}

// bound returns a listener that bounds another. closes is told of every connection that is closed
// for the sake of others, and why.
func bound(l net.Listener, most int, closes func(because string)) *connections {
	return &connections{
		Listener: l, most: most, bytes: mostHeld, closes: closes, waiting: linked.New(),
	}
}

// connection is one of them.
type connection struct {
	net.Conn
	of *connections

	// Guarded by of.mu.
	place *linked.Element // among those that are waited for; nil while its request is worked on
	held  int64           // bytes of its unfinished body
	over  bool            // it was closed
}

// Accept implements net.Listener.
func (l *connections) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: raw, of: l}
	l.mu.Lock()
	l.all++
	c.place = l.waiting.PushBack(c)
	var longest *connection
	if l.all > l.most { // if all others are worked on, it is this one
		longest = l.waiting.Front().Value.(*connection)
	}
	l.mu.Unlock()
	if longest != nil {
		l.closes("too many")
		_ = longest.Close() // it is gone either way
	}
	return c, nil
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.of.mu.Lock()
	if !c.over {
		c.over = true
		c.of.all--
		c.leave()
	}
	c.of.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite lets the server end its side first, so that a client reads why it was refused before
// the connection is reset.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// leave takes the connection out of the line. The lock is held.
func (c *connection) leave() {
	if c.place != nil {
		c.of.waiting.Remove(c.place)
		c.place = nil
	}
	c.release()
}

// release no longer counts what is held of its body. The lock is held.
func (c *connection) release() {
	c.of.held -= c.held
	c.held = 0
}

// whole says that the connection's request is all there.
func (c *connection) whole() {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.leave()
}

// waits says that its request was answered: it is waited for again. One whose request never became
// whole keeps its place in the line.
func (c *connection) waits() {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.release()
	if c.place == nil && !c.over {
		c.place = c.of.waiting.PushBack(c)
	}
}

// holds says that so many bytes more of its body have come. If all hold too much together, those
// are closed that have kept us waiting longest for theirs.
func (c *connection) holds(n int) {
	var close []*connection
	l := c.of
	l.mu.Lock()
	if c.place != nil {
		c.held += int64(n)
		l.held += int64(n)
	}
	for e := l.waiting.Front(); e != nil && l.held > l.bytes; e = e.Next() {
		if one := e.Value.(*connection); one.held > 0 {
			one.release()
			close = append(close, one)
		}
	}
	l.mu.Unlock()
	for _, one := range close {
		l.closes("too much held")
		_ = one.Close() // as above
	}
}

// connectionKey is where a request's context has its connection.
type connectionKey struct{}

// within is the ConnContext of a server on these connections.
func (l *connections) within(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, c)
}

// watch notes when the requests of a server on these connections are whole, and when they are
// answered.
func (l *connections) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := r.Context().Value(connectionKey{}).(*connection)
		if !ok { // a server that isn't ours
			next.ServeHTTP(w, r)
			return
		}
		if r.Body == http.NoBody {
			c.whole()
		} else {
			r.Body = incoming{r.Body, c}
		}
		defer c.waits()
		next.ServeHTTP(w, r)
	})
}

// incoming is a request's body on its way in.
type incoming struct {
	io.ReadCloser
	from *connection
}

func (b incoming) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF { // as net/http returns it, unwrapped
		b.from.whole()
	} else {
		b.from.holds(n)
	}
	return n, err
}
