package desk

import (
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// few is how many cards at once can be posted one by one before the last of them is late: the
	// desk's vendor takes about one post a second. More are a crowd, which gets a summary first.
	few = 4
	// crowdTime is the pause between two looks for a crowd. Each look reads all open alarms.
	crowdTime = 4 * time.Second
)

// crowd remembers which of many patients in danger a summary has told of, so that none is in two.
type crowd struct {
	mu   sync.Mutex
	last time.Time       // when the last look for a crowd was
	told map[string]bool // by the case's id, until its card is posted
}

// due reports whether it is time to look for a crowd, and notes that somebody does.
func (c *crowd) due(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.last.Add(crowdTime)) {
		return false
	}
	c.last = now
	return true
}

// fresh returns the alarms that staff have been told of neither by a card nor by a summary; none if
// so few wait for their cards that these come soon enough. It forgets those whose card is posted.
func (c *crowd) fresh(alarms []handlers.Case) (out []handlers.Case) {
	c.mu.Lock()
	defer c.mu.Unlock()
	told, waiting := map[string]bool{}, 0 // waiting counts those without a card
	for _, a := range alarms {
		if a.Thread != "" {
			continue
		}
		waiting++
		if c.told[a.ID] {
			told[a.ID] = true
		} else {
			out = append(out, a)
		}
	}
	c.told = told
	if waiting <= few {
		return nil
	}
	return out
}

// tell notes that a summary told of these alarms.
func (c *crowd) tell(alarms []handlers.Case) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range alarms {
		c.told[a.ID] = true
	}
}
