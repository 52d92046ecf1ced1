package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// TestRedisHangs has redis-server stand still: it takes requests and answers none. Texts are
// refused while Twilio still listens, so that it asks again; who is in danger has the words; and
// when the server goes on, so does everything else.
func TestRedisHangs(t *testing.T) {
	t.Parallel()
	p := start(t, twiliotest.Config{}, few(t, clinic(t)))
	text := func(n int, body string) (twiliotest.Answer, time.Duration) {
		began := time.Now()
		form := url.Values{
			"From": {fmt.Sprintf("+1212555%04d", 3000+n)}, "Body": {body},
			"MessageSid": {fmt.Sprintf("SM%032d", n)},
		}
		a, err := p.twilio.PostText(p.ctx, p.url+"/twilio/text", form)
		if err != nil {
			t.Error(err)
		}
		return a, time.Since(began)
	}
	if a, _ := text(0, "hours"); a.Status != http.StatusOK || len(a.Bodies) != 1 {
		t.Fatalf("before anything happened: %+v", a)
	}
	p.redis.Stop()
	var wg sync.WaitGroup
	for n := range 40 {
		wg.Go(func() {
			a, took := text(1+n, "hours")
			if a.Status != http.StatusServiceUnavailable || took > 10*time.Second {
				t.Errorf("text %d: %d after %v", n, a.Status, took)
			}
		})
	}
	wg.Wait()
	if a, took := text(100, "988"); a.Status != http.StatusOK || len(a.Bodies) != 1 {
		t.Errorf("danger: %+v after %v", a, took)
	}
	p.card(slacktest.Urgent, "in danger")
	p.redis.Go()
	for n := range 40 {
		p.await("what was refused to be answered", func() bool {
			a, _ := text(1+n, "hours")
			return a.Status == http.StatusOK && len(a.Bodies) == 1
		})
	}
}
