package main_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// TestAFreedTimeIsGivenAwayOnce follows a time from the patient who can't come to the one who takes
// it: two bots behind a load balancer, a Twilio that posts receipts twice in any order, Slack over
// HTTP. Two are asked at once; the first YES has it, the other is told kindly, and the desk sees
// it.
func TestAFreedTimeIsGivenAwayOnce(t *testing.T) {
	t.Parallel()
	t.Run("one answers after the other", func(t *testing.T) {
		s := redistest.Start(t, "always")
		w := newGiveaway(t, s, s.URL())
		if got := strings.Join(w.text(ben, "YES"), "|"); !strings.HasPrefix(
			got, "It's yours Ben: "+w.when,
		) || !strings.Contains(
			got, "takes the place of your visit on",
		) {
			t.Errorf("Ben was answered %q", got)
		}
		w.sent(cleo, w.when+" isn't free any more. You're still on our list")
		w.given(ben, cleo, "")
	})
	t.Run("both at once, on a cluster", func(t *testing.T) {
		s, urls := redistest.Cluster(t)
		w := newGiveaway(t, s, urls)
		first, second, said := w.both("YES")
		w.given(first, second, said)
	})
}

// giveaway is what stands around a time that Ana has left and that Ben and Cleo have been offered.
type giveaway struct {
	*program        // that is reached past the load balancer
	when     string // the time
}

// newGiveaway starts the bots, books the three, puts two on the waitlist, has the third say that
// she can't come, and waits until both have their offer.
func newGiveaway(t *testing.T, redis *redistest.Server, address string) *giveaway {
	words := few(
		t,
		clinic(
			t, "after_minutes: 2 ", "after_minutes: 0 ", "at_once: 1 ", "at_once: 2 ",
			"with_consent: { max_per_day: 2, max_per_week: 7 }",
			"with_consent: { max_per_day: 9, max_per_week: 9 }",
		),
	)
	f := launch(
		t, 2, address, words,
		twiliotest.Config{Receipts: &twiliotest.Receipts{Repeat: 1, Shuffle: true}}, 20*time.Minute,
	)
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	start := bookable().In(zone).Truncate(time.Minute)
	w := &giveaway{
		&program{
			t: t, ctx: f.ctx, twilio: f.twilio, slack: f.bots[0].slack, redis: redis, url: f.url,
			env: f.bots[0].env,
		},
		start.Format("Mon Jan 2 at 3:04 PM"),
	}
	later := func(days int) string { return start.AddDate(0, 0, days).Format(time.RFC3339) }
	f.book(fmt.Sprintf("id,name,phone,start,type\nv1,Ana Example,%s,%s,consult\nv2,Ben "+
		"Example,%s,%s,consult\nv3,Cleo Example,%s,%s,consult\n",
		ana, later(0), ben, later(20), cleo, later(15)))
	for _, phone := range []string{ana, ben, cleo} { // else the offer would wait for the next day
		w.text(phone, "START")
	}
	for i, last4 := range []string{"0102", "0103"} {
		if _, err := w.slack.Command(
			w.ctx, slacktest.Desk, "UNURSE", "waitlist add "+last4+" consult",
		); err != nil {
			t.Fatal(err)
		}
		w.await(
			"the waitlist to have "+last4,
			func() bool { return count(w.program, "is on the waitlist") == i+1 },
		)
	}
	if got := strings.Join(
		w.text(ana, "sorry, i cant make it"), "|",
	); !strings.Contains(got, "can't come on "+w.when) {
		t.Fatalf("Ana was answered %q", got)
	}
	for _, to := range []string{ben, cleo} {
		w.sent(to, "an earlier time is free: "+w.when)
	}
	w.card(slacktest.Desk, w.when+", consult is free: …0101 can't come")
	return w
}

// both has Ben and Cleo text at the same instant, each text posted twice as by a Twilio that asks
// again; it returns who has the time, who hasn't, and what they were answered: nothing, if the text
// that it is gone was quicker.
func (w *giveaway) both(says string) (first, second, sorry string) {
	w.t.Helper()
	var wg sync.WaitGroup
	answers := map[string][]string{ben: make([]string, 2), cleo: make([]string, 2)}
	start := make(chan struct{})
	for from, said := range answers {
		for i := range said {
			wg.Go(func() {
				<-start
				form := url.Values{
					"From": {from}, "Body": {says},
					"MessageSid": {"SM" + strings.Repeat(from[len(from)-1:], 32)},
				}
				a, err := w.twilio.PostText(w.ctx, w.url+"/twilio/text", form)
				if err != nil {
					w.t.Error(err)
				}
				said[i] = strings.Join(a.Bodies, "|")
			})
		}
	}
	close(start)
	wg.Wait()
	for from, said := range answers {
		switch {
		case said[0] != said[1]:
			w.t.Errorf("the same text was answered %q and %q", said[0], said[1])
		case strings.HasPrefix(said[0], "It's yours"):
			first += from
		case said[0] == "", strings.HasPrefix(said[0], "Sorry"):
			second, sorry = second+from, said[0]
		default:
			w.t.Errorf("%s was answered %q", from, said[0])
		}
	}
	return first, second, sorry
}

// given looks at all sides of a time that one of them has and the other hasn't, who was answered
// that.
func (w *giveaway) given(first, second, sorry string) {
	w.t.Helper()
	if len(first) != len(ben) || len(second) != len(ben) {
		w.t.Fatalf("%q have it, %q don't", first, second)
	}
	last4 := func(phone string) string { return phone[len(phone)-4:] }
	w.card(
		slacktest.Desk,
		"…"+last4(first)+" said YES: it's theirs, and they were told so. Put it in your calendar",
	)
	w.card(slacktest.Desk, w.when+", consult: …"+last4(first)+" took it by text.")
	gone := func(phone, said string) int { // how often they were told
		for _, m := range w.twilio.Messages() {
			if m.To == phone {
				said += m.Body
			}
		}
		return strings.Count(said, w.when+" isn't free any more")
	}
	w.await("the other to be told that it is gone", func() bool { return gone(second, sorry) > 0 })
	list, err := w.command("appointments", "list", "--days", "30")
	if err != nil {
		w.t.Fatal(list, err)
	}
	states := map[string]string{}
	for line := range strings.Lines(list) {
		f := strings.Fields(line)
		for _, p := range []string{ana, ben, cleo} {
			if strings.Contains(line, "…"+last4(p)) {
				if states[p] += f[len(f)-1] + " "; strings.Contains(line, w.when) {
					states[p] += "then "
				}
			}
		}
	}
	if states[ana] != "declined then " || states[first] != "confirmed then declined " ||
		states[second] != "booked " {
		w.t.Errorf("%v\n%s", states, list)
	}
	for p, want := range map[string]string{
		first:  "they took it",
		second: "it went before they answered: …" + last4(first) + " took it by text",
	} {
		if _, err := w.slack.Command(w.ctx, slacktest.Desk, "UNURSE", "why "+last4(p)); err != nil {
			w.t.Fatal(err)
		}
		w.await("why of …"+last4(p)+" to say: "+want, func() bool {
			return count(w.program, want) > 0
		})
	}
	if n, m := gone(first, ""), gone(second, sorry); n != 0 || m != 1 {
		w.t.Errorf("who has it was told %d times that it is gone, the other %d times", n, m)
	}
}
