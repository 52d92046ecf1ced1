package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	showEvery = 250 * time.Millisecond // how often progress is shown on a terminal
	// How often a file that takes what a terminal would show is told that work goes on.
	saidEvery = 10 * time.Second
)

// progress shows on a terminal how far long work is.
func progress(to io.Writer) func(done, of int) {
	if !terminal(to) {
		return func(int, int) {}
	}
	return counter(to, time.Now)
}

// counter writes how far work is on one line, a few times a second, and clears the line at the end:
// with spaces, which every terminal understands and which NO_COLOR allows.
func counter(to io.Writer, now func() time.Time) func(done, of int) {
	var shown time.Time
	width := 0
	return func(done, of int) {
		if done == of {
			fmt.Fprint(to, wipe(width))
			width = 0
			return
		}
		if t := now(); t.Sub(shown) >= showEvery {
			shown = t
			line := fmt.Sprintf("%d of %d", done, of)
			width = max(width, len(line))
			fmt.Fprint(to, "\r"+line)
		}
	}
}

// wipe clears a line of a width and goes back to its beginning.
func wipe(width int) string {
	if width == 0 {
		return ""
	}
	return "\r" + strings.Repeat(" ", width) + "\r"
}

// working says that long work goes on whose progress isn't known, and for how long by now, until
// done is called.
func working(to io.Writer, what string) (done func()) {
	stop, ended := make(chan struct{}), make(chan struct{})
	begin, end, every, width := "", "\n", saidEvery, 0
	if terminal(to) {
		begin, end, every = "\r", "", time.Second
	}
	began := time.Now()
	go func() {
		defer close(ended)
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-stop:
				if end == "" {
					fmt.Fprint(to, wipe(width))
				}
				return
			case <-t.C:
				line := fmt.Sprintf("%s, %.0f s so far", what, time.Since(began).Seconds())
				width = len([]rune(line))
				fmt.Fprint(to, begin+line+end)
			}
		}
	}()
	return func() { close(stop); <-ended }
}
