package feed

import "github.com/beacon-clinic/beacon/handlers"

// Look is what a feed that runs by itself has at one moment.
type Look struct {
	Given handlers.Given
	// Seen is how far it was read, in words of the feed's own kind; the next look gets it as Seen of
	// handlers.Feed.
	Seen string
	// Same says that it is as it was at the last look, so Given is empty.
	Same bool
	// Idle says that nothing has come, which says nothing of whether the feed is well.
	Idle bool
	// More says that there is more to read at once.
	More bool
	// Done is told what came of it, in words, whether it waits for a person, or why it failed, which
	// may be that it couldn't be read; nil if nobody needs to know.
	Done func(report string, held bool, err error) error
}
