package main_test

import (
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// BenchmarkDangerAtOnce has 200 patients in danger text at the same moment, while all is well and
// while Redis, Slack and Twilio take requests and answer none. It reports how long the words took;
// the goal is a second at the 99th percentile.
func BenchmarkDangerAtOnce(b *testing.B) {
	for _, hung := range []bool{false, true} {
		name := "well"
		if hung {
			name = "all hung"
		}
		b.Run(name, func(b *testing.B) {
			p := start(b, twiliotest.Config{}, clinic(b))
			if hung {
				p.redis.Stop()
				p.slack.Hang(true)
				p.twilio.Hang(true)
				defer p.redis.Go()
				defer p.slack.Hang(false)
				defer p.twilio.Hang(false)
			}
			var all []time.Duration
			for b.Loop() {
				all = append(all, p.atOnce(b, 200, len(all))...)
			}
			slices.Sort(all)
			b.ReportMetric(float64(at(all, 0.50).Milliseconds()), "p50-ms")
			b.ReportMetric(float64(at(all, 0.99).Milliseconds()), "p99-ms")
			b.ReportMetric(float64(at(all, 1).Milliseconds()), "max-ms")
		})
	}
}

// atOnce has n patients text danger, each from a number of their own, and returns how long each
// waited for the words.
func (p *program) atOnce(b *testing.B, n, from int) []time.Duration {
	took := make([]time.Duration, n)
	var wg sync.WaitGroup
	for i := range took {
		wg.Go(func() {
			began, who := time.Now(), 1000+(from+i)%9000
			form := url.Values{
				"From": {fmt.Sprintf("+1212555%04d", who)},
				"Body": {"i dont want to be alive anymore"},
			}
			a, err := p.twilio.PostText(p.ctx, p.url+"/twilio/text", form)
			took[i] = time.Since(began)
			if err != nil || len(a.Bodies) != 1 {
				b.Errorf("%+v %v", a, err)
			}
		})
	}
	wg.Wait()
	return took
}
