package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one connection of Socket Mode. source:
// https://docs.slack.dev/apis/events-api/using-socket-mode
type socket struct {
	conn *websocket.Conn
	mu   sync.Mutex // held while writing: gorilla allows one writer at a time
}

// write sends a value as JSON.
func (s *socket) write(v any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn.WriteJSON(v)
}

// serveSocket is GET /socket, the URL that apps.connections.open answers with. It says hello, then
// reads acknowledgements until the connection ends.
func (f *Slack) serveSocket(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s := &socket{conn: conn}
	defer conn.Close()
	if s.write(
		map[string]any{
			"type": "hello", "num_connections": 1,
			"connection_info": map[string]string{"app_id": App},
		},
	) != nil {
		return
	}
	stop := make(chan struct{})
	var pinging sync.WaitGroup
	pinging.Go(func() { ping(s, stop) })
	f.mu.Lock()
	f.sockets = append(f.sockets, s)
	f.changed.Broadcast()
	f.mu.Unlock()
	for {
		var ack struct {
			Envelope string          `json:"envelope_id"`
			Payload  json.RawMessage `json:"payload"`
		}
		if conn.ReadJSON(&ack) != nil {
			break
		}
		f.acknowledge(ack.Envelope, ack.Payload)
	}
	close(stop)
	pinging.Wait()
	f.mu.Lock()
	f.sockets = slices.DeleteFunc(f.sockets, func(o *socket) bool { return o == s })
	f.changed.Broadcast()
	f.mu.Unlock()
}

// ping pings the client every pingEvery until stop is closed or the connection ends. Without pings
// the client would take the connection for dead.
func ping(s *socket, stop chan struct{}) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		if s.conn.WriteControl(
			websocket.PingMessage, []byte("ping"), time.Now().Add(time.Second),
		) != nil {
			return
		}
		select {
		case <-stop:
			return
		case <-tick.C:
		}
	}
}

// acknowledge hands an acknowledgement to whoever sent the envelope. One that nobody waits for any
// more, or that comes twice, is ignored.
func (f *Slack) acknowledge(id string, payload json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ch, ok := f.acks[id]; ok {
		delete(f.acks, id)
		ch <- payload // never blocks: it has room for one, and one comes
	}
}

// envelope waits for a socket, sends a delivery through the newest, and waits for the
// acknowledgement. If ctx ends first or the envelope can't be sent, it returns an error, together
// with an Answer that [Slack.Again] can send once more.
func (f *Slack) envelope(ctx context.Context, d delivery) (Answer, error) {
	answer := Answer{sent: d}
	if err := f.Connected(ctx); err != nil {
		return answer, err
	}
	ch := make(chan json.RawMessage, 1)
	f.mu.Lock()
	if len(f.sockets) == 0 {
		f.mu.Unlock()
		return answer, errors.New("slacktest: the connection ended")
	}
	id := fmt.Sprintf("envelope-%d", f.next())
	s := f.sockets[len(f.sockets)-1]
	f.acks[id] = ch
	f.mu.Unlock()
	err := s.write(map[string]any{
		"type": d.kind, "envelope_id": id, "payload": d.payload,
		"accepts_response_payload": d.kind != "events_api",
		"retry_attempt":            d.retry, "retry_reason": "",
	})
	if err != nil {
		return answer, fmt.Errorf("slacktest: %w", err)
	}
	select {
	case answer.Body = <-ch:
		answer.Status = http.StatusOK
		return answer, nil
	case <-ctx.Done():
		return answer, fmt.Errorf("slacktest: not acknowledged: %w", ctx.Err())
	}
}

// Frame sends a frame of any content through the newest socket.
func (f *Slack) Frame(ctx context.Context, content []byte) error {
	if err := f.Connected(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.sockets) == 0 {
		return errors.New("slacktest: the connection ended")
	}
	s := f.sockets[len(f.sockets)-1]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn.WriteMessage(websocket.TextMessage, content)
}

// Sockets returns how many connections of Socket Mode there are.
func (f *Slack) Sockets() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sockets)
}

// Connected waits until the bot is connected by Socket Mode. Its error is that ctx ended first.
func (f *Slack) Connected(ctx context.Context) error {
	return f.until(ctx, func() bool { return len(f.sockets) > 0 })
}

// Refresh asks the bot to connect anew, as Slack does every few hours. The next delivery waits for
// the new connection.
func (f *Slack) Refresh() {
	for _, s := range f.connections() {
		_ = s.write(
			map[string]any{
				"type": "disconnect", "reason": "refresh_requested",
				"debug_info": map[string]string{"host": "fake"},
			},
		)
	}
}

// Drop cuts the sockets without a goodbye, as a lost network does. It doesn't wait for the bot to
// notice.
func (f *Slack) Drop() {
	for _, s := range f.connections() {
		_ = s.conn.Close()
	}
}

// connections returns the open sockets and forgets them, so that the next delivery waits for a new
// one.
func (f *Slack) connections() []*socket {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.sockets
	f.sockets = nil
	return all
}

// pingEvery is how often a socket is pinged. The bot's client drops one without a ping for 30
// seconds.
const pingEvery = 10 * time.Second
