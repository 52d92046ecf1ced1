// Package guard makes errors of panics, so that one row that panics stops nothing else.
package guard

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// Panic is a panic while one thing was handled, recovered so that everything else goes on.
type Panic struct {
	What  string // the runtime's words, or the type of what was thrown, which may hold a patient's
	Stack string
}

func (p *Panic) Error() string { return "panic: " + p.What }

// Recovered makes a *Panic of what recover returned in a deferred function; nil if that was nil.
func Recovered(thrown any) *Panic {
	if thrown == nil {
		return nil
	}
	p := &Panic{What: fmt.Sprintf("%T", thrown), Stack: string(debug.Stack())}
	var fault runtime.Error
	if err, ok := thrown.(error); ok && errors.As(err, &fault) {
		p.What = fault.Error()
	}
	return p
}

// Run does some work and returns the panic that ended it; nil if there was none.
func Run(work func()) (p *Panic) {
	defer func() { p = Recovered(recover()) }()
	work()
	return nil
}

// MostPanics is how often a row may panic while it is carried. Then it is given up, and staff are
// told.
const MostPanics = 4

// Wait is how long a row waits that has panicked n times: half a minute, two, eight. A release
// that panics can be taken back by then.
func Wait(n int) time.Duration { return 30 * time.Second << (2 * (min(max(n, 1), 3) - 1)) }
