package main

import (
	"context"
	"io"
	"net/http"
)

// world is what a command may touch of the outside.
type world struct {
	ctx       context.Context
	transport http.RoundTripper
	in        io.Reader
	out, err  io.Writer
	color     bool // out is a terminal, and nobody wants it plain
}
