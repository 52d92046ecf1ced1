package handlers

import (
	"context"
	"errors"
)

// ErrConflict says that a turn was tried over and over while others wrote the same number.
var ErrConflict = errors.New("store: the same number was written by others again and again")

// ErrAway says that the store doesn't answer. What was asked of it may have been done.
var ErrAway = errors.New("store: away")

// Store keeps what outlives a restart.
type Store interface {
	// Turn reads the state of a number, lets decide answer it, and writes the effects atomically
	// under the event's id. decide may be called more than once, so it changes nothing itself. If
	// the id was there before, Turn returns the first time's reply, again true. The zero Phone is
	// the desk itself: its state is the open cases that belong to no number.
	Turn(
		ctx context.Context, id string, p Phone, decide func(State) (Effects, error),
	) (r Reply, again bool, err error)
	// Peek reads the state of a number.
	Peek(ctx context.Context, p Phone) (State, error)
}
