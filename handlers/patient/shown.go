package patient

import (
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers/budget"
)

// refusedEvery is the shortest pause between two updates of a stretch's card.
const refusedEvery = 15 * time.Second

// shown is what this process last showed of a stretch.
type shown struct {
	mu    sync.Mutex
	at    time.Time
	from  time.Time // when the stretch began
	total int
}

// due reports whether a stretch has something to show that wasn't shown, and notes that it is.
func (s *shown) due(x budget.Stretch, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := x.From.Equal(s.from)
	if x.Total() == 0 || again && (x.Total() == s.total || now.Sub(s.at) < refusedEvery) {
		return false
	}
	s.at, s.from, s.total = now, x.From, x.Total()
	return true
}
