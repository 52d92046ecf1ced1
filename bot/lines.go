package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
)

// errInterrupted says that a signal came while a command waited for a line.
var errInterrupted = errors.New("interrupted")

// linesOf returns the lines of r. It ends with the context, though nothing comes: a signal must be
// able to end a command that waits for somebody to write.
func linesOf(ctx context.Context, r io.Reader) iter.Seq2[string, error] {
	type read struct {
		line string
		err  error
	}
	lines := make(chan read)
	ended := make(chan struct{})
	// A read that waits for a pipe can't be called off: the process ends without it.
	go func() {
		defer close(lines)
		in := bufio.NewScanner(r)
		in.Buffer(nil, 1<<20) // a longer line is an error: no text is a megabyte
		for in.Scan() {
			select {
			case lines <- read{line: in.Text()}:
			case <-ended:
				return
			}
		}
		if in.Err() != nil {
			select {
			case lines <- read{err: in.Err()}:
			case <-ended:
			}
		}
	}()
	return func(yield func(string, error) bool) {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				yield("", errInterrupted)
				return
			case l, more := <-lines:
				if !more || !yield(l.line, l.err) || l.err != nil {
					return
				}
			}
		}
	}
}
