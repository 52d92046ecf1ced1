package desk

import (
	"context"
	"errors"

	"github.com/beacon-clinic/beacon/handlers"
)

// Board shows cases where staff work. Its errors are a [*handlers.Refusal] if the vendor refused
// the post, an [*Unreachable] if the channel is out of reach; after any other the post may have
// been made.
type Board interface {
	// Card shows the case as it stands and returns its thread. With again, an earlier try may have
	// posted the card, so the channel is searched for it first.
	Card(ctx context.Context, c handlers.Case, again bool) (thread string, err error)
	// Note writes a line in the case's thread. The error is ErrNoCard if there is none any more,
	// though the case is open; likewise that of Mark.
	Note(ctx context.Context, c handlers.Case, p handlers.Post) error
	// Mark shows at a staff message what became of it.
	Mark(ctx context.Context, c handlers.Case, p handlers.Post) error
	// Say writes a line that belongs to no case in a channel, and pings everybody there.
	Say(ctx context.Context, channel, text string) error
}

// ErrNoCard is the desk's error for an open case whose card somebody deleted, and its thread with
// it.
var ErrNoCard = errors.New("desk: the card was deleted")

// Unreachable is the desk's error for a channel that can't be posted in until somebody mends it: it
// is archived, the bot isn't in it, or the bot's token was revoked.
type Unreachable struct {
	Why string // for staff and for the on-call phone
	Err error  // the desk's own answer
}

func (u *Unreachable) Unwrap() error { return u.Err }

func (u *Unreachable) Error() string { return "desk out of reach: " + u.Why }
