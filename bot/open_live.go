//go:build live

package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// hasSandbox reports whether the sandbox is built in. A bot for patients needs none, nor the Redis
// and the Lua interpreter inside it.
const hasSandbox = false

func openSandbox(context.Context, *knowledge.Base, *slog.Logger) (*app, error) {
	return nil, noSandbox()
}

func openEmpty(*knowledge.Base, *slog.Logger, time.Time) (*app, error) {
	return nil, noSandbox()
}

func followWords(*app, world, *Config) {}

func noSandbox() error {
	return errors.New("the sandbox isn't built in (-tags live): run it from the source, go run ./bot")
}

// chatCommand is `bot chat`, which is the sandbox's.
type chatCommand struct{}

// Run implements the command.
func (chatCommand) Run() error { return noSandbox() }
