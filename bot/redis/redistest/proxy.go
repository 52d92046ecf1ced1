package redistest

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"
)

// Proxy stands between a client and a server and does to their connection what networks do.
type Proxy struct {
	addr, server string

	mu   sync.Mutex
	next *sync.Cond
	word []byte // the next request that holds it is interfered with; nil: none is
	lose bool   // it is lost, and not cut off
	cuts int
	hung bool
	held int // requests that came while it hung
	over bool
}

// NewProxy listens on a port of 127.0.0.1 and passes everything on to another one there; it ends
// with the test.
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

// Addr is where the proxy listens.
func (p *Proxy) Addr() string { return p.addr }

// CutAfter cuts the connection of the next request that holds a word, once the server has answered
// it and before the client hears the answer.
func (p *Proxy) CutAfter(word string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.word, p.lose = []byte(strings.ToLower(word)), false
}

// Lose loses the next request that holds a word, and all that comes on its connection. Others are
// passed on.
func (p *Proxy) Lose(word string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.word, p.lose = []byte(strings.ToLower(word)), true
}

// Cuts is how many connections were cut, and requests lost.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// Hang passes nothing on from now on, but takes connections and requests, as a server does that
// stands still; false ends that.
func (p *Proxy) Hang(hung bool) {
	p.mu.Lock()
	p.hung = hung
	p.mu.Unlock()
	p.next.Broadcast()
}

// Held is how many requests have come while it hung.
func (p *Proxy) Held() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held
}

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
	wg.Go(func() { // a test that is over waits for nobody
		p.mu.Lock()
		for !p.over {
			p.next.Wait()
		}
		p.mu.Unlock()
		end()
	})
	wg.Wait()
}

// pass passes on what comes, while look says so; what is lost goes nowhere.
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
