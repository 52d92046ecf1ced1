package desk

import (
	"errors"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Away returns since when a channel of the desk takes no posts, and why; the zero time if it takes
// them. A short rate limit counts as taking them: it is part of normal traffic, unless nothing goes
// through for mostShut. It goes by what this process has met, and is one of the health checks.
func (p *Poster) Away(channel string) (since time.Time, why string) {
	p.lanes.mu.Lock()
	defer p.lanes.mu.Unlock()
	one := p.lanes.of[channel]
	var no *handlers.Refusal
	if one == nil || errors.As(one.why, &no) && !limited(no) && p.Now().Sub(one.since) < mostShut {
		return time.Time{}, ""
	}
	return one.since, one.why.Error()
}
