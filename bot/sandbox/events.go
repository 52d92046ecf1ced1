package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// backlog is how many events a page may lag behind. A page further behind is disconnected, and
// reloads everything when it reconnects.
const backlog = 256

// event is a server-sent event that is ready to be written. Its data is one line of JSON.
type event struct{ name, data string }

// hub hands events to every page that listens. Its channels are closed only under mu, so that emit
// never sends on a closed one.
type hub struct {
	mu     *sync.Mutex
	pages  map[chan event]struct{}
	closed chan struct{} // closed when all streams are to end
	watch  *func(name, data string)
}

// newHub returns a hub that nobody listens to.
func newHub() hub {
	return hub{
		mu: &sync.Mutex{}, pages: map[chan event]struct{}{}, closed: make(chan struct{}),
		watch: new(func(string, string)),
	}
}

// emit hands v, as JSON, to every page. It never blocks on a page: a browser that is asleep must
// not hold up whoever delivers what is due. A page whose backlog is full is dropped by closing its
// channel.
func (h hub) emit(name string, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		return // can't happen: only plain structs are emitted
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if *h.watch != nil {
		(*h.watch)(name, string(b))
	}
	for page := range h.pages {
		select {
		case page <- event{name, string(b)}:
		default:
			delete(h.pages, page)
			close(page)
		}
	}
}

// Watch has f called with every event from now on, one after another and before whatever made it
// goes on, so that none is lost and the clock shows when it was. f must be quick, and may ask for
// nothing but the time.
func (s *Sandbox) Watch(f func(name, data string)) {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	*s.events.watch = f
}

// join returns a channel that gets every event from now on. It must be given to leave afterwards.
func (h hub) join() chan event {
	h.mu.Lock()
	defer h.mu.Unlock()
	page := make(chan event, backlog)
	h.pages[page] = struct{}{}
	return page
}

// leave takes a page off the list. It may have been dropped already.
func (h hub) leave(page chan event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, page)
}

// drop ends the streams that there are. Each page connects anew, perhaps to another sandbox.
func (h hub) drop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for page := range h.pages {
		delete(h.pages, page)
		close(page)
	}
}

// over reports whether close was called.
func (h hub) over() bool {
	select {
	case <-h.closed:
		return true
	default:
		return false
	}
}

// close ends every stream, and those to come. It may be called twice.
func (h hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.over() {
		close(h.closed)
	}
}

// serveEvents is GET /sandbox/events: messages, cards and clock changes as they happen, as
// server-sent events. The first event is the current clock. The stream ends when the page leaves,
// lags too far behind, or the sandbox hangs up.
func (s *Sandbox) serveEvents(w http.ResponseWriter, r *http.Request) error {
	// It listens before it reads the clock, so that no change in between is missed.
	page := s.events.join()
	defer s.events.leave(page)
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	s.mu.Lock()
	face := s.clockEvent(0)
	s.mu.Unlock()
	b, err := json.Marshal(face)
	if err != nil {
		return fmt.Errorf("write the clock: %w", err)
	}
	// A page that was dropped, since it lagged behind, comes back at once: a browser's own wait is
	// some seconds, in which nothing would happen on it.
	if _, err := fmt.Fprint(w, "retry: 250\n"); err != nil {
		return nil //nolint:nilerr // the page is gone: nobody to tell
	}
	next := event{"clock", string(b)}
	for ok := true; ok; {
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", next.name, next.data); err != nil {
			return nil //nolint:nilerr // the page is gone: nobody to tell
		}
		if err := out.Flush(); err != nil {
			return nil //nolint:nilerr // as above
		}
		select {
		case next, ok = <-page:
		case <-r.Context().Done():
			return nil
		case <-s.events.closed:
			return nil
		}
	}
	return nil
}
