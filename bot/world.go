package main

import (
	"context"
	"io"
	"net/http"
)

// world is everything outside the process that a command may use, but the environment, which Config
// holds, and files. main makes the real one, tests their own.
type world struct {
	ctx       context.Context   // ends when the process is to end
	transport http.RoundTripper // of requests to Twilio, Slack and the sandbox; nil is the default
	in        io.Reader
	out, err  io.Writer // results; logs, notes and progress
	color     bool      // out is a terminal, and neither NO_COLOR nor TERM says no
}
