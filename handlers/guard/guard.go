// Package guard turns panics into values, so that one row, post or slot that makes the program
// panic stops nothing else: it is put off a few times, and then given up and told to staff. It also
// waits for what goes on in the background.
package guard

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// Panic is the error of a panic that was recovered while one thing was handled.
type Panic struct {
	// What is the runtime's message. Of any other panic it is only the value's type, since the
	// value may hold a patient's words, and What is logged.
	What  string
	Stack string // of the goroutine that panicked, from debug.Stack
}

func (p *Panic) Error() string { return "panic: " + p.What }

// Recovered returns the Panic for what recover returned in a deferred function; nil for nil. It
// must be called in that function, while the stack is still that of the panic.
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

// Run calls work and returns the panic that ended it; nil if there was none. A panic in another
// goroutine that work starts isn't caught.
func Run(work func()) (p *Panic) {
	defer func() { p = Recovered(recover()) }()
	work()
	return nil
}

// MostPanics is how often handling one thing may panic. Then it is given up and staff are told.
const MostPanics = 4

// Wait returns how long a thing waits that has panicked n times: half a minute, two minutes, eight
// for every n from 3 on. That leaves time to roll back a faulty release before it is given up.
func Wait(n int) time.Duration { return 30 * time.Second << (2 * (min(max(n, 1), 3) - 1)) }
