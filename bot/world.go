package main

import (
	"context"
	"io"
	"net/http"
)

// world is everything outside the process that a command may use.
type world struct {
	ctx       context.Context
	transport http.RoundTripper
	in        io.Reader
	out, err  io.Writer
	color     bool // out is a terminal, and neither NO_COLOR nor TERM says no
}
