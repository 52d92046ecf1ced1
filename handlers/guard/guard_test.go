package guard_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/guard"
)

// The log gets the runtime's own message, but no value that the program panicked with: it may be a
// patient's words.
func TestWhatAPanicIsCalled(t *testing.T) {
	var none []int
	for _, c := range []struct {
		name string
		work func()
		want string // "" if it doesn't panic
	}{
		{name: "nothing happens", work: func() {}},
		{
			name: "a fault of the runtime", work: func() { _ = none[len(none)] },
			want: "panic: runtime error: index out of range [0] with length 0",
		},
		{
			name: "a wrapped fault of the runtime", want: "panic: fault",
			work: func() { panic(fmt.Errorf("of Pat Example: %w", fault{})) },
		},
		{
			name: "a patient's words", work: func() { panic("I take lithium") },
			want: "panic: string",
		},
		{
			name: "an error with words in it", want: "panic: *errors.errorString",
			work: func() { panic(errors.New("I take lithium")) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := guard.Run(c.work)
			if c.want == "" {
				if p != nil {
					t.Errorf("%v, want none", p)
				}
				return
			}
			if p == nil || p.Error() != c.want || !strings.Contains(p.Stack, "guard_test.go") {
				t.Errorf("%+v, want %s", p, c.want)
			}
		})
	}
}

// fault is an error of the runtime.
type fault struct{}

func (fault) Error() string { return "fault" }
func (fault) RuntimeError() {}

// Before it is given up, a row has waited long enough to roll back a release.
func TestWaitsAfterPanics(t *testing.T) {
	for n, want := range map[int]time.Duration{
		-1: 30 * time.Second, 0: 30 * time.Second, 1: 30 * time.Second, 2: 2 * time.Minute,
		3: 8 * time.Minute, 4: 8 * time.Minute, 1000: 8 * time.Minute,
	} {
		if got := guard.Wait(n); got != want {
			t.Errorf("after %d panics it waits %v, want %v", n, got, want)
		}
	}
}
