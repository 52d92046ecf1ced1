package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	showEvery = 250 * time.Millisecond // how often progress is shown on a terminal
	// saidEvery is how often a line says that work goes on where no terminal shows it: in a log or
	// in CI, which end a job that is silent for long.
	saidEvery = 10 * time.Second
)

// progress returns what shows on a terminal how far long work is; anywhere else it shows nothing,
// since a line that is written over again and again would fill a log.
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

// working says that long work goes on, and for how long by now, until done is called; what says how
// far it is, as far as that is known: on a terminal each second on one line, elsewhere a line every
// saidEvery. done returns once nothing more is written, so that what the command prints next isn't
// mixed with it.
func working(to io.Writer, what func() string) (done func()) {
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
				line := fmt.Sprintf("%s, %.0f s so far", what(), time.Since(began).Seconds())
				width = len([]rune(line))
				fmt.Fprint(to, begin+line+end)
			}
		}
	}()
	return func() { close(stop); <-ended }
}
