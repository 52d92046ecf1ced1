package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// Twilio asks us to slow down, or is away itself: it is tried again, and nothing is lost.
func TestTheListFails(t *testing.T) {
	fails := true
	a := newAway(t, twiliotest.Config{ListFault: func(int, url.Values) twiliotest.Fault {
		if fails {
			return twiliotest.Fault{Status: http.StatusBadGateway}
		}
		return twiliotest.Fault{}
	}})
	a.unheard("SM1", someone(1), "did you find my umbrella, tag one.")
	a.look() // it waits a little before it reads
	a.clock.Add(time.Minute)
	if a.catchUp.Look(t.Context()) == nil {
		t.Fatal("it was read")
	}
	if n := a.twilio.Lists(); a.catchUp.Look(t.Context()) != nil || a.twilio.Lists() != n {
		t.Error("it is tried again at once")
	}
	fails = false
	a.pass(time.Minute)
	if a.told("tag one.") != 1 {
		t.Errorf("told %d times", a.told("tag one."))
	}
}

// A text that we refused and that the list never shows is told to a person: somebody wrote.
func TestARefusedTextThatTheListNeverShows(t *testing.T) {
	a := newAway(t, twiliotest.Config{ListLag: 24 * time.Hour})
	a.look()
	a.gone()
	a.post(someone(1), "did you find my umbrella")
	a.clock.Add(time.Minute)
	a.back()
	a.pass(20 * time.Minute)
	if n := len(a.desk.Cases()); n != 0 {
		t.Fatalf("%d cards after 20 minutes", n)
	}
	a.pass(20 * time.Minute)
	if a.told("whose words the carrier doesn't show") != 1 {
		t.Errorf("told %+v", a.desk.Cases())
	}
}

// The bot's own list of what it refused doesn't grow for ever, and what Twilio brings again isn't
// on it.
func TestRefusedTextsAreForgotten(t *testing.T) {
	a := newAway(t, twiliotest.Config{})
	a.gone()
	form := url.Values{
		"From": {someone(1)}, "Body": {"how much does it cost"}, "MessageSid": {"SM1"},
	}
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
		got, err := a.twilio.PostText(t.Context(), a.url+"/twilio/text", form)
		if err != nil || got.Status != want {
			t.Fatalf("%+v, %v", got, err)
		}
		a.back()
	}
	if n := len(a.catchUp.refused); n != 0 {
		t.Errorf("%d are on it", n)
	}
	a.pass(time.Minute)
	if got := a.to(someone(1)); len(got) != 0 {
		t.Errorf("answered again: %q", got)
	}
}

// The list shows a text minutes late, when it has been read past it: the overlap finds it.
func TestTheListIsLate(t *testing.T) {
	a := newAway(t, twiliotest.Config{ListLag: 10 * time.Minute})
	a.pass(time.Minute)
	a.unheard("SM1", someone(1), "did you find my umbrella, tag one.")
	a.pass(9 * time.Minute)
	if n := a.told("tag one."); n != 0 {
		t.Fatalf("told %d times before it is listed", n)
	}
	a.pass(10 * time.Minute)
	if n := a.told("tag one."); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
}

// Several processes read the list, each by itself: a text is handled once, and the outage has one
// line.
func TestSeveralProcessesCatchUp(t *testing.T) {
	const numbers = 20
	a := newAway(t, twiliotest.Config{})
	base, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	processes := []*app{a.app}
	for range 2 {
		a.start(base)
		processes = append(processes, a.app)
	}
	for n := range numbers {
		for i := range 3 {
			body := fmt.Sprintf("did you find my umbrella, tag %d-%d.", n, i)
			a.unheard(fmt.Sprintf("SM%dx%d", n, i), someone(n), body)
			a.clock.Add(time.Second)
		}
	}
	a.clock.Add(time.Hour)
	for _, p := range processes {
		if err := p.catchUp.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.Add(catchGrace)
	var wg sync.WaitGroup
	for _, p := range processes {
		wg.Go(func() {
			if err := p.catchUp.Look(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	a.look()
	for n := range numbers {
		for i := range 3 {
			if tag := fmt.Sprintf("tag %d-%d.", n, i); a.told(tag) != 1 {
				t.Errorf("%s is told %d times", tag, a.told(tag))
			}
		}
	}
	a.inOrder(numbers)
	if text, cards := a.line(); cards != 1 || !strings.HasPrefix(text, "60 texts") {
		t.Errorf("%d lines, the last %q", cards, text)
	}
}

// When Redis is back every process first stores what it has answered without it: the list is read
// a little later.
func TestTheListWaitsForWhatWasAnsweredWithoutRedis(t *testing.T) {
	a := newAway(t, twiliotest.Config{})
	a.pass(time.Minute)
	a.gone()
	if a.catchUp.Look(t.Context()) == nil {
		t.Fatal("Redis is there")
	}
	a.clock.Add(10 * time.Minute) // the next look at the list has long been due
	a.back()
	lists := a.twilio.Lists()
	a.look()
	if n := a.twilio.Lists() - lists; n != 0 {
		t.Errorf("%d looks at once", n)
	}
	a.clock.Add(catchGrace)
	a.look()
	if n := a.twilio.Lists() - lists; n != 2 { // the number's, and its address on WhatsApp
		t.Errorf("%d lists are read after that, want two", n)
	}
}
