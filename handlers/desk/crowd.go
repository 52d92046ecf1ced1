package desk

import (
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// few is how many cards at once staff can read one by one. More are a crowd.
	few = 4
	// crowdTime is the pause between two looks for a crowd.
	crowdTime = 4 * time.Second
)

// crowd remembers which of many patients in danger a summary has told of.
type crowd struct {
	mu   sync.Mutex
	last time.Time       // when the last look for a crowd was
	told map[string]bool // by case, until its card is posted
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

// fresh returns the alarms that neither a card nor a summary has told of, if so many wait for their
// cards that they are a crowd.
func (c *crowd) fresh(alarms []handlers.Case) (out []handlers.Case) {
	c.mu.Lock()
	defer c.mu.Unlock()
	told, waiting := map[string]bool{}, 0
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
