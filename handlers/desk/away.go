package desk

import (
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Away returns since when a channel of the desk takes no posts, and why; zero if it takes them. A
// short rate limit counts as taking them.
func (p *Poster) Away(channel string) (since time.Time, why string) {
	p.lanes.mu.Lock()
	defer p.lanes.mu.Unlock()
	one := p.lanes.of[channel]
	var no *handlers.Refusal
	if one == nil || errors.As(one.why, &no) && !limited(no) {
		return time.Time{}, ""
	}
	return one.since, one.why.Error()
}
