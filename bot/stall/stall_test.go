package stall_test

import (
	"context"
	"testing"

	"github.com/beacon-clinic/beacon/bot/stall"
)

func TestGate(t *testing.T) {
	var g stall.Gate
	gone, leave := context.WithCancel(t.Context())
	leave()
	if !g.Pass(t.Context()) {
		t.Error("it holds requests back from the start")
	}
	g.Hang(true)
	g.Hang(true) // twice is once
	if g.Pass(gone) {
		t.Error("a caller who has gone is answered")
	}
	passed := make(chan bool)
	go func() { passed <- g.Pass(t.Context()) }()
	g.Hang(false)
	g.Hang(false)
	if !<-passed || !g.Pass(t.Context()) || !g.Pass(gone) {
		t.Error("requests don't go on")
	}
}

// Whoever waits when the gate opens goes on, also if it hangs again at once; whoever comes then
// waits.
func TestGateHangsAgain(t *testing.T) {
	var g stall.Gate
	const waiting = 8
	g.Hang(true)
	asked := make(chan struct{}, waiting)
	passed := make(chan bool, waiting)
	for range waiting {
		go func() { passed <- g.Pass(announced{t.Context(), asked}) }()
	}
	for range waiting {
		<-asked
	}
	g.Hang(false)
	g.Hang(true)
	for range waiting {
		if !<-passed {
			t.Error("a caller who waited is not answered")
		}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if g.Pass(gone) {
		t.Error("it doesn't hang again")
	}
}

// announced is a context that tells when somebody begins to wait for its end.
type announced struct {
	context.Context
	asked chan<- struct{}
}

func (a announced) Done() <-chan struct{} {
	a.asked <- struct{}{}
	return a.Context.Done()
}
