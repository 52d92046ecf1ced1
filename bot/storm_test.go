package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// A storm on a day with this many visits. Of the numbers some have opted out and some can't get
// texts at all.
const (
	stormVisits = 300
	stormOut    = 3
	stormUnable = 2
	stormKills  = 3 // of the bot with -9, while the texts leave
)

// storm is such a day.
type storm struct {
	*fleet
	mu    sync.Mutex
	kills map[int]func() // at the n-th text about the weather
	left  int
}

// weather is what only the broadcast says.
const weather = "because of the weather"

// fault counts the texts about the weather as Twilio gets them, and kills the bot at some.
func (s *storm) fault(_ int, form url.Values) (none twiliotest.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.Contains(form.Get("Body"), weather) {
		s.left++
		if kill := s.kills[s.left]; kill != nil {
			delete(s.kills, s.left)
			go kill()
		}
	}
	return none
}

// told counts the texts about the weather by number.
func (s *storm) told() map[string]int {
	out := map[string]int{}
	for _, m := range s.twilio.Messages() {
		if strings.Contains(m.Body, weather) {
			out[m.To]++
		}
	}
	return out
}

// A broadcast is told to each once, whatever dies in the middle; who opted out gets nothing, and who
// isn't reached is a card to call.
func TestAStormIsToldOnce(t *testing.T) {
	t.Parallel()
	s := &storm{kills: map[int]func(){}}
	redis := redistest.Start(t, "always")
	s.fleet = launch(t, 1, redis.URL(), noon(t), twiliotest.Config{
		Rate: 60, Delay: 20 * time.Millisecond,
		Receipts: &twiliotest.Receipts{Late: 30 * time.Millisecond, Workers: 8},
		Fault:    s.fault,
	}, 20*time.Minute)
	bot := s.bots[0]
	var kills sync.WaitGroup
	for i := range stormKills {
		kills.Add(1)
		s.kills[1+i*stormVisits/stormKills] = func() {
			defer kills.Done()
			bot.kill()
			bot.run()
		}
	}
	var csv strings.Builder
	csv.WriteString("id,name,phone,start,type\n")
	day := time.Now().Add(26 * time.Hour).UTC().Format(time.RFC3339)
	for i := range stormVisits {
		fmt.Fprintf(&csv, "v%d,Pat Example,%s,%s,consult\n", i, to(i), day)
	}
	s.book(csv.String())
	for i := range stormOut {
		form := url.Values{"From": {to(i)}, "Body": {"STOP"}}
		if a, err := s.twilio.PostText(s.ctx, s.url+"/twilio/text", form); err != nil ||
			a.Status != http.StatusOK {
			t.Fatal(a.Status, err)
		}
	}
	for i := range stormUnable {
		s.twilio.Rule(to(stormOut+i), 21614)
	}
	s.agreed(t)
	kills.Wait()
	bot.serves()
	missed := fmt.Sprintf("%d not reached", stormOut+stormUnable)
	bot.await("the card to say that all have left", func() bool {
		for _, m := range s.slack.Messages() {
			if words := m.Words(); m.ThreadTS == "" && strings.Contains(words, missed) {
				// Receipts that came while the bot was dead may be missing for a while.
				return !strings.Contains(words, "to go")
			}
		}
		return false
	})
	got := s.told()
	for i := range stormVisits {
		want := 1
		if i < stormOut+stormUnable {
			want = 0
		}
		if got[to(i)] != want {
			t.Errorf("%s was told %d times, want %d", to(i), got[to(i)], want)
		}
	}
	for i := range stormOut + stormUnable {
		bot.card(slacktest.Desk, to(i)[len(to(i))-4:])
	}
}

// agreed has one nurse ask for the broadcast, and another agree to it.
func (s *storm) agreed(t *testing.T) {
	t.Helper()
	one, two := s.slack.Nurse(t, "UANN"), s.slack.Nurse(t, "UBEN")
	one.Type("broadcast tomorrow")
	one.Submit(one.Form("Text all of a day"), nil)
	says := fmt.Sprintf("%d* would be texted", stormVisits-stormOut)
	one.Press(one.Sees(says), "Ask a second person")
	two.Press(two.Sees("Shall", "leave to everybody"), "Agree: send it")
}
