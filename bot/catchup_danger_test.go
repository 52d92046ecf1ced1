package main

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// TestDangerBeforeAStartWithoutRedis starts a bot while Redis is away: people are told of the
// danger that came before, and those who had no answer get the fixed words. When Redis is back
// nothing of it is said or shown twice.
func TestDangerBeforeAStartWithoutRedis(t *testing.T) {
	a := newAway(t, twiliotest.Config{Receipts: &twiliotest.Receipts{}})
	const answered, unanswered, ordinary = "+12125550141", "+12125550142", "+12125550143"
	if got := a.post(answered, "i want to die"); len(got.Bodies) != 1 {
		t.Fatalf("%+v", got)
	}
	a.patient.Wait() // it is stored
	a.gone()         // its card was never posted: the process ends
	a.unheard("SM42", unanswered, "i dont want to be alive anymore")
	a.unheard("SM43", ordinary, "did you find my umbrella")
	a.clock.Add(time.Minute)
	base, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	a.start(base)
	for range 3 {
		if a.catchUp.Look(t.Context()) == nil {
			t.Fatal("Redis is there")
		}
		a.poster.Wait()
		a.clock.Add(30 * time.Second)
	}
	cards := strings.Join(a.desk.Lines(), "; ")
	if strings.Count(cards, "card text:") != 2 || !strings.Contains(cards, "card text:SM42") {
		t.Errorf("the desk was shown %q", cards)
	}
	if got := a.to(unanswered); len(got) != 1 || !strings.Contains(got[0], "988") {
		t.Errorf("who had no answer was sent %q", got)
	}
	if got := append(a.to(answered), a.to(ordinary)...); len(got) != 0 {
		t.Errorf("others were sent %q", got)
	}
	for len(a.to(unanswered)) > 0 && a.twilio.Messages()[0].Sent.IsZero() {
		runtime.Gosched() // Twilio lists it under its day once it has left
	}
	a.back()
	a.pass(2 * time.Minute)
	if got := a.to(unanswered); len(got) != 1 {
		t.Errorf("when Redis is back they have been sent %q", got)
	}
	for _, line := range a.desk.Lines() {
		if line == "card text:SM42" {
			t.Errorf("a card is posted without a look whether it is there: %q", a.desk.Lines())
		}
	}
}
