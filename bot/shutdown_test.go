package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// platformTime is how long platforms wait between SIGTERM and SIGKILL.
const platformTime = 10 * time.Second

// Nothing that the bot needs answers when it is told to end, while patients write, one of them in
// danger, and a text is on its way. It ends by itself before the platform kills it, and the patient
// in danger has the words.
func TestShutdownWhileNothingAnswers(t *testing.T) {
	t.Parallel()
	s := badDay{}.open(t, texting{})
	p := s.bots[0]
	post := func(from, body string) int {
		form := url.Values{"From": {from}, "Body": {body}}
		form.Set("MessageSid", "SM"+strings.Repeat("0", 20)+from[1:]+"0")
		a, err := s.twilio.PostText(s.ctx, s.url+"/twilio/text", form)
		if err != nil {
			return 0 // it was cut off, so that Twilio asks again
		}
		return a.Status
	}
	if got := post(ben, "did i leave my grey umbrella at your place"); got != http.StatusOK {
		t.Fatal(got)
	}
	card := p.card(slacktest.Desk, "umbrella")
	s.twilioWay.set(hanging)
	p.reply(card.ID(), "It's here")
	p.await("its text to be on its way", func() bool {
		return p.metric(`beacon_texts_waiting`) == "1"
	})
	s.slackWay.set(hanging)
	s.redis.Stop()
	defer s.redis.Go()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { post(ana, "How much does it cost?") })
	}
	if got := post(cleo, "i dont want to be alive anymore"); got != http.StatusOK {
		t.Errorf("in danger: %d", got)
	}
	kill := time.AfterFunc(platformTime, func() { _ = p.cmd.Process.Kill() })
	defer kill.Stop()
	_ = p.stop() // the requests that it cut off are an error
	if state := p.cmd.ProcessState; state.Sys().(syscall.WaitStatus).Signaled() {
		t.Errorf("it is killed, %v: %s", state, p.log.String())
	}
	wg.Wait()
}
