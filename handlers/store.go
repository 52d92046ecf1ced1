package handlers

import (
	"context"
	"errors"
)

// ErrConflict is the error of a turn that was given up because others kept writing the same number.
var ErrConflict = errors.New("store: the same number was written by others again and again")

// ErrAway is the error of a store that doesn't answer. The write may have been made all the same,
// so repeat it under the same event id.
var ErrAway = errors.New("store: away")

// apart is the context key of [Apart].
type apart struct{}

// Apart returns a context for a patient in danger: a store makes each call under it by itself, and
// never gathers it with what is ordinary.
func Apart(ctx context.Context) context.Context { return context.WithValue(ctx, apart{}, true) }

// IsApart reports whether a call is to be made by itself; see [Apart].
func IsApart(ctx context.Context) bool { return ctx.Value(apart{}) != nil }

// Store keeps what outlives a restart.
type Store interface {
	// Turn reads the state of a number, calls decide with it, and writes the effects in one atomic
	// step under the event's id. decide may be called more than once, so it must change nothing
	// itself. If the id was written before, Turn writes nothing and returns the first reply, with
	// again true; of an event of Effects.Once it knows for far longer that it was written, and the
	// reply is then the zero one. The zero Phone is the desk itself: its state holds the open cases that belong to
	// no number.
	Turn(
		ctx context.Context, id string, p Phone, decide func(State) (Effects, error),
	) (r Reply, again bool, err error)
	// Peek reads the state of a number without a turn.
	Peek(ctx context.Context, p Phone) (State, error)
}
