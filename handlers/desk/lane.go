package desk

import (
	"errors"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// lanes remembers for each of the desk's channels since when it takes no posts, and until when it
// isn't tried. One failure counts for all posts of the channel, and so does a rate limit: without
// that, every waiting post would meet it by itself.
type lanes struct {
	mu sync.Mutex
	of map[string]*lane // by channel; one that works has none
}

// lane is a channel that takes no posts.
type lane struct {
	why   error     // of the last failure
	since time.Time // of the first
	until time.Time // it isn't tried before then
	tries int       // how many failed in a row
}

const (
	// mostShut is the longest a channel is left alone between two tries.
	mostShut = 30 * time.Second
	// mostLimit is the longest it is left alone because it asked for it: a Retry-After of an hour
	// would hide patients in danger long after the limit was lifted.
	mostLimit = time.Minute
)

// limited reports whether an error is a rate limit that lasts longer than a patient in danger can
// wait. The channel then counts as out of reach, and the card goes another way.
func limited(err error) bool {
	var no *handlers.Refusal
	return errors.As(err, &no) && no.After > mostShut
}

// shut returns the error for which a channel isn't tried now; nil if it may be.
func (l *lanes) shut(channel string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.of[channel]; one != nil && now.Before(one.until) {
		return one.why
	}
	return nil
}

// tell records the result of a post. After a failure the channel isn't tried for a second, doubled
// each time up to mostShut, or for as long as it asked.
func (l *lanes) tell(channel string, err error, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var no *handlers.Refusal
	refused := errors.As(err, &no)
	if err == nil || refused && !no.Retry && no.After == 0 {
		// Only this post was refused: the channel works.
		delete(l.of, channel)
		return
	}
	if l.of == nil {
		l.of = map[string]*lane{}
	}
	one := l.of[channel]
	if one == nil {
		one = &lane{since: now}
		l.of[channel] = one
	}
	pause := min(time.Second<<min(one.tries, 6), mostShut)
	if refused && no.After > 0 {
		pause = min(no.After, mostLimit)
	}
	one.why, one.until = err, now.Add(pause)
	one.tries++
}

// next returns when a post that failed in a channel is tried again: when the channel is, or in a
// second if it works by now.
func (l *lanes) next(channel string, now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.of[channel]; one != nil && one.until.After(now) {
		return one.until
	}
	return now.Add(time.Second)
}

// channelOf returns the channel that a case's card is posted in.
func channelOf(c handlers.Case) string {
	if c.Via != "" {
		return c.Via
	}
	return c.Channel
}

// other returns the channel that stands in for one that is out of reach.
func other(channel string) string {
	if channel == handlers.UrgentChannel {
		return handlers.DeskChannel
	}
	return handlers.UrgentChannel
}
