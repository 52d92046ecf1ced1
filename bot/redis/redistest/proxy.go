package redistest

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"
)

// Proxy stands between a client and a server and does to their connections what networks do: it
// cuts one, loses a request, or hangs. Its methods may be called while it passes things on.
//
// A request is what one read returns, which is a whole command as long as tests send small ones.
// Words are compared without case.
type Proxy struct {
	addr, server string // host:port

	mu   sync.Mutex
	next *sync.Cond // tells those that wait that hung or over has changed
	word []byte     // the next request that holds it is interfered with; nil: none is
	lose bool       // that request is lost; else its connection is cut after the server's answer
	cuts int        // how often that happened
	hung bool       // nothing is passed on, in either direction
	held int        // what came while it hung
	over bool       // the test is
}

// NewProxy listens on a port of 127.0.0.1 and passes everything on to another port there. When the
// test ends, it closes all connections and waits for its goroutines.
func NewProxy(t testing.TB, listen, to string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:"+listen)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{addr: l.Addr().String(), server: "127.0.0.1:" + to}
	p.next = sync.NewCond(&p.mu)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.mu.Lock()
		p.over = true
		p.mu.Unlock()
		p.next.Broadcast()
		wg.Wait()
	})
	return p
}

// Addr returns where the proxy listens, as host:port.
func (p *Proxy) Addr() string { return p.addr }

// CutAfter cuts the connection of the next request that holds a word, once the server has answered
// it and before the client hears the answer: the client can't know that the server has done it.
func (p *Proxy) CutAfter(word string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.word, p.lose = []byte(strings.ToLower(word)), false
}

// Lose loses the next request that holds a word, and all that comes on its connection after it: the
// client waits for an answer in vain. Other connections are passed on.
func (p *Proxy) Lose(word string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.word, p.lose = []byte(strings.ToLower(word)), true
}

// Cuts returns how often a connection was cut or a request lost. A test that counts on it should
// check: a word that no request holds would let the test show nothing.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// Hang makes the proxy pass nothing on from now on, but still take connections and requests, as a
// server does that stands still. With false it goes on, and first passes on what came meanwhile.
func (p *Proxy) Hang(hung bool) {
	p.mu.Lock()
	p.hung = hung
	p.mu.Unlock()
	p.next.Broadcast()
}

// Held returns how many requests have come while it hung. An answer that was under way when it
// began to hang counts as well.
func (p *Proxy) Held() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held
}

// serve passes a connection on in both directions, until either side or the test ends it.
func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = client.Close()
		return
	}
	end := func() {
		_ = client.Close()
		_ = server.Close()
	}
	cut, lost := false, false // guarded by p.mu
	var wg sync.WaitGroup
	wg.Go(func() {
		defer end()
		p.pass(client, server, &lost, func(request []byte) bool {
			if p.word != nil && bytes.Contains(bytes.ToLower(request), p.word) {
				p.word, cut, lost = nil, !p.lose, p.lose
				p.cuts++
			}
			return true
		})
	})
	wg.Go(func() {
		defer end()
		p.pass(server, client, nil, func([]byte) bool {
			return !cut
		})
	})
	// A read waits for as long as nothing comes. The end of the test closes both sides, so that it
	// returns.
	wg.Go(func() {
		p.mu.Lock()
		for !p.over {
			p.next.Wait()
		}
		p.mu.Unlock()
		end()
	})
	wg.Wait()
}

// pass passes on what comes from one side to the other until look says no, or either side is
// closed. look is called with p.mu held, before anything is passed on, and may set *lost: from then
// on what comes is read and dropped.
func (p *Proxy) pass(from, to net.Conn, lost *bool, look func([]byte) bool) {
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		p.mu.Lock()
		if p.hung && n > 0 {
			p.held++
		}
		for p.hung && !p.over {
			p.next.Wait()
		}
		ok := n == 0 || look(b[:n])
		lost := lost != nil && *lost
		p.mu.Unlock()
		if ok && n > 0 && !lost {
			_, werr := to.Write(b[:n])
			ok = werr == nil
		}
		if err != nil || !ok {
			return
		}
	}
}
