package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// TestTextsDuringAnOutage has patients text while the redis-server is away: killed with -9, or
// frozen. Twilio doesn't ask again. All of their texts come afterwards, once and in order, and an
// alarm that was answered at once isn't doubled.
func TestTextsDuringAnOutage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		away func(p *program)
		back func(p *program)
	}{
		{
			name: "killed", away: func(p *program) { p.redis.Kill() },
			back: func(p *program) { p.redis.Run() },
		},
		{
			name: "frozen", away: func(p *program) { p.redis.Stop() },
			back: func(p *program) { p.redis.Go() },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			outage(t, c.away, c.back)
		})
	}
}

func outage(t *testing.T, away, back func(*program)) {
	const patients, each = 40, 3
	p := start(t, twiliotest.Config{ListLag: 2 * time.Second}, clinic(t))
	number := func(i int) string { return fmt.Sprintf("+1212555%04d", 1000+i) }
	const alarm, stop = "+12125550108", "+12125550109"
	p.text(number(0), "did you find my umbrella, tag before.")
	away(p)
	var wg sync.WaitGroup
	post := func(from, body string) (a twiliotest.Answer) {
		a, err := p.twilio.PostText(
			p.ctx, p.url+"/twilio/text", url.Values{"From": {from}, "Body": {body}},
		)
		if err != nil {
			t.Error(err)
		}
		return a
	}
	wg.Go(func() {
		if a := post(alarm, "i dont want to be alive anymore"); a.Status != http.StatusOK ||
			len(a.Bodies) != 1 {
			t.Errorf("an alarm is answered %d %q", a.Status, a.Bodies)
		}
	})
	wg.Go(func() { post(stop, "STOP") })
	for i := range patients {
		wg.Go(func() {
			for n := range each {
				post(number(i), fmt.Sprintf("did you find my umbrella, tag %d-%d.", i, n))
			}
		})
	}
	wg.Wait()
	back(p)
	refused := 0
	for _, in := range p.twilio.Incoming() {
		if in.Refused() {
			refused++
		}
	}
	if refused != patients*each+1 {
		t.Errorf("%d were refused, want all but the alarm: the test shows less", refused)
	}
	line := p.card(slacktest.Desk, fmt.Sprintf("%d texts that patients wrote", refused))
	for _, want := range []string{"while the bot was away", "that need no answer"} {
		if !strings.Contains(line.Words(), want) {
			t.Errorf("the line says %q, want %q in it", line.Words(), want)
		}
	}
	for i := range patients {
		for n := range each {
			p.card(slacktest.Desk, fmt.Sprintf("tag %d-%d.", i, n))
		}
	}
	p.await(
		"every text to have left", func() bool { return p.metric("beacon_texts_waiting") == "0" },
	)
	said := map[string][]int{}
	for _, m := range p.slack.Messages() {
		var i, n int
		if _, after, ok := strings.Cut(m.Words(), ", tag "); ok {
			if _, err := fmt.Sscanf(after, "%d-%d.", &i, &n); err == nil {
				said[number(i)] = append(said[number(i)], n)
			}
		}
	}
	for i := range patients {
		if got := fmt.Sprint(said[number(i)]); got != "[0 1 2]" {
			t.Errorf("the texts of %d came as %s", i, got)
		}
		want := 1 // in the same breath a person is promised once
		if i == 0 {
			want = 0 // as it was before
		}
		if n := p.twilio.Count(number(i), ""); n != want {
			t.Errorf("%d was answered %d times, want %d", i, n, want)
		}
	}
	if n := p.twilio.Count(alarm, ""); n != 0 {
		t.Errorf("the alarm was answered %d times more", n)
	}
	if n := p.twilio.Count(stop, ""); n != 0 {
		t.Errorf("%d texts to who opted out", n)
	}
	urgent := 0
	for _, m := range p.slack.Messages() {
		if m.Channel == slacktest.Urgent && strings.Contains(m.Words(), "…0108") {
			urgent++
		}
	}
	if urgent != 1 {
		t.Errorf("%d cards of the alarm, want one", urgent)
	}
	if strings.Contains(p.log.String(), "umbrella") {
		t.Error("the log holds a patient's words")
	}
}

// metric is a value of the bot's, "" if it has none of that name.
func (p *program) metric(name string) string {
	_, metrics := p.read(p.private() + "/metrics")
	for line := range strings.Lines(metrics) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
