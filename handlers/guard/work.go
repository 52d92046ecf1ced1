package guard

import "sync"

// Work is what goes on in the background. More may begin while somebody waits for it, which a
// sync.WaitGroup doesn't allow when nothing goes on. The zero Work is ready for use.
type Work struct {
	mu   sync.Mutex
	n    int           // how much goes on
	over chan struct{} // closed once nothing does; nil before the first
}

// Go has f done in the background.
func (w *Work) Go(f func()) {
	w.mu.Lock()
	if w.n == 0 {
		w.over = make(chan struct{})
	}
	w.n++
	w.mu.Unlock()
	go func() {
		defer func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.n--; w.n == 0 {
				close(w.over)
			}
		}()
		f()
	}()
}

// Wait waits for a moment at which nothing goes on.
func (w *Work) Wait() {
	w.mu.Lock()
	n, over := w.n, w.over
	w.mu.Unlock()
	if n > 0 {
		<-over
	}
}
