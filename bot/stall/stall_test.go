package stall_test

import (
	"context"
	"testing"

	"github.com/beacon-clinic/beacon/bot/stall"
)

func TestPoint(t *testing.T) {
	var p stall.Gate
	gone, leave := context.WithCancel(t.Context())
	leave()
	if !p.Pass(t.Context()) {
		t.Error("it holds requests back from the start")
	}
	p.Hang(true)
	p.Hang(true) // twice is once
	if p.Pass(gone) {
		t.Error("a caller who has gone is answered")
	}
	passed := make(chan bool)
	go func() { passed <- p.Pass(t.Context()) }()
	p.Hang(false)
	p.Hang(false)
	if !<-passed || !p.Pass(t.Context()) {
		t.Error("requests don't go on")
	}
}
